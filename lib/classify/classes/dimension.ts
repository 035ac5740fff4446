/**
 * Dimensions: what a packet is looked at for first, each on its own. A dimension maps values to classes.
 *
 * @module
 */

import { intersectRanges, type Range, type Ranges } from "../../model/match.ts";
import type { Place } from "../../model/places.ts";
import { isWholePlace, type Row, type RowCondition } from "../rows.ts";
import { ClassSet } from "./class_set.ts";

/** Widest place whose classes stand in a table by value. */
export const DIRECT_BITS = 16;

/** Values from `lo` to `hi` are of a class. */
export interface ClassInterval extends Range {
  readonly class: number;
}

/** A place of the packet, or what it has and lacks (`place` absent), and the classes of its values. */
export interface Dimension {
  readonly place: Place | undefined;
  readonly widthBits: number;
  readonly classes: ClassSet;
  /** Ascending, without gaps, over all values. */
  readonly intervals: readonly ClassInterval[];
}

/** A dimension that cannot be built: a mask that is no prefix on a place too wide to be enumerated. */
export type DimensionRefusal = "wide-mask";

/** The dimension of a place. */
export function placeDimension(place: Place, rows: readonly Row[]): Dimension | DimensionRefusal {
  const groups = new Map<string, { readonly ranges: Ranges; readonly members: number[] }>();
  const wild: number[] = [];
  for (const [index, row] of rows.entries()) {
    const conditions = row.conditions.filter((condition) => condition.place === place);
    if (conditions.length === 0) {
      wild.push(index);
      continue;
    }
    const key = conditions.map(conditionKey).join(" and ");
    let group = groups.get(key);
    if (group === undefined) {
      const ranges = rangesOf(conditions, place);
      if (ranges === undefined) return "wide-mask";
      group = { ranges, members: [] };
      groups.set(key, group);
    }
    group.members.push(index);
  }
  return sweep(place, place.widthBits, [...groups.values()], wild, rows.length);
}

/** The dimension of what the packet has and lacks; undefined when no row asks. */
export function presenceDimension(widthBits: number, rows: readonly Row[]): Dimension | undefined {
  const groups = new Map<number, { readonly ranges: Ranges; readonly members: number[] }>();
  const wild: number[] = [];
  for (const [index, row] of rows.entries()) {
    const mask = row.needs | row.lacks;
    if (mask === 0) {
      wild.push(index);
      continue;
    }
    const key = mask * 65_536 + row.needs;
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, { ranges: maskedRanges((value) => (value & mask) === row.needs, widthBits), members: [index] });
    } else {
      group.members.push(index);
    }
  }
  if (groups.size === 0) return undefined;
  return sweep(undefined, widthBits, [...groups.values()], wild, rows.length);
}

/** Goes through the boundaries of all ranges in order and notes which rows each stretch satisfies. */
function sweep(
  place: Place | undefined,
  widthBits: number,
  groups: readonly { readonly ranges: Ranges; readonly members: readonly number[] }[],
  wild: readonly number[],
  rowCount: number,
): Dimension {
  const events: { readonly at: bigint; readonly group: number }[] = [];
  groups.forEach(({ ranges }, group) => {
    for (const { lo, hi } of ranges) events.push({ at: lo, group }, { at: hi + 1n, group });
  });
  events.sort((a, b) => a.at < b.at ? -1 : a.at > b.at ? 1 : 0);
  const classes = new ClassSet(Math.max(1, Math.ceil(rowCount / 32)));
  const active = new Uint32Array(classes.words);
  for (const row of wild) toggle(active, row);
  // What no range covers is class 0.
  classes.add(active);
  const intervals: { lo: bigint; hi: bigint; class: number }[] = [];
  const end = 1n << BigInt(widthBits);
  let from = 0n;
  for (let index = 0; index <= events.length;) {
    const to = events[index]?.at ?? end;
    if (to > from) {
      const number = classes.add(active);
      const last = intervals.at(-1);
      if (last?.class === number) last.hi = to - 1n;
      else intervals.push({ lo: from, hi: to - 1n, class: number });
      from = to;
    }
    if (index === events.length || from >= end) break;
    for (; events[index]?.at === to; index++) {
      for (const row of groups[(events[index] as { group: number }).group]?.members ?? []) toggle(active, row);
    }
  }
  return { place, widthBits, classes, intervals };
}

function toggle(set: Uint32Array, row: number): void {
  set[row >> 5] = (set[row >> 5] as number) ^ (1 << (row & 31));
}

/** The values that satisfy all conditions, or undefined when a mask is no prefix and the place too wide. */
function rangesOf(conditions: readonly RowCondition[], place: Place): Ranges | undefined {
  let ranges: Ranges = [{ lo: 0n, hi: (1n << BigInt(place.widthBits)) - 1n }];
  for (const condition of conditions) {
    if (isWholePlace(condition)) {
      ranges = intersectRanges(ranges, condition.ranges);
      continue;
    }
    if (place.widthBits > DIRECT_BITS) return undefined;
    const mask = Number(condition.mask);
    const accepted = condition.ranges.map(({ lo, hi }) => [Number(lo), Number(hi)] as const);
    const holds = (value: number): boolean => accepted.some(([lo, hi]) => lo <= (value & mask) && (value & mask) <= hi);
    ranges = intersectRanges(ranges, maskedRanges(holds, place.widthBits));
  }
  return ranges;
}

/** The ranges of values for which a predicate holds, by trying each. */
function maskedRanges(holds: (value: number) => boolean, widthBits: number): readonly Range[] {
  const ranges: { lo: bigint; hi: bigint }[] = [];
  let start = -1;
  for (let value = 0; value <= 1 << widthBits; value++) {
    const inside = value < 1 << widthBits && holds(value);
    if (inside && start < 0) start = value;
    if (!inside && start >= 0) {
      ranges.push({ lo: BigInt(start), hi: BigInt(value - 1) });
      start = -1;
    }
  }
  return ranges;
}

function conditionKey({ mask, ranges }: RowCondition): string {
  return `${mask}:${ranges.map(({ lo, hi }) => `${lo}-${hi}`).join()}`;
}
