/**
 * The normal form of a rule: conditions on places of the packet, each a mask and an interval set. Operators, sets, `any`
 * fields and families are gone; every strategy starts here.
 *
 * @module
 */

import { assertNever } from "../diagnostics/assert_never.ts";
import { allOnes, prefixLength } from "../net/bytes.ts";
import type { ConcreteField, Field } from "./field.ts";
import { fieldNamed, sidesOf } from "./fields.ts";
import { counterpartOf, joinRanges, type Match, type Range } from "./match.ts";
import { isNegative } from "./operator.ts";
import type { Rule } from "./rule.ts";

/** One place that a condition looks at. */
export interface Side {
  /** The field. */
  readonly field: ConcreteField;
  /** Bits of the field that count; host order. */
  readonly mask: bigint;
  /** What the masked field may be: ascending, not touching; empty for nothing. */
  readonly ranges: readonly Range[];
}

/**
 * A condition. Holds when the masked value of a side that the packet has is in that side's ranges; negated, when the
 * packet has a side at all and none of those it has is in its ranges.
 */
export interface Term {
  /** Where it looks. */
  readonly sides: readonly Side[];
  /** Whether the ranges are what must not be. */
  readonly negated: boolean;
}

/** The conditions of a rule, which must all hold. */
export function normalizeRule(rule: Rule): readonly Term[] {
  return rule.matches.map(normalizeMatch);
}

/**
 * The condition of a match.
 *
 * @throws RangeError when it refers to a list that was not resolved
 */
export function normalizeMatch(match: Match): Term {
  const field = fieldNamed(match.field);
  const { operand } = match;
  const mask = operand.mask ?? allOnes(field.widthBits);
  switch (operand.kind) {
    case "value":
      return term(match, sides(field, mask, valueRanges(match, operand.value & mask, mask)));
    case "set": {
      const own = sides(field, mask, reachable(operand.ranges, mask));
      if (operand.ipv6Ranges === undefined) return term(match, own);
      const other = counterpartOf(field);
      return term(match, [...own, ...sides(other, allOnes(other.widthBits), operand.ipv6Ranges)]);
    }
    case "list":
      throw new RangeError(`Cannot use a match on "@${operand.file}": the list was not resolved`);
    default:
      return assertNever(operand);
  }
}

/** Whether every masked value is in the ranges: the condition is then that the packet has the field. */
export function isEverything(side: Side): boolean {
  const only = side.ranges[0];
  return side.ranges.length === 1 && only !== undefined && only.lo === 0n && only.hi >= side.mask;
}

/** Whether no packet can satisfy the condition. */
export function neverHolds(term: Term): boolean {
  return term.negated ? term.sides.every(isEverything) : term.sides.every((side) => side.ranges.length === 0);
}

function term(match: Match, all: readonly Side[]): Term {
  return { sides: all, negated: isNegative(match.operator) };
}

/** A mask that is a prefix is no mask: what it leaves out only widens the ranges. */
function sides(field: Field, mask: bigint, ranges: readonly Range[]): Side[] {
  const all = allOnes(field.widthBits);
  if (prefixLength(mask, field.widthBits) === undefined) {
    return sidesOf(field).map((side) => ({ field: side, mask, ranges }));
  }
  const rest = mask ^ all;
  const widened = ranges.map(({ lo, hi }) => ({ lo: (lo + rest) & mask, hi: (hi & mask) | rest }))
    .filter((range) => range.lo <= range.hi);
  return sidesOf(field).map((side) => ({ field: side, mask: all, ranges: joinRanges(widened) }));
}

/** The masked values that a comparison with one value accepts; for `!=` and `not in` those that it refuses. */
function valueRanges(match: Match, value: bigint, mask: bigint): readonly Range[] {
  switch (match.operator) {
    case "==":
    case "!=":
    case "in":
    case "not in":
      return [{ lo: value, hi: value }];
    case "<":
      return value === 0n ? [] : [{ lo: 0n, hi: value - 1n }];
    case "<=":
      return [{ lo: 0n, hi: value }];
    case ">":
      return value >= mask ? [] : [{ lo: value + 1n, hi: mask }];
    case ">=":
      return [{ lo: value, hi: mask }];
    default:
      return assertNever(match.operator);
  }
}

/** No masked value is above the mask itself. */
function reachable(ranges: readonly Range[], mask: bigint): readonly Range[] {
  return ranges.filter((range) => range.lo <= mask).map(({ lo, hi }) => ({ lo, hi: hi < mask ? hi : mask }));
}
