/**
 * The sweep: goes through the values of a place in order and notes which rows each stretch of them satisfies.
 *
 * @module
 */

import type { Ranges } from "../../model/match.ts";
import type { ClassRefusal, Work } from "./budget.ts";
import { ClassSet, RowWords } from "./class_set.ts";

/** Rows that accept the same values. */
export interface RowGroup {
  /** Ascending, not overlapping. */
  readonly ranges: Ranges;
  readonly rows: readonly number[];
}

/** Values in order, each stretch of one class. */
export interface Stretches {
  /** First value of each; the first is 0. Numbers up to 52 bits, bigints beyond. */
  readonly starts: ArrayLike<number> | ArrayLike<bigint>;
  readonly classes: Uint32Array<ArrayBuffer>;
}

/** What a sweep finds. */
export interface Swept {
  readonly stretches: Stretches;
  readonly classes: ClassSet;
  /** Of each row, the group that it is in; that of rows that accept every value is the last. */
  readonly groupOf: Uint32Array<ArrayBuffer>;
  /** For each group, the rows that accept every value that it does: 32 rows a word. */
  readonly supersets: readonly Uint32Array<ArrayBuffer>[];
}

/** What a sweep is told. */
export interface SweepOptions {
  readonly widthBits: number;
  readonly rowCount: number;
  /** Most classes. */
  readonly limit: number;
  readonly work: Work;
}

/** Widest value that a number is exact for, and so is the one behind it. */
const NUMBER_BITS = 52;

/** The classes of the values, or why there are none. Rows in no group accept every value. */
export function sweep(groups: readonly RowGroup[], options: SweepOptions): Swept | ClassRefusal {
  const { widthBits, rowCount, limit, work } = options;
  const words = Math.max(1, Math.ceil(rowCount / 32));
  const wild = groups.length;
  const groupOf = new Uint32Array(rowCount).fill(wild);
  groups.forEach(({ rows }, group) => rows.forEach((row) => groupOf[row] = group));
  const supersets = Array.from({ length: groups.length + 1 }, () => new Uint32Array(words).fill(0xffffffff));
  const classes = new ClassSet(words);
  const active = new Uint32Array(words);
  const groupsHere = new Set([wild]);
  groupOf.forEach((group, row) => group === wild && toggle(active, row));
  const set = new RowWords(words);
  const stretchClasses: number[] = [];
  const stretchEvents: number[] = [];
  const note = (event: number): void => {
    set.setDense(active);
    const before = classes.count;
    const number = classes.add(set);
    work.left -= 2 * words;
    if (classes.count > before) {
      work.left -= words * groupsHere.size;
      for (const group of groupsHere) and(supersets[group] as Uint32Array, active);
    }
    if (stretchClasses.at(-1) === number) return;
    stretchClasses.push(number);
    stretchEvents.push(event);
  };
  const { at, of } = eventsOf(groups, widthBits);
  const order = inOrder(at, widthBits);
  const zero = widthBits <= NUMBER_BITS ? 0 : 0n;
  let index = 0;
  const pass = (value: number | bigint): void => {
    for (; index < order.length && at[order[index] as number] === value; index++) {
      const group = of[order[index] as number] as number;
      const { rows } = groups[group] as RowGroup;
      work.left -= rows.length;
      for (const row of rows) toggle(active, row);
      if (!groupsHere.delete(group)) groupsHere.add(group);
    }
  };
  pass(zero);
  note(-1);
  const end = widthBits <= NUMBER_BITS ? 2 ** widthBits : 1n << BigInt(widthBits);
  while (index < order.length) {
    const event = order[index] as number;
    const value = at[event] as number | bigint;
    if (value === end) break;
    pass(value);
    note(event);
    if (classes.count > limit) return "too-many-classes";
    if (work.left < 0) return "too-much-work";
  }
  const starts = stretchEvents.map((event) => event < 0 ? zero : at[event]) as number[] | bigint[];
  return { stretches: { starts, classes: Uint32Array.from(stretchClasses) }, classes, groupOf, supersets };
}

interface Events {
  /** Where ranges begin, and the value behind where they end. */
  readonly at: ArrayLike<number> | ArrayLike<bigint>;
  readonly of: Uint32Array<ArrayBuffer>;
}

function eventsOf(groups: readonly RowGroup[], widthBits: number): Events {
  const count = groups.reduce((sum, { ranges }) => sum + 2 * ranges.length, 0);
  const of = new Uint32Array(count);
  const numbers = new Float64Array(widthBits <= NUMBER_BITS ? count : 0);
  const bigints: bigint[] = [];
  let index = 0;
  groups.forEach(({ ranges }, group) => {
    for (const { lo, hi } of ranges) {
      if (widthBits <= NUMBER_BITS) {
        numbers[index] = Number(lo);
        numbers[index + 1] = Number(hi) + 1;
      } else {
        bigints.push(lo, hi + 1n);
      }
      of.fill(group, index, index + 2);
      index += 2;
    }
  });
  return { at: widthBits <= NUMBER_BITS ? numbers : bigints, of };
}

/** The events in the order of their values. */
function inOrder(at: Events["at"], widthBits: number): Uint32Array<ArrayBuffer> {
  if (widthBits > 16) {
    const order = Uint32Array.from({ length: at.length }, (_, event) => event);
    return order.sort((a, b) => {
      const left = at[a] as number | bigint;
      const right = at[b] as number | bigint;
      return left < right ? -1 : left > right ? 1 : 0;
    });
  }
  // A set may have thousands of ranges: counted, not compared.
  const before = new Uint32Array(2 ** widthBits + 2);
  for (let event = 0; event < at.length; event++) before[(at[event] as number) + 1]!++;
  for (let value = 1; value < before.length; value++) before[value]! += before[value - 1] as number;
  const order = new Uint32Array(at.length);
  for (let event = 0; event < at.length; event++) order[before[at[event] as number]!++] = event;
  return order;
}

function and(set: Uint32Array, other: Uint32Array): void {
  for (let word = 0; word < set.length; word++) set[word] = (set[word] as number) & (other[word] as number);
}

function toggle(set: Uint32Array, row: number): void {
  set[row >> 5] = (set[row >> 5] as number) ^ (1 << (row & 31));
}
