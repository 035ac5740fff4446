/**
 * Evaluation: the verdict of a filter on a packet. The only definition of what a filter means.
 *
 * @module
 */

import { assertNever } from "../diagnostics/assert_never.ts";
import { allOnes, bytesToBigint } from "../net/bytes.ts";
import type { ConcreteField, Field } from "../model/field.ts";
import { fieldNamed, sidesOf } from "../model/fields.ts";
import { createFilter, type FilterInput } from "../model/filter.ts";
import type { Action } from "../model/hooks.ts";
import { isHeader, type Slice, sliceOf } from "../model/layers.ts";
import {
  counterpartOf,
  createMatch,
  type Match,
  type MatchInput,
  type SetOperand,
  type ValueOperand,
} from "../model/match.ts";
import { isInRanges } from "../model/ranges.ts";
import { isNegative, type Operator } from "../model/operator.ts";
import { createRule, type RuleInput } from "../model/rule.ts";
import { dissect, type Dissection, type DissectOptions, type Packet } from "./dissect.ts";

/** What a filter does with a packet. */
export interface Verdict {
  /** What happens to the packet. */
  readonly action: Action;
  /** Index of the rule that decided, or null when the default did. */
  readonly rule: number | null;
}

/**
 * The verdict of a filter on a packet: of the first rule that holds, or else the default.
 *
 * @throws RangeError when a match refers to a list that was not resolved
 */
export function evaluate(input: FilterInput, packet: Packet, options: DissectOptions = {}): Verdict {
  const filter = createFilter(input);
  const dissection = dissect(packet, options);
  let index = 0;
  for (const rule of filter) {
    if (allHold(rule.matches, dissection)) return { action: rule.action, rule: index };
    index++;
  }
  return { action: filter.defaultAction, rule: null };
}

/**
 * Whether all matches of the rule hold. A rule that was not built is built for each call.
 *
 * @throws FilterError for a structure that is no rule
 * @throws RangeError when a match refers to a list that was not resolved
 */
export function ruleHolds(rule: RuleInput, dissection: Dissection): boolean {
  return allHold(createRule(rule).matches, dissection);
}

/**
 * Whether the match holds: never on a field that the packet has not, whatever the operator. A match that was not built is
 * built for each call.
 *
 * @throws FilterError for a structure that is no match
 * @throws RangeError when it refers to a list that was not resolved
 */
export function matchHolds(match: Match | MatchInput, dissection: Dissection): boolean {
  return holds(createMatch(match), dissection);
}

function allHold(matches: readonly Match[], dissection: Dissection): boolean {
  return matches.every((match) => holds(match, dissection));
}

function holds(match: Match, dissection: Dissection): boolean {
  const field = fieldNamed(match.field);
  switch (match.operand.kind) {
    case "value":
      return valueHolds(match.operator, match.operand, field, dissection);
    case "set":
      return setHolds(match.operator, match.operand, field, dissection);
    case "list":
      throw new RangeError(`Cannot evaluate a match on "@${match.operand.file}": the list was not resolved`);
    default:
      return assertNever(match.operand);
  }
}

/** The value of a field at one place, host order, or undefined when the packet has not got it. */
export function readField(field: ConcreteField, dissection: Dissection): bigint | undefined {
  const { layers, protocol } = dissection;
  const bytes = bytesOf(field, dissection);
  if (bytes === undefined) return undefined;
  if (field.family !== undefined && layers[field.family] === undefined) return undefined;
  if (field.protocol !== undefined && field.protocol !== protocol) return undefined;
  const firstByte = field.offsetBits >> 3;
  const endBits = field.offsetBits + field.widthBits;
  const endByte = (endBits + 7) >> 3;
  const whole = bytesToBigint(bytes.subarray(firstByte, endByte));
  return (whole >> BigInt(endByte * 8 - endBits)) & allOnes(field.widthBits);
}

/** The layer that has the field. */
function bytesOf({ layer }: ConcreteField, { layers, starts }: Dissection): Uint8Array | undefined {
  if (isHeader(layer)) return layers[layer];
  const { start, offsetBytes, bytes } = sliceOf(layer) as Slice;
  const slice = starts[start]?.subarray(offsetBytes, offsetBytes + bytes);
  return slice?.length === bytes ? slice : undefined;
}

function valueHolds(operator: Operator, operand: ValueOperand, field: Field, dissection: Dissection): boolean {
  const mask = operand.mask ?? allOnes(field.widthBits);
  const values = presentValues(field, dissection).map((value) => value & mask);
  const wanted = operand.value & mask;
  switch (operator) {
    case "==":
    case "in":
      return values.some((value) => value === wanted);
    case "!=":
    case "not in":
      return values.length > 0 && !values.some((value) => value === wanted);
    case "<":
      return values.some((value) => value < wanted);
    case "<=":
      return values.some((value) => value <= wanted);
    case ">":
      return values.some((value) => value > wanted);
    case ">=":
      return values.some((value) => value >= wanted);
    default:
      return assertNever(operator);
  }
}

function setHolds(operator: Operator, operand: SetOperand, field: Field, dissection: Dissection): boolean {
  const mask = operand.mask ?? allOnes(field.widthBits);
  const members = presentValues(field, dissection).map((value) => isInRanges(operand.ranges, value & mask));
  if (operand.ipv6Ranges !== undefined) {
    const ranges = operand.ipv6Ranges;
    members.push(...presentValues(counterpartOf(field), dissection).map((value) => isInRanges(ranges, value)));
  }
  return isNegative(operator) ? members.length > 0 && !members.includes(true) : members.includes(true);
}

function presentValues(field: Field, dissection: Dissection): bigint[] {
  return sidesOf(field).map((side) => readField(side, dissection)).filter((value) => value !== undefined);
}
