/**
 * What a rule says of one field, in a form in which a tool's and kefir's can be compared.
 *
 * @module
 */

import { allOnes } from "../../lib/net/bytes.ts";
import { fieldNamed } from "../../lib/model/fields.ts";
import type { Match } from "../../lib/model/match.ts";

/** `FIELD 0xVALUE`, `FIELD 0xVALUE/0xMASK`, `FIELD 0xLO..0xHI`; the value has no bit outside the mask. */
export type Condition = string;

/** The bits of `mask` are those of `value`. */
export function equals(field: string, widthBits: number, value: bigint, mask: bigint = allOnes(widthBits)): Condition {
  if (mask === allOnes(widthBits)) return `${field} ${hex(value)}`;
  return `${field} ${hex(value & mask)}/${hex(mask)}`;
}

/** The value is in a range; one that is all values with the same first bits is said with a mask. */
export function isWithin(field: string, widthBits: number, lo: bigint, hi: bigint): Condition {
  const differing = lo ^ hi;
  const isPrefix = (differing & differing + 1n) === 0n && (lo & differing) === 0n;
  if (isPrefix) return equals(field, widthBits, lo, allOnes(widthBits) ^ differing);
  return `${field} ${hex(lo)}..${hex(hi)}`;
}

/** What a match of kefir says. */
export function conditionOf(match: Match): Condition {
  const { name, widthBits } = fieldNamed(match.field);
  const { operand, operator } = match;
  if (operator === "==" && operand.kind === "value") return equals(name, widthBits, operand.value, operand.mask);
  if (operator === ">=" && operand.kind === "value") {
    return isWithin(name, widthBits, operand.value, allOnes(widthBits));
  }
  const [range, second] = operand.kind === "set" ? [operand.ranges.at(0), operand.ranges.at(1)] : [];
  if (operator !== "in" || range === undefined || second !== undefined) throw new Error(`a match ${name} ${operator}`);
  return isWithin(name, widthBits, range.lo, range.hi);
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
