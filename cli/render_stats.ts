/**
 * Counts for people.
 *
 * @module
 */

import type { Counter, FilterStats } from "../mod.ts";
import { escapeControls } from "./output.ts";
import { type Column, formatTable } from "./table.ts";

/** Counts of a moment before, for rates. */
interface Earlier {
  readonly stats: FilterStats;
  readonly seconds: number;
}

const COUNTS: readonly Column[] = [{ heading: "packets", isNumber: true }, { heading: "bytes", isNumber: true }];
const RATES: readonly Column[] = [{ heading: "packets/s", isNumber: true }, { heading: "bytes/s", isNumber: true }];

/** The counts as a table, with rates when there are earlier counts of the same rules. */
export function renderStats(stats: FilterStats, earlier?: Earlier): string[] {
  const comparable = earlier !== undefined && sameRules(earlier.stats, stats) ? earlier : undefined;
  const row = (rule: string, text: string, now: Counter, before: Counter | undefined): string[] => [
    ...numbers(now, before, comparable?.seconds),
    rule,
    text,
  ];
  return formatTable([...COUNTS, ...(comparable ? RATES : []), { heading: "rule" }, { heading: "text" }], [
    ...stats.rules.map((rule, at) =>
      row(
        `${rule.index}${rule.line === null ? "" : ` (line ${rule.line})`}`,
        escapeControls(rule.text).slice(0, 100),
        rule,
        comparable?.stats.rules[at],
      )
    ),
    row("default", "", stats.default, comparable?.stats.default),
  ]);
}

function numbers(now: Counter, before: Counter | undefined, seconds: number | undefined): string[] {
  const counts = [String(now.packets), String(now.bytes)];
  if (before === undefined || seconds === undefined) return counts;
  const rate = (from: number, to: number): string => ((to - from) / seconds).toFixed(1);
  return [...counts, rate(before.packets, now.packets), rate(before.bytes, now.bytes)];
}

/** A replacement between two looks leaves nothing to compare. */
function sameRules(one: FilterStats, other: FilterStats): boolean {
  return one.rules.length === other.rules.length && one.rules.every((rule, at) => rule.text === other.rules[at]?.text);
}
