/**
 * C expressions: reading a place of the packet, and the conditions of `inline`.
 *
 * @module
 */

import { isEverything, type Side, type Term } from "../model/normal_form.ts";
import { type LayerName, sliceOf } from "../model/layers.ts";
import { type Place, placeOf, type Presence, presencesOf, protocolOf, sliceIdentifier } from "../model/places.ts";
import { allOnes } from "../net/bytes.ts";
import { isAddress, prefixOfRange } from "../model/value_text.ts";
import type { ConcreteField } from "../model/field.ts";
import { IP_PROTOCOLS, nameOfNumber } from "../net/protocol_numbers.ts";
import type { Range } from "../model/match.ts";

/** The C type that holds a place. */
export function placeType(place: Place): string {
  if (place.widthBits > 64) return "kefir_u128";
  return `__u${[8, 16, 32, 64].find((bits) => bits >= place.widthBits)}`;
}

/** The macro that says that a packet has something. */
export function presenceMacro(presence: Presence): string {
  const protocol = protocolOf(presence);
  if (protocol === undefined) {
    const slice = sliceOf(presence as LayerName);
    return `KEFIR_${(slice === undefined ? presence : sliceIdentifier(slice)).toUpperCase()}`;
  }
  return `KEFIR_PROTOCOL_${(nameOfNumber(IP_PROTOCOLS, protocol) ?? String(protocol)).toUpperCase()}`;
}

/**
 * The value of a place whose layer starts at pointer `base`, in host byte order. Reads only at offsets that are multiples
 * of the size read.
 */
export function readPlace(place: Place, base: string): string {
  const { offsetBits, widthBits } = place;
  const at = (bytes: number) => bytes === 0 ? base : `${base} + ${bytes}`;
  const first = offsetBits >> 3;
  if (sliceOf(place.layer) !== undefined) return readBytes(base, widthBits / 8);
  if (widthBits === 128) return `KEFIR_U128(kefir_be64(${at(first)}), kefir_be64(${at(first + 8)}))`;
  if (widthBits === 48) {
    return first % 4 === 0
      ? `((__u64)kefir_be32(${at(first)}) << 16) | kefir_be16(${at(first + 4)})`
      : `((__u64)kefir_be16(${at(first)}) << 32) | kefir_be32(${at(first + 2)})`;
  }
  const chunk = [8, 16, 32].find((bits) => offsetBits % bits + widthBits <= bits);
  if (chunk === undefined && offsetBits % 8 === 0 && widthBits % 8 === 0) return readFrom(base, first, widthBits / 8);
  if (chunk === undefined) throw new RangeError(`Cannot read "${place.name}": its bits span more than one word`);
  const start = Math.floor(offsetBits / chunk) * chunk;
  const read = chunk === 8 ? `${base}[${start >> 3}]` : `kefir_be${chunk}(${at(start >> 3)})`;
  return shiftAndMask(read, chunk - (offsetBits - start) - widthBits, widthBits, chunk);
}

/** Some bytes as one number, in words that are at multiples of their size. */
function readBytes(base: string, bytes: number): string {
  if (bytes === 16) return `KEFIR_U128(kefir_be64(${base}), kefir_be64(${base} + 8))`;
  if (bytes > 8) return `KEFIR_U128(${readFrom(base, 0, bytes - 8)}, ${readFrom(base, bytes - 8, 8)})`;
  return readFrom(base, 0, bytes);
}

function readFrom(base: string, from: number, bytes: number): string {
  const parts: string[] = [];
  for (let at = from; at < from + bytes;) {
    const left = from + bytes - at;
    const size = [8, 4, 2, 1].find((one) => one <= left && at % one === 0) as number;
    const read = size === 1 ? `${base}[${at}]` : `kefir_be${8 * size}(${base}${at === 0 ? "" : ` + ${at}`})`;
    parts.push(left === size ? read : `(__u64)${read} << ${8 * (left - size)}`);
    at += size;
  }
  return parts.join(" | ");
}

/** The value of a place of a tag whose TPID, TCI and following type are in variables. */
export function readTagPlace(place: Place): string {
  const word = Math.floor(place.offsetBits / 16);
  const name = ["tpid", "tci", "etype"][word] as string;
  return shiftAndMask(name, 16 - (place.offsetBits % 16) - place.widthBits, place.widthBits, 16);
}

/**
 * The condition of a rule: all terms. What the packet must have comes first and at once, then what fewest values satisfy, so
 * that most packets are done with a rule after two comparisons that a processor predicts.
 */
export function conditionOf(terms: readonly Term[]): string {
  const simple = terms.flatMap((term) => {
    const [side, another] = term.sides as [Side, Side?];
    return another === undefined ? [{ side, negated: term.negated, share: shareOf(side, term.negated) }] : [];
  }).sort((one, other) => one.share - other.share);
  const presences = simple.flatMap(({ side }) => presencesOf(side.field));
  return [
    ...(presences.length === 0 ? [] : [hasAll(presences)]),
    ...simple.map(({ side, negated }) => joinAnd(negated ? outside(side) : inside(side))).filter((test) => test !== ""),
    ...terms.filter(({ sides }) => sides.length > 1).map(severalSides),
  ].join(" &&\n\t    ");
}

/** Of all values, how many the condition accepts: about, where a mask has gaps. */
function shareOf({ ranges, mask }: Side, negated: boolean): number {
  const values = mask.toString(2).replaceAll("0", "").length;
  let accepted = 0;
  for (const { lo, hi } of ranges) accepted += Number(hi - lo + 1n);
  const share = accepted / 2 ** values;
  return negated ? 1 - share : share;
}

function severalSides(term: Term): string {
  if (!term.negated) {
    const possible = term.sides.filter((side) => side.ranges.length > 0);
    return `(${possible.map((side) => `(${joinAnd([presenceCondition(side.field), ...inside(side)])})`).join(" || ")})`;
  }
  const present = [...new Set(term.sides.map((side) => presenceCondition(side.field)))];
  const excluded = term.sides.filter((side) => side.ranges.length > 0)
    .map((side) => `!(${joinAnd([presenceCondition(side.field), ...inside(side)])})`);
  return joinAnd([present.length === 1 ? present[0] as string : `(${present.join(" || ")})`, ...excluded]);
}

function presenceCondition(field: ConcreteField): string {
  return hasAll(presencesOf(field));
}

function hasAll(presences: readonly Presence[]): string {
  return `kefir_has(h, ${[...new Set(presences)].map(presenceMacro).join(" | ")})`;
}

function joinAnd(parts: readonly string[]): string {
  return parts.join(" && ");
}

/** What holds when the masked field is in the ranges; nothing when it always is. */
function inside(side: Side): string[] {
  if (isEverything(side)) return [];
  const tests = side.ranges.map((range) => rangeTest(side, range));
  return tests.length === 1
    ? tests
    : [`(${tests.map((test) => test.includes("&&") ? `(${test})` : test).join(" || ")})`];
}

function outside(side: Side): string[] {
  if (side.ranges.length === 0) return [];
  return side.ranges.map((range) => {
    if (range.lo !== range.hi) return `!(${rangeTest(side, range)})`;
    return `${masked(side)} != ${literal(side, range.lo)}`;
  });
}

function rangeTest(side: Side, range: Range): string {
  const value = masked(side);
  if (range.lo === range.hi) return `${value} == ${literal(side, range.lo)}`;
  const prefix = isAddress(side.field.format) ? prefixOfRange(range, side.field.widthBits) : undefined;
  if (prefix !== undefined && value === fieldOf(side)) {
    return `(${value} & ${literal(side, prefix)}) == ${literal(side, range.lo)}`;
  }
  const tests = [
    ...(range.lo > 0n ? [`${value} >= ${literal(side, range.lo)}`] : []),
    ...(range.hi < side.mask ? [`${value} <= ${literal(side, range.hi)}`] : []),
  ];
  return tests.length === 0 ? "1" : joinAnd(tests);
}

function fieldOf(side: Side): string {
  return `h->${placeOf(side.field).name}`;
}

function masked(side: Side): string {
  const value = fieldOf(side);
  return side.mask === allOnes(side.field.widthBits) ? value : `(${value} & ${literal(side, side.mask)})`;
}

function literal(side: Side, value: bigint): string {
  const { widthBits, format } = side.field;
  if (widthBits > 64) {
    return `KEFIR_U128(0x${(value >> 64n).toString(16)}ull, 0x${(value & allOnes(64)).toString(16)}ull)`;
  }
  if (format === "decimal" && value < 1_000_000n) return value.toString();
  return `0x${value.toString(16)}${widthBits > 32 ? "ull" : widthBits > 16 ? "u" : ""}`;
}

function shiftAndMask(read: string, shift: number, widthBits: number, wordBits: number): string {
  const shifted = shift === 0 ? read : `${read} >> ${shift}`;
  if (shift + widthBits === wordBits) return shifted;
  return `${shift === 0 ? shifted : `(${shifted})`} & 0x${allOnes(widthBits).toString(16)}`;
}
