/**
 * What an interval map is built from, and its boundaries.
 *
 * @module
 */

import { LITTLE_ENDIAN } from "../../net/bytes.ts";
import { INTERVAL_LIMITS } from "./limits.ts";

/** A column of values of up to 32 bits, 64 bits, or two times 64 bits. */
export type ValueColumn =
  | Uint32Array<ArrayBuffer>
  | BigUint64Array<ArrayBuffer>
  | { readonly high: BigUint64Array<ArrayBuffer>; readonly low: BigUint64Array<ArrayBuffer> };

/** Intervals in columns: ascending, not overlapping; values in none of them are of class 0. */
export interface IntervalInput {
  /** Bits of a value, 17 to 128. */
  readonly widthBits: number;
  /** First values: `Uint32Array` up to 32 bits, `BigUint64Array` up to 64, both halves beyond. */
  readonly lo: ValueColumn;
  /** Last values, in the same form. */
  readonly hi: ValueColumn;
  /** Classes, 0 to 65 535. */
  readonly class: Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;
}

/** An interval of {@link intervalInput}. */
export interface Interval {
  /** First value. */
  readonly lo: bigint;
  /** Last value. */
  readonly hi: bigint;
  /** 0 to 65 535. */
  readonly class: number;
}

/** Columns of a list of intervals. */
export function intervalInput(widthBits: number, intervals: readonly Interval[]): IntervalInput {
  const column = (of: (interval: Interval) => bigint): ValueColumn => {
    if (widthBits <= 32) return Uint32Array.from(intervals, (interval) => Number(of(interval)));
    if (widthBits <= 64) return BigUint64Array.from(intervals, of);
    return { high: BigUint64Array.from(intervals, (one) => of(one) >> 64n), low: BigUint64Array.from(intervals, of) };
  };
  return {
    widthBits,
    lo: column((interval) => interval.lo),
    hi: column((interval) => interval.hi),
    class: Uint32Array.from(intervals, (interval) => interval.class),
  };
}

/**
 * Where the class changes, ascending. A value is of the class of the last boundary that is not above it, or of `first`
 * below all of them.
 */
export interface Boundaries {
  /** Number of boundaries. */
  readonly count: number;
  /** 32-bit words of the boundaries, the most significant first: one, two or four. */
  readonly words: readonly Uint32Array<ArrayBuffer>[];
  /** Class from each boundary on. */
  readonly classes: Uint16Array<ArrayBuffer>;
  /** Class of 0. */
  readonly first: number;
}

/**
 * The boundaries of intervals.
 *
 * @throws RangeError when the columns are not of the width, or not what {@link IntervalInput} asks for
 */
export function boundariesOf(input: IntervalInput): Boundaries {
  const { widthBits, class: classes } = input;
  const { minWidthBits, maxWidthBits, maxClass } = INTERVAL_LIMITS;
  if (!Number.isInteger(widthBits) || widthBits < minWidthBits || widthBits > maxWidthBits) {
    throw new RangeError(`Cannot map values of ${widthBits} bits, should be ${minWidthBits} to ${maxWidthBits}`);
  }
  const lo = wordsOf(input.lo, widthBits);
  const hi = wordsOf(input.hi, widthBits);
  const wordCount = lo.length;
  const count = classes.length;
  if ([...lo, ...hi].some((word) => word.length !== count * word.stride)) {
    throw new RangeError("Cannot map intervals: the columns differ in length");
  }
  const top = wordCount * 32 - widthBits;
  const words = lo.map(() => new Uint32Array(2 * count));
  const kept = new Uint16Array(2 * count);
  const at = new Uint32Array(wordCount);
  const next = new Uint32Array(wordCount);
  let first = 0;
  let current = 0;
  let used = 0;
  let carried = false;
  const add = (value: Uint32Array, is: number): void => {
    if (is === current) return;
    current = is;
    if (isZero(value)) {
      first = is;
      return;
    }
    for (let word = 0; word < wordCount; word++) words[word]![used] = value[word]!;
    kept[used++] = is;
  };
  for (let index = 0; index < count; index++) {
    for (let word = 0; word < wordCount; word++) at[word] = lo[word]!.get(index);
    const before = index === 0 ? 0 : compare(at, next);
    if (carried || before < 0) throw new RangeError(`Cannot map intervals: number ${index} is out of order`);
    // Values between this interval and the one before it.
    if (index > 0 && before > 0) add(next, 0);
    const is = classes[index]!;
    if (is > maxClass) throw new RangeError(`Cannot map an interval to class ${is}, should be ${maxClass} at most`);
    add(at, is);
    for (let word = 0; word < wordCount; word++) next[word] = hi[word]!.get(index);
    if (compare(next, at) < 0) throw new RangeError(`Cannot map intervals: number ${index} ends before it starts`);
    if (exceeds(next, top)) {
      throw new RangeError(`Cannot map intervals: number ${index} does not fit ${widthBits} bits`);
    }
    carried = increment(next) || exceeds(next, top);
  }
  if (count > 0 && !carried) add(next, 0);
  return { count: used, words: words.map((word) => word.subarray(0, used)), classes: kept.subarray(0, used), first };
}

interface WordColumn {
  readonly length: number;
  readonly stride: number;
  get(index: number): number;
}

function wordsOf(column: ValueColumn, widthBits: number): WordColumn[] {
  const words = "high" in column
    ? [...halves(column.high), ...halves(column.low)]
    : column instanceof Uint32Array
    ? [new Words(column, 1, 0)]
    : halves(column);
  const expected = widthBits <= 32 ? 1 : widthBits <= 64 ? 2 : 4;
  if (words.length === expected) return words;
  throw new RangeError(`Cannot map values of ${widthBits} bits: a column has words of ${words.length * 32} bits`);
}

function halves(column: BigUint64Array<ArrayBuffer>): WordColumn[] {
  const words = new Uint32Array(column.buffer, column.byteOffset, 2 * column.length);
  return [new Words(words, 2, LITTLE_ENDIAN ? 1 : 0), new Words(words, 2, LITTLE_ENDIAN ? 0 : 1)];
}

class Words implements WordColumn {
  readonly length: number;
  readonly stride: number;
  readonly #words: Uint32Array<ArrayBuffer>;
  readonly #offset: number;

  constructor(words: Uint32Array<ArrayBuffer>, stride: number, offset: number) {
    this.length = words.length;
    this.stride = stride;
    this.#words = words;
    this.#offset = offset;
  }

  get(index: number): number {
    return this.#words[index * this.stride + this.#offset]!;
  }
}

function compare(left: Uint32Array, right: Uint32Array): number {
  for (let word = 0; word < left.length; word++) {
    if (left[word] !== right[word]) return left[word]! < right[word]! ? -1 : 1;
  }
  return 0;
}

function isZero(value: Uint32Array): boolean {
  for (let word = 0; word < value.length; word++) if (value[word] !== 0) return false;
  return true;
}

/** Adds one; whether it came out as zero. */
function increment(value: Uint32Array): boolean {
  for (let word = value.length - 1; word >= 0; word--) {
    value[word] = value[word]! + 1;
    if (value[word] !== 0) return false;
  }
  return true;
}

/** Whether one of the `top` highest bits is set. */
function exceeds(value: Uint32Array, top: number): boolean {
  let rest = top;
  for (let word = 0; rest > 0; word++, rest -= 32) {
    if (rest >= 32 ? value[word] !== 0 : value[word]! >>> (32 - rest) !== 0) return true;
  }
  return false;
}
