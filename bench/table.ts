/**
 * The lines of the benchmark's table.
 *
 * @module
 */

import type { BenchResult } from "../lib/bench/bench_filter.ts";
import type { HookName } from "../lib/model/hooks.ts";
import type { SwapResult } from "./swap.ts";
import type { Target } from "./targets.ts";

/** A line of the table. */
export interface Row {
  /** Name of the rule set. */
  readonly set: string;
  /** Rules, or entries of the set, as asked for. */
  readonly size: number;
  /** Rules, or entries, that there are. */
  readonly count?: number;
  readonly hook: HookName;
  readonly strategy: string;
  /** Whether it is what `auto` takes. */
  readonly chosen?: boolean;
  readonly result?: BenchResult;
  /** Of what `auto` takes: milliseconds of its choice, plans of others included, and of the build. */
  readonly autoMs?: number;
  readonly target?: Target;
  /** Of nft: nanoseconds per packet over one `drop`, and milliseconds of loading. */
  readonly nft?: { readonly ns: number; readonly loadMs: number };
  /** Why there are no figures. */
  readonly skipped?: string;
  /** What is wrong. */
  readonly error?: string;
}

/** Widths of the columns, and what stands above them; a target is beside each figure that has one. */
const COLUMNS: readonly (readonly [heading: string, width: number])[] = [
  ["set", -15],
  ["rules", 7],
  ["hook", -10],
  ["strategy", -9],
  ["ns", 9],
  ["no count", 8],
  ["H", 6],
  ["H parsed", 8],
  ["ratio", 8],
  ["target", 6],
  ["build ms", 8],
  ["target", 6],
  ["auto ms", 7],
  ["map MB", 7],
  ["target", 6],
  ["counters MB", 11],
];

/** The line above the rows. */
export function formatHeading(): string {
  return formatCells(COLUMNS.map(([heading]) => heading));
}

/** A row as a line. */
export function formatRow(row: Row): string {
  const { result, target, nft } = row;
  const head = [row.set, String(row.count ?? row.size), row.hook, `${row.strategy}${row.chosen ? "*" : ""}`];
  if (row.error !== undefined) return `${formatCells(head)}  WRONG: ${row.error}`;
  if (nft !== undefined) return formatCells([...head, nft.ns.toFixed(1), "", "", "", "", "", nft.loadMs.toFixed(1)]);
  if (result === undefined) return `${formatCells(head)}  skipped: ${row.skipped}`;
  const { ns, uncountedNs, hashNs, parsedHashNs, ratio, buildMs, mapBytes, counterBytes } = result;
  return formatCells([
    ...head,
    ns.toFixed(1),
    uncountedNs.toFixed(1),
    hashNs.toFixed(1),
    parsedHashNs.toFixed(1),
    ratio.toFixed(2) + miss(ratio, target?.ratio),
    target?.ratio.toFixed(1) ?? "",
    buildMs.toFixed(0) + miss(buildMs, target?.buildMs),
    target?.buildMs.toFixed(0) ?? "",
    row.autoMs?.toFixed(0) ?? "",
    megabytes(mapBytes) + miss(mapBytes, target?.mapBytes),
    target?.mapBytes === undefined ? "" : megabytes(target.mapBytes, 0),
    megabytes(counterBytes),
  ]);
}

function formatCells(cells: readonly string[]): string {
  return cells.map((cell, index) => {
    const width = COLUMNS[index]?.[1] ?? 0;
    return width < 0 ? cell.padEnd(-width) : cell.padStart(width);
  }).join(" ").trimEnd();
}

function miss(figure: number, target: number | undefined): string {
  return target !== undefined && figure > target ? "!" : target === undefined ? "" : " ";
}

function megabytes(bytes: number, digits = 2): string {
  return (bytes / 1e6).toFixed(digits);
}

/** What a change of rules took, as a line. */
export function formatSwap(set: string, rules: number, strategy: string, result: SwapResult): string {
  const { change, tier, records, planMs, applyMs } = result;
  const head = [set.padEnd(15), String(rules).padStart(7), strategy.padEnd(9), change.padEnd(10), tier.padEnd(8)];
  const times = [planMs, applyMs].map((ms) => `${ms.toFixed(1).padStart(8)} ms`);
  return [...head, ...times, ...(records === undefined ? [] : [` ${records} records`])].join(" ");
}
