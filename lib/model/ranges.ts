/**
 * Sets of unsigned integers as ascending ranges: an array while they are few, columns of words when they are many.
 *
 * @module
 */

import { complementSet, IntervalSet, RangeColumns, wordCountFor } from "./interval_set.ts";

/** Values from `lo` to `hi`, both included; host order. */
export interface Range {
  /** First value. */
  readonly lo: bigint;
  /** Last value. */
  readonly hi: bigint;
}

/** Ranges in ascending order that do not touch: an array of them, or what reads like one when they are many. */
export interface Ranges extends Iterable<Range> {
  /** Number of ranges. */
  readonly length: number;
  /** The range at an index, from the end when it is negative. */
  at(index: number): Range | undefined;
  /** What the function gives for each range. */
  map<T>(of: (range: Range, index: number) => T): T[];
  /** What the function gives for each range, lists put behind each other. */
  flatMap<T>(of: (range: Range, index: number) => T | readonly T[]): T[];
  /** Whether some range satisfies it. */
  some(is: (range: Range, index: number) => boolean): boolean;
  /** Whether all ranges satisfy it. */
  every(is: (range: Range, index: number) => boolean): boolean;
}

/** Sets of more ranges are kept in columns. */
const LARGEST_ARRAY = 256;

/** The ranges in ascending order, those that touch or overlap joined; frozen. */
export function joinRanges(ranges: Iterable<Range> & { readonly length: number }): Ranges {
  if (ranges.length > LARGEST_ARRAY) return joinMany(ranges);
  const sorted = [...ranges].sort((a, b) => a.lo < b.lo ? -1 : a.lo > b.lo ? 1 : 0);
  const joined: { lo: bigint; hi: bigint }[] = [];
  for (const { lo, hi } of sorted) {
    const last = joined.at(-1);
    if (last !== undefined && lo <= last.hi + 1n) {
      if (hi > last.hi) last.hi = hi;
    } else {
      joined.push({ lo, hi });
    }
  }
  return Object.freeze(joined.map((range) => Object.freeze(range)));
}

/** The ranges in columns, few or many. */
export function columnsOf(ranges: Ranges): IntervalSet {
  if (ranges instanceof IntervalSet) return ranges;
  const columns = new RangeColumns(wordCountFor(ranges.at(-1)?.hi ?? 0n), Math.max(1, ranges.length));
  for (const range of ranges) columns.add(range);
  return columns.join();
}

/** What was collected in columns: as an array where it turns out to be small, so that equal sets have one form. */
export function joinColumns(columns: RangeColumns): Ranges {
  const joined = columns.join();
  return joined.length > LARGEST_ARRAY ? joined : Object.freeze(joined.map((range) => Object.freeze(range)));
}

/** The values that are not in the ranges; up to `last`. */
export function complementRanges(ranges: Ranges, last: bigint): Ranges {
  if (ranges instanceof IntervalSet) return complementSet(ranges, last);
  const gaps: Range[] = [];
  let next = 0n;
  for (const { lo, hi } of ranges) {
    if (lo > next) gaps.push({ lo: next, hi: lo - 1n });
    next = hi + 1n;
  }
  if (next <= last) gaps.push({ lo: next, hi: last });
  return gaps;
}

/** The values in both, each ascending. */
export function intersectRanges(left: Ranges, right: Ranges): Ranges {
  if (left === right) return left;
  const shared: Range[] = [];
  // The shorter one is walked, the other one is entered where that starts.
  const [few, many] = left.length <= right.length ? [left, right] : [right, left];
  for (const { lo, hi } of few) {
    for (let index = Math.max(0, lastFrom(many, lo)); index < many.length; index++) {
      const other = many.at(index) as Range;
      if (other.lo > hi) break;
      if (other.hi < lo) continue;
      shared.push({ lo: other.lo > lo ? other.lo : lo, hi: other.hi < hi ? other.hi : hi });
    }
  }
  return shared.length > LARGEST_ARRAY ? joinMany(shared) : shared;
}

/** Whether every value of `inner` is in `outer`. */
export function containsRanges(outer: Ranges, inner: Ranges): boolean {
  if (outer === inner) return true;
  if (outer.length === 1 && inner.length === 1) {
    const [around, range] = [outer.at(0) as Range, inner.at(0) as Range];
    return around.lo <= range.lo && range.hi <= around.hi;
  }
  return inner.every(({ lo, hi }) => {
    const around = outer.at(Math.max(0, lastFrom(outer, lo)));
    return around !== undefined && around.lo <= lo && hi <= around.hi;
  });
}

/** Whether a value is in the ranges. */
export function isInRanges(ranges: Ranges, value: bigint): boolean {
  const index = lastFrom(ranges, value);
  return index >= 0 && value <= (ranges.at(index) as Range).hi;
}

/** Index of the last range that does not start above a value, or -1. */
export function lastFrom(ranges: Ranges, value: bigint): number {
  if (ranges instanceof IntervalSet) return ranges.lastFrom(value);
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges.at(middle) as Range).lo <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function joinMany(ranges: Iterable<Range> & { readonly length: number }): Ranges {
  let largest = 0n;
  for (const { hi } of ranges) if (hi > largest) largest = hi;
  const columns = new RangeColumns(wordCountFor(largest), ranges.length);
  for (const range of ranges) columns.add(range);
  return joinColumns(columns);
}
