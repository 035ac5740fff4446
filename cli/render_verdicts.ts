/**
 * Verdicts for people: a line a packet, then what each rule decided.
 *
 * @module
 */

import { type Filter, printRule, type ReplayedVerdict, type Rule, type Verdict } from "../mod.ts";
import { count, escapeControls, outColours, printLine, printLines } from "./output.ts";
import { formatTable } from "./table.ts";

/** What the verdicts are of. */
interface Context {
  readonly filter: Filter;
  readonly engine: "model" | "kernel";
}

/** Writes the verdicts to standard output. */
export function printVerdicts(verdicts: readonly (Verdict | ReplayedVerdict)[], { filter, engine }: Context): void {
  const width = String(verdicts.length).length;
  const byModel = verdicts.map((one) => engine === "kernel" && "engine" in one && one.engine === "model");
  printLines(verdicts.map(({ action, rule }, index) => {
    const by = rule === null ? "default" : nameRule(filter, rule);
    return `packet ${String(index).padStart(width)}  ${paint(action)}  ${by}${byModel[index] ? "  (model)" : ""}`;
  }));
  if (verdicts.length > 0) printLine();
  printLines(summarise(verdicts, filter));
  printLine();
  const dropped = verdicts.filter(({ action }) => action === "drop").length;
  const modelled = byModel.filter((one) => one).length;
  printLine(
    `${count(verdicts.length, "packet")}: ${dropped} dropped, ${verdicts.length - dropped} passed, by the ${engine}` +
      (modelled > 0 ? ` (${modelled} by the model: the kernel takes no such frame)` : ""),
  );
}

/** A line for each rule, and for the default: how many packets it decided. */
function summarise(verdicts: readonly Verdict[], filter: Filter): string[] {
  const counts = new Array<number>(filter.size + 1).fill(0);
  for (const { rule } of verdicts) counts[rule ?? filter.size]!++;
  return formatTable([{ heading: "packets", isNumber: true }, { heading: "rule" }, { heading: "text" }], [
    ...filter.rules.map((rule, index) => [String(counts[index]), nameRule(filter, index), ruleText(rule)]),
    [String(counts[filter.size]), "default", filter.defaultAction],
  ]);
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
