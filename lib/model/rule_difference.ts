/**
 * What differs between two lists of rules, when it is one rule.
 *
 * @module
 */

import type { Match, Operand } from "./match.ts";
import type { Rule } from "./rule.ts";
import type { Ranges } from "./ranges.ts";

/** A rule that is gone, one that came, or one in place of another. */
export interface RuleDifference {
  /** Index in both lists; their length when nothing differs. */
  readonly at: number;
  readonly removed: Rule | undefined;
  readonly added: Rule | undefined;
}

/** What differs; undefined when it is more than one rule. Names and sources of rules do not count. */
export function differenceOf(before: readonly Rule[], after: readonly Rule[]): RuleDifference | undefined {
  const grown = after.length - before.length;
  if (Math.abs(grown) > 1) return undefined;
  let at = 0;
  while (at < before.length && at < after.length && isSameRule(before[at]!, after[at]!)) at++;
  const removed = grown > 0 ? undefined : before[at];
  const added = grown < 0 ? undefined : after[at];
  const from = removed === undefined ? at : at + 1;
  const to = added === undefined ? at : at + 1;
  for (let index = from; index < before.length; index++) {
    if (!isSameRule(before[index]!, after[index - from + to]!)) return undefined;
  }
  return { at, removed, added };
}

function isSameRule(one: Rule, other: Rule): boolean {
  if (one === other) return true;
  if (one.action !== other.action || one.matches.length !== other.matches.length) return false;
  return one.matches.every((match, index) => isSameMatch(match, other.matches[index]!));
}

function isSameMatch(one: Match, other: Match): boolean {
  return one === other ||
    one.field === other.field && one.operator === other.operator && isSameOperand(one.operand, other.operand);
}

function isSameOperand(one: Operand, other: Operand): boolean {
  if (one.mask !== other.mask) return false;
  if (one.kind === "value") return other.kind === "value" && one.value === other.value;
  if (one.kind === "list") return other.kind === "list" && one.file === other.file;
  return other.kind === "set" && isSameSet(one.ranges, other.ranges) && isSameSet(one.ipv6Ranges, other.ipv6Ranges);
}

function isSameSet(one: Ranges | undefined, other: Ranges | undefined): boolean {
  if (one === undefined || other === undefined || one === other) return one === other;
  if (one.length !== other.length) return false;
  let index = 0;
  for (const { lo, hi } of one) {
    const range = other.at(index++)!;
    if (range.lo !== lo || range.hi !== hi) return false;
  }
  return true;
}
