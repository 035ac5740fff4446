/**
 * Verdicts for people: a line a packet, then what each rule decided.
 *
 * @module
 */

import { type Filter, printRule, type ReplayedVerdict, type Rule, type Verdict } from "../mod.ts";
import { count, escapeControls, outColours, printLine } from "./output.ts";
import { formatTable } from "./table.ts";

/** What the verdicts are of. */
interface Context {
  readonly filter: Filter;
  readonly engine: "model" | "kernel";
}

/** Writes the verdicts to standard output. */
export function printVerdicts(verdicts: readonly (Verdict | ReplayedVerdict)[], { filter, engine }: Context): void {
  const width = String(verdicts.length).length;
  verdicts.forEach((verdict, index) => {
    const by = verdict.rule === null ? "default" : nameRule(filter, verdict.rule);
    const who = engine === "kernel" && "engine" in verdict && verdict.engine === "model" ? "  (model)" : "";
    printLine(`packet ${String(index).padStart(width)}  ${paint(verdict.action)}  ${by}${who}`);
  });
  if (verdicts.length > 0) printLine();
  formatTable(
    [{ heading: "packets", isNumber: true }, { heading: "rule" }, { heading: "text" }],
    [
      ...filter.rules.map((rule, index) => [
        String(verdicts.filter((one) => one.rule === index).length),
        nameRule(filter, index),
        ruleText(rule),
      ]),
      [String(verdicts.filter((one) => one.rule === null).length), "default", filter.defaultAction],
    ],
  ).forEach((line) => printLine(line));
  const dropped = verdicts.filter((one) => one.action === "drop").length;
  const byModel = verdicts.filter((one) => engine === "kernel" && "engine" in one && one.engine === "model").length;
  printLine();
  printLine(
    `${count(verdicts.length, "packet")}: ${dropped} dropped, ${verdicts.length - dropped} passed, by the ${engine}` +
      (byModel > 0 ? ` (${byModel} by the model: the kernel takes no such frame)` : ""),
  );
}

/** How people wrote a rule, or how kefir writes it; cut, and safe to show. */
export function ruleText(rule: Rule, maxLength = 100): string {
  const text = escapeControls(rule.source?.text ?? printRule(rule, "kefir"));
  return text.length > maxLength ? `${text.slice(0, maxLength)}...` : text;
}

/** `rule 3 (line 4)`: the index counts from 0 as everywhere, the line from 1. */
export function nameRule(filter: Filter, index: number): string {
  const line = filter.at(index)?.source?.line;
  return `rule ${index}${line === undefined ? "" : ` (line ${line})`}`;
}

/** An action in its colour. */
export function paint(action: "pass" | "drop"): string {
  return action === "drop" ? outColours.red(action) : outColours.green(action);
}
