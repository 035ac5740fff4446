/**
 * Entries of tables for values of more than 32 bits: what stands in leaves.
 *
 * @module
 */

import { LITTLE_ENDIAN } from "../../net/bytes.ts";

/** Entries in columns, ascending. */
export interface Entries {
  count: number;
  /**
   * Whether a node has keys from all 64 bits: then they are compared as such. Those below the root are so near to each
   * other, and to any value that gets there, that the sign of the difference tells which is above.
   */
  readonly far: boolean;
  /** Upper 32 bits of the key. */
  readonly high: Uint32Array<ArrayBuffer>;
  /** Lower 32 bits of the key. */
  readonly low: Uint32Array<ArrayBuffer>;
  /** What the key itself is: a class, or a reference. */
  readonly equal: Uint32Array<ArrayBuffer>;
  /** Class behind the key. */
  readonly after: Uint16Array<ArrayBuffer>;
}

/** Entries that are not there yet, and room for so many. */
export function emptyEntries(capacity: number, far: boolean): Entries {
  return {
    count: 0,
    far,
    high: new Uint32Array(capacity),
    low: new Uint32Array(capacity),
    equal: new Uint32Array(capacity),
    after: new Uint16Array(capacity),
  };
}

/** No entries. */
export const NO_ENTRIES: Entries = emptyEntries(0, true);

/** Between one value and the next. */
export interface Step {
  readonly high: number;
  readonly low: number;
}

/** 2^shift. */
export function stepOf(shift: number): Step {
  return { high: shift >= 32 ? 2 ** (shift - 32) : 0, low: shift < 32 ? 2 ** shift : 0 };
}

/** A boundary that follows an entry at the next value becomes what is behind that. */
export function addBoundary(entries: Entries, step: Step, high: number, low: number, is: number): void {
  const last = entries.count - 1;
  if (last >= 0) {
    const sum = entries.low[last]! + step.low;
    if (low === sum >>> 0 && high === entries.high[last]! + step.high + (sum > UNUSED ? 1 : 0)) {
      entries.after[last] = is;
      return;
    }
  }
  addEntry(entries, high, low, is, is);
}

/** Adds an entry behind the last. */
export function addEntry(entries: Entries, high: number, low: number, equal: number, after: number): void {
  const at = entries.count++;
  entries.high[at] = high;
  entries.low[at] = low;
  entries.equal[at] = equal;
  entries.after[at] = after;
}

/** The upper and the lower half of a 64-bit word of ones. */
export const UNUSED = 0xffffffff;

/** Writes a 64-bit key at a 32-bit word. */
export function writeKey(u32: Uint32Array, at: number, high: number, low: number): void {
  u32[at] = LITTLE_ENDIAN ? low : high;
  u32[at + 1] = LITTLE_ENDIAN ? high : low;
}

/** A key above every value: the greatest of all, or a quarter of all values above the first entry. */
export function writeUnused(u32: Uint32Array, at: number, { far, high }: Entries, from: number): void {
  if (far) writeKey(u32, at, UNUSED, UNUSED);
  else writeKey(u32, at, (high[from]! + 0x4000_0000) >>> 0, 0);
}
