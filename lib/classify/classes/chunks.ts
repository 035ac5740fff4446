/**
 * Masks that are no prefix, on places too wide for a table of all values: the place is cut into chunks of 16 bits, each a
 * place of its own. That a masked value is in a range is then one of a few conjunctions over chunks.
 *
 * @module
 */

import { allOnes } from "../../net/bytes.ts";
import type { Range } from "../../model/match.ts";
import type { Place } from "../../model/places.ts";
import { isWholePlace, type Row, type RowCondition } from "../rows.ts";
import { TABLE_BITS } from "./dimension.ts";

/** Some bits of a place. */
export interface Chunk extends Place {
  /** The place that it is cut from. */
  readonly whole: Place;
  /** Bits of the place below it. */
  readonly shift: number;
}

/** Is a type guard for chunks. */
export function isChunk(place: Place): place is Chunk {
  return "whole" in place;
}

/**
 * Rows that mean the same without masks on wide places. Several take the place of one where ranges make several
 * conjunctions; undefined when there are more than `limit`.
 */
export function chunkRows(rows: readonly Row[], limit: number): readonly Row[] | undefined {
  if (!rows.some((row) => row.conditions.some(isWideMask))) return rows;
  const result: Row[] = [];
  for (const row of rows) {
    const masked = row.conditions.filter(isWideMask);
    let alternatives: (readonly RowCondition[])[] = [row.conditions.filter((condition) => !isWideMask(condition))];
    for (const { place, mask, ranges } of masked) {
      const choices = ranges.flatMap((range) => conjunctions(chunksOf(place), mask, range));
      if (alternatives.length * choices.length + result.length > limit) return undefined;
      alternatives = alternatives.flatMap((one) => choices.map((choice) => [...one, ...choice]));
    }
    for (const conditions of alternatives) result.push({ ...row, conditions });
    if (result.length > limit) return undefined;
  }
  return result;
}

function isWideMask(condition: RowCondition): boolean {
  return condition.place.widthBits > TABLE_BITS && !isWholePlace(condition);
}

/** Places are the same ones whenever they are asked for, and so are their chunks. */
const CHUNKS = new WeakMap<Place, readonly Chunk[]>();

/** The chunks of a place, the highest first. */
export function chunksOf(place: Place): readonly Chunk[] {
  let chunks = CHUNKS.get(place);
  if (chunks === undefined) {
    chunks = cut(place);
    CHUNKS.set(place, chunks);
  }
  return chunks;
}

function cut(place: Place): readonly Chunk[] {
  const { name, layer, offsetBits } = place;
  const chunks: Chunk[] = [];
  for (let shift = 0; shift < place.widthBits; shift += TABLE_BITS) {
    const widthBits = Math.min(TABLE_BITS, place.widthBits - shift);
    const offset = offsetBits + place.widthBits - shift - widthBits;
    chunks.unshift({ name: `${name}_from_${shift}`, layer, offsetBits: offset, widthBits, whole: place, shift });
  }
  return chunks;
}

/** Conjunctions of which one holds exactly for the values that are in a range under a mask. */
function conjunctions(chunks: readonly Chunk[], mask: bigint, { lo, hi }: Range): readonly (readonly RowCondition[])[] {
  const [chunk, ...rest] = chunks;
  if (chunk === undefined) return [[]];
  const bits = (value: bigint): bigint => (value >> BigInt(chunk.shift)) & allOnes(chunk.widthBits);
  const own = bits(mask);
  const [first, last] = [bits(lo), bits(hi)];
  const among = (from: bigint, to: bigint): readonly RowCondition[] =>
    from === 0n && to >= own ? [] : [{ place: chunk, mask: own, ranges: [{ lo: from, hi: to }] }];
  const below = (from: bigint, to: bigint) => conjunctions(rest, mask, { lo: from, hi: to });
  const left = mask & allOnes(chunk.shift);
  if (first === last) return below(lo, hi).map((more) => [...among(first, first), ...more]);
  // Of the first and the last value of this chunk, only some of what is below is in the range.
  const [low, high] = [lo & allOnes(chunk.shift), hi & allOnes(chunk.shift)];
  const wholeFirst = low === 0n;
  const wholeLast = high >= left;
  const from = wholeFirst ? first : first + 1n;
  const to = wholeLast ? last : last - 1n;
  return [
    ...(wholeFirst ? [] : below(low, left).map((more) => [...among(first, first), ...more])),
    ...(from > to ? [] : [among(from, to)]),
    ...(wholeLast ? [] : below(0n, high).map((more) => [...among(last, last), ...more])),
  ];
}
