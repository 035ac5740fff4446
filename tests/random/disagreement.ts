/**
 * What a random test says about a disagreement: all that is needed to see it again without the test.
 *
 * @module
 */

import { createCprog } from "../../lib/cprog.ts";
import { Filter } from "../../lib/model/filter.ts";
import { printRule } from "../../lib/syntax/print.ts";
import type { Packet } from "../../lib/semantics/dissect.ts";
import { evaluate, type Verdict } from "../../lib/semantics/evaluate.ts";
import type { JudgeOptions } from "../judges/judge.ts";

/** How the verdicts on packets differ from the model's, the first of them in full; undefined when they do not. */
export function disagreement(
  filter: Filter,
  packets: readonly Packet[],
  verdicts: readonly Verdict[],
  options: JudgeOptions,
): string | undefined {
  if (verdicts.length !== packets.length) return `${verdicts.length} verdicts for ${packets.length} packets`;
  for (const [index, packet] of packets.entries()) {
    const expected = evaluate(filter, packet);
    const got = verdicts[index];
    if (got?.action === expected.action && got.rule === expected.rule) continue;
    return [
      `${options.hook}, ${options.strategy}: the model says ${tell(expected)}, the judge ${tell(got)}`,
      `frame ${packet.bytes.toHex()}${packet.vlanTag === undefined ? "" : ` tag ${JSON.stringify(packet.vlanTag)}`}`,
      tellFilter(filter, options),
    ].join("\n");
  }
  return undefined;
}

/** A filter and where it is judged, in words. */
export function tellFilter(filter: Filter, { hook, strategy }: JudgeOptions): string {
  const rules = filter.rules.map((rule, number) => `rule ${number}: ${printRule(rule, "kefir")}`);
  return [`${strategy} at ${hook}`, ...rules, `default: ${filter.defaultAction}`].join("\n");
}

/** The packets as a hook can meet them: at XDP no tag is in metadata. */
export function packetsAt(hook: JudgeOptions["hook"], packets: readonly Packet[]): Packet[] {
  return hook === "xdp" ? packets.map(({ bytes }) => ({ bytes })) : [...packets];
}

/** Whether the strategy has room for the filter: `linear` multiplies sets of a rule. */
export function fits(filter: Filter, options: JudgeOptions): boolean {
  try {
    createCprog(filter, options);
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === "FilterError" && error.message.startsWith("Cannot plan")) return false;
    throw error;
  }
}

function tell(verdict: Verdict | undefined): string {
  return verdict === undefined ? "nothing" : `${verdict.action} by ${verdict.rule ?? "default"}`;
}
