/**
 * The normal form of a rule: conditions on places of the packet, each a mask and an interval set. Operators, sets, `any`
 * fields and families are gone; every strategy starts here.
 *
 * @module
 */

import { assertNever } from "../diagnostics/assert_never.ts";
import { allOnes, isPrefixMask } from "../net/bytes.ts";
import type { ConcreteField, Field } from "./field.ts";
import { fieldNamed, sidesOf } from "./fields.ts";
import { counterpartOf, joinRanges, type Match, type Ranges } from "./match.ts";
import { isNegative } from "./operator.ts";
import type { Place } from "./places.ts";
import type { Rule } from "./rule.ts";

/** One place that a condition looks at. */
export interface Side {
  /** The field. */
  readonly field: ConcreteField;
  /** Bits of the field that count; host order. */
  readonly mask: bigint;
  /** What the masked field may be: ascending, not touching; empty for nothing. */
  readonly ranges: Ranges;
  /** What is compared instead of the field: a place that the program computes from it. */
  readonly derived?: Place;
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
      const own = sides(field, mask, operand.ranges);
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
  const only = side.ranges.at(0);
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
function sides(field: Field, mask: bigint, ranges: Ranges): Side[] {
  const all = allOnes(field.widthBits);
  // They are as they should be already; a large set is not gone through.
  if (mask === all) return sidesOf(field).map((side) => ({ field: side, mask, ranges }));
  const isPrefix = isPrefixMask(mask, field.widthBits);
  const only = ranges.length === 1 ? ranges.at(0) : undefined;
  if (isPrefix && only !== undefined && only.lo === only.hi && (only.lo & mask) === only.lo) {
    // One value under a prefix, as most rules have it.
    const whole = [{ lo: only.lo, hi: only.lo | (mask ^ all) }];
    return sidesOf(field).map((side) => ({ field: side, mask: all, ranges: whole }));
  }
  const reached = reachable(ranges, mask);
  if (!isPrefix) return sidesOf(field).map((side) => ({ field: side, mask, ranges: reached }));
  const widened = joinRanges(reached.map(({ lo, hi }) => ({ lo, hi: hi | (mask ^ all) })));
  return sidesOf(field).map((side) => ({ field: side, mask: all, ranges: widened }));
}

/** The masked values that a comparison with one value accepts; for `!=` and `not in` those that it refuses. */
function valueRanges(match: Match, value: bigint, mask: bigint): Ranges {
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

/** The ranges from one masked value to another: clang refuses a comparison of a masked field with any other value. */
function reachable(ranges: Ranges, mask: bigint): Ranges {
  return ranges.flatMap((range) => {
    const lo = maskedFrom(range.lo, mask);
    const hi = maskedUpTo(range.hi, mask);
    return lo === undefined || lo > hi ? [] : [{ lo, hi }];
  });
}

/** The smallest value without bits outside the mask that is not below `value`, or undefined. */
function maskedFrom(value: bigint, mask: bigint): bigint | undefined {
  const stray = value & ~mask;
  if (stray === 0n) return value;
  // Some bit of the mask above the highest stray one has to be set; the lowest such makes the smallest value.
  const free = (mask & ~value) >> bitLength(stray);
  if (free === 0n) return undefined;
  const bit = (free & -free) << bitLength(stray);
  return (value & ~(bit - 1n)) | bit;
}

/** The largest value without bits outside the mask that is not above `value`. */
function maskedUpTo(value: bigint, mask: bigint): bigint {
  const stray = value & ~mask;
  if (stray === 0n) return value;
  // Without the highest stray bit, all of the mask below it may be set.
  const below = (1n << bitLength(stray)) - 1n;
  return (value & ~below) | (mask & below);
}

function bitLength(value: bigint): bigint {
  return BigInt(value.toString(2).length);
}
