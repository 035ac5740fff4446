/**
 * Boundaries moved to the top of their words, without the bits that all of them share.
 *
 * @module
 */

import type { Boundaries } from "./input.ts";

/** Boundaries without their common prefix. */
export interface Normalized {
  /** Bits that values are shifted left, to have the first that counts at the top of the words. */
  readonly shift: number;
  /** Bits that count. */
  readonly keptBits: number;
  /** The common prefix, as words. */
  readonly base: readonly number[];
  /** Bits of the common prefix, as words: a value that differs in one is of class `outside`. */
  readonly mask: readonly number[];
  /** Class of values without the prefix. */
  readonly outside: number;
  /** The boundaries, shifted. */
  readonly words: readonly Uint32Array<ArrayBuffer>[];
}

/** Moves boundaries of `widthBits` to the top of their words; at least `leastBits` are kept. */
export function normalize(boundaries: Boundaries, widthBits: number, leastBits: number): Normalized {
  const { words, count, classes, first } = boundaries;
  const last = count === 0 ? first : classes[count - 1]!;
  // Below the first boundary and above the last are one class only if these are the same.
  const keptBits = count === 0 || first !== last ? widthBits : Math.max(leastBits, differingBits(words, count));
  const shift = 32 * words.length - keptBits;
  const mask = words.map((_, word) => topBits(shift - 32 * word));
  const base = words.map((column, word) => count === 0 ? 0 : (column[0]! & mask[word]!) >>> 0);
  return { shift, keptBits, base, mask, outside: last, words: shiftLeft(words, shift, count) };
}

/** Number of low bits in which the first and the last boundary differ. */
function differingBits(words: readonly Uint32Array[], count: number): number {
  for (let word = 0; word < words.length; word++) {
    const differing = words[word]![0]! ^ words[word]![count - 1]!;
    if (differing !== 0) return 32 * (words.length - word) - Math.clz32(differing);
  }
  return 0;
}

/** A word whose highest `bits` are set. */
function topBits(bits: number): number {
  return bits <= 0 ? 0 : bits >= 32 ? 0xffffffff : (0xffffffff << (32 - bits)) >>> 0;
}

/** Words shifted left as one integer each. */
export function shiftLeft(words: readonly Uint32Array[], shift: number, count: number): Uint32Array<ArrayBuffer>[] {
  const skipped = shift >>> 5;
  const bits = shift & 31;
  return words.map((_, word) => {
    const moved = new Uint32Array(count);
    const high = words[word + skipped];
    const low = words[word + skipped + 1];
    if (high === undefined) return moved;
    for (let index = 0; index < count; index++) {
      const below = low === undefined || bits === 0 ? 0 : low[index]! >>> (32 - bits);
      moved[index] = (high[index]! << bits) | below;
    }
    return moved;
  });
}
