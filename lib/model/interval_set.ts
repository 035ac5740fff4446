/**
 * Interval sets: the ranges of a large set in columns of 32-bit words. A million of them take 8 MB for IPv4 and 32 MB for
 * IPv6, where an object and two bigints each take over a hundred, and go through every pass in milliseconds.
 *
 * @module
 */

import { LITTLE_ENDIAN } from "../net/bytes.ts";
import { createHash } from "node:crypto";
import type { Range, Ranges } from "./ranges.ts";

/** Words of a value, of all ranges: `columns[word][index]`, the most significant word first; 1, 2 or 4 of them. */
export type WordColumns = readonly Uint32Array<ArrayBuffer>[];

/** Ranges in ascending order that do not touch. Reads as an array of them; the columns are not to be written to. */
export class IntervalSet implements Ranges {
  /** Number of ranges. */
  readonly length: number;
  /** First values. */
  readonly lo: WordColumns;
  /** Last values. */
  readonly hi: WordColumns;
  #digest: string | undefined;

  /** Takes over columns that are in order; {@link RangeColumns} puts others in order. */
  constructor(lo: WordColumns, hi: WordColumns) {
    this.lo = lo;
    this.hi = hi;
    this.length = lo[0]?.length ?? 0;
    Object.freeze(this);
  }

  /** The range at an index, from the end when it is negative. */
  at(index: number): Range | undefined {
    const from = index < 0 ? index + this.length : index;
    if (from < 0 || from >= this.length) return undefined;
    return { lo: valueAt(this.lo, from), hi: valueAt(this.hi, from) };
  }

  /** The ranges in order. */
  *[Symbol.iterator](): Generator<Range> {
    for (let index = 0; index < this.length; index++) yield this.at(index) as Range;
  }

  /** What the function gives for each range. */
  map<T>(of: (range: Range, index: number) => T): T[] {
    return Array.from({ length: this.length }, (_, index) => of(this.at(index) as Range, index));
  }

  /** What the function gives for each range, lists put behind each other. */
  flatMap<T>(of: (range: Range, index: number) => T | readonly T[]): T[] {
    return this.map(of).flat() as T[];
  }

  /** Whether some range satisfies it. */
  some(is: (range: Range, index: number) => boolean): boolean {
    for (let index = 0; index < this.length; index++) if (is(this.at(index) as Range, index)) return true;
    return false;
  }

  /** Whether all ranges satisfy it. */
  every(is: (range: Range, index: number) => boolean): boolean {
    return !this.some((range, index) => !is(range, index));
  }

  /** Index of the last range that does not start above a value, or -1. */
  lastFrom(value: bigint): number {
    const words = wordsOf(value, this.lo.length);
    if (words === undefined) return this.length - 1;
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareColumn(this.lo, middle, words) <= 0) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** What JSON has in its place: a digest, so that a rule with the same ranges has the same text. */
  toJSON(): string {
    if (this.#digest === undefined) {
      const hash = createHash("sha256");
      for (const column of [...this.lo, ...this.hi]) hash.update(inLittleEndian(column));
      this.#digest = `${this.length} ranges of ${this.lo.length} words, sha256 ${hash.digest("hex")}`;
    }
    return this.#digest;
  }
}

/** Collects ranges in any order; grows as needed. */
export class RangeColumns {
  /** Number of ranges so far. */
  size = 0;
  #lo: Uint32Array<ArrayBuffer>[];
  #hi: Uint32Array<ArrayBuffer>[];

  /** Of values that have so many words of 32 bits. */
  constructor(readonly wordCount: 1 | 2 | 4, capacity = 1024) {
    const columns = () => Array.from({ length: wordCount }, () => new Uint32Array(capacity));
    this.#lo = columns();
    this.#hi = columns();
  }

  /** Adds a range of values of one word. */
  addSingle(lo: number, hi: number): void {
    const index = this.#next();
    this.#lo[0]![index] = lo;
    this.#hi[0]![index] = hi;
  }

  /** Adds a range; the words are the most significant first, and copied. */
  addWords(lo: ArrayLike<number>, hi: ArrayLike<number>): void {
    const index = this.#next();
    for (let word = 0; word < this.wordCount; word++) {
      this.#lo[word]![index] = lo[word]!;
      this.#hi[word]![index] = hi[word]!;
    }
  }

  /** Adds a range whose values fit the words. */
  add({ lo, hi }: Range): void {
    if (this.wordCount === 1) this.addSingle(Number(lo), Number(hi));
    else this.addWords(wordsOf(lo, this.wordCount)!, wordsOf(hi, this.wordCount)!);
  }

  /** The ranges in ascending order, those that touch or overlap joined; without words that are zero in all of them. */
  join(): IntervalSet {
    const { size, wordCount } = this;
    const order = this.#order();
    const lo = this.#lo.map(() => new Uint32Array(size));
    const hi = this.#hi.map(() => new Uint32Array(size));
    const start = new Uint32Array(wordCount);
    // The value behind the last range, and whether there is none.
    const next = new Uint32Array(wordCount);
    let full = false;
    let used = 0;
    for (let at = 0; at < size; at++) {
      const index = order === undefined ? at : order[at]!;
      for (let word = 0; word < wordCount; word++) start[word] = this.#lo[word]![index]!;
      if (used > 0 && (full || compare(start, next) <= 0)) {
        if (!full && compareColumn(this.#hi, index, next) >= 0) full = setBehind(hi, used - 1, this.#hi, index, next);
        continue;
      }
      for (let word = 0; word < wordCount; word++) lo[word]![used] = start[word]!;
      full = setBehind(hi, used++, this.#hi, index, next);
    }
    // Values ascend, and so the last one has the most words.
    const needed = used === 0 ? 1 : wordCountFor(valueAt(hi, used - 1));
    const kept = (column: Uint32Array<ArrayBuffer>) => used === size ? column : column.slice(0, used);
    return new IntervalSet(lo.slice(-needed).map(kept), hi.slice(-needed).map(kept));
  }

  /** The order of the lower bounds, by a radix sort; undefined when they are in order. */
  #order(): Uint32Array | undefined {
    const { size, wordCount } = this;
    let sorted = true;
    const before = new Uint32Array(wordCount);
    for (let index = 1; index < size && sorted; index++) {
      for (let word = 0; word < wordCount; word++) before[word] = this.#lo[word]![index - 1]!;
      sorted = compareColumn(this.#lo, index, before) >= 0;
    }
    if (sorted) return undefined;
    let order = Uint32Array.from({ length: size }, (_, index) => index);
    let spare = new Uint32Array(size);
    const counts = new Uint32Array(1 << 16);
    for (let word = wordCount - 1; word >= 0; word--) {
      const column = this.#lo[word]!;
      for (const shift of [0, 16]) {
        counts.fill(0);
        for (let index = 0; index < size; index++) counts[column[index]! >>> shift & 0xffff]!++;
        if (counts[column[0]! >>> shift & 0xffff] === size) continue;
        for (let digit = 0, sum = 0; digit < counts.length; digit++) {
          const count = counts[digit]!;
          counts[digit] = sum;
          sum += count;
        }
        for (let at = 0; at < size; at++) {
          const index = order[at]!;
          spare[counts[column[index]! >>> shift & 0xffff]!++] = index;
        }
        [order, spare] = [spare, order];
      }
    }
    return order;
  }

  #next(): number {
    if (this.size === this.#lo[0]!.length) {
      const widen = (column: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> => {
        const wider = new Uint32Array(2 * column.length);
        wider.set(column);
        return wider;
      };
      this.#lo = this.#lo.map(widen);
      this.#hi = this.#hi.map(widen);
    }
    return this.size++;
  }
}

/** Words that the values up to `largest` take. */
export function wordCountFor(largest: bigint): 1 | 2 | 4 {
  return largest >> 32n === 0n ? 1 : largest >> 64n === 0n ? 2 : 4;
}

/** The ranges between the ranges of a set, up to `last`, which is not below any of them. */
export function complementSet(set: IntervalSet, last: bigint): IntervalSet {
  const wordCount = Math.max(set.lo.length, wordCountFor(last)) as 1 | 2 | 4;
  const gaps = new RangeColumns(wordCount, set.length + 1);
  const offset = wordCount - set.lo.length;
  const start = new Uint32Array(wordCount);
  const end = new Uint32Array(wordCount);
  let full = false;
  for (let index = 0; index < set.length; index++) {
    for (let word = 0; word < set.lo.length; word++) end[word + offset] = set.lo[word]![index]!;
    if (compare(start, end) < 0) {
      decrement(end);
      gaps.addWords(start, end);
    }
    start.fill(0);
    for (let word = 0; word < set.hi.length; word++) start[word + offset] = set.hi[word]![index]!;
    end.fill(0);
    full = increment(start);
  }
  const behind = wordsOf(last, wordCount)!;
  if (!full && compare(start, behind) <= 0) gaps.addWords(start, behind);
  return gaps.join();
}

function valueAt(columns: WordColumns, index: number): bigint {
  if (columns.length === 1) return BigInt(columns[0]![index]!);
  let value = 0n;
  for (const column of columns) value = value << 32n | BigInt(column[index]!);
  return value;
}

/** The words of a value, or undefined when it has more. */
function wordsOf(value: bigint, wordCount: number): Uint32Array<ArrayBuffer> | undefined {
  if (value >> BigInt(32 * wordCount) !== 0n) return undefined;
  const words = new Uint32Array(wordCount);
  for (let word = wordCount - 1, rest = value; word >= 0; word--, rest >>= 32n) {
    words[word] = Number(rest & 0xffff_ffffn);
  }
  return words;
}

/** Writes an upper bound, and the value behind it into `next`; whether there is none. */
function setBehind(
  columns: WordColumns,
  at: number,
  from: WordColumns,
  index: number,
  next: Uint32Array<ArrayBuffer>,
): boolean {
  for (let word = 0; word < next.length; word++) columns[word]![at] = next[word] = from[word]![index]!;
  return increment(next);
}

function compareColumn(columns: WordColumns, index: number, words: Uint32Array): number {
  for (let word = 0; word < words.length; word++) {
    const left = columns[word]![index]!;
    const right = words[word]!;
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

function compare(left: Uint32Array, right: Uint32Array): number {
  for (let word = 0; word < left.length; word++) {
    if (left[word] !== right[word]) return left[word]! < right[word]! ? -1 : 1;
  }
  return 0;
}

/** Adds one; whether it came out as zero. */
function increment(value: Uint32Array): boolean {
  for (let word = value.length - 1; word >= 0; word--) {
    value[word] = value[word]! + 1;
    if (value[word] !== 0) return false;
  }
  return true;
}

/** Takes one off; the value is not zero. */
function decrement(value: Uint32Array): void {
  for (let word = value.length - 1; word >= 0; word--) {
    value[word] = value[word]! - 1;
    if (value[word] !== 0xffff_ffff) return;
  }
}

/** The same bytes on every machine. */
function inLittleEndian(column: Uint32Array<ArrayBuffer>): Uint8Array {
  const bytes = new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
  if (LITTLE_ENDIAN) return bytes;
  const swapped = new DataView(new ArrayBuffer(bytes.length));
  column.forEach((word, index) => swapped.setUint32(4 * index, word, true));
  return new Uint8Array(swapped.buffer);
}
