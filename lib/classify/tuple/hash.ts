/**
 * The hash of `tuple`: the masked words of a key, each times a factor, added modulo 2^64; the halves of that exclusive or-ed
 * into the lower one; times one more factor. Bits 32 and up choose the slot, the top five the key's bit in it.
 *
 * @module
 */

import type { Columns } from "./columns.ts";
import { hashFactor } from "./format.ts";

/** The upper half of the hash of rows under a mask. */
export function slotHash(columns: Columns, mask: Uint32Array): (row: number) => number {
  const words = columns.layout.units / 2;
  const active = Array.from({ length: words }, (_, word) => word)
    .filter((word) => mask[2 * word] !== 0 || mask[2 * word + 1] !== 0)
    .map((word) => ({
      low: columns.values[2 * word]!,
      high: columns.values[2 * word + 1]!,
      lowMask: mask[2 * word]!,
      highMask: mask[2 * word + 1]!,
      factor: hashFactor(word) >>> 0,
    }));
  const last = hashFactor(words) >>> 0;
  return (row) => {
    let low = 0;
    let high = 0;
    for (const word of active) {
      const a = (word.low[row]! & word.lowMask) >>> 0;
      // The factor's upper half is all ones: a times it is -a.
      const product = multiply(a, word.factor);
      const sum = low + product;
      high = high + productHigh + Math.imul(word.high[row]! & word.highMask, word.factor) - a +
          (sum > 0xffff_ffff ? 1 : 0) | 0;
      low = sum >>> 0;
    }
    low = (low ^ high) >>> 0;
    multiply(low, last);
    return productHigh + Math.imul(high, last) - low >>> 0;
  };
}

/** The upper half of the last product. */
let productHigh = 0;

/** The lower half of the product of two unsigned numbers of 32 bits. */
function multiply(a: number, b: number): number {
  const lower = (a & 0xffff) * b;
  const upper = (a >>> 16) * b;
  const sum = lower + (upper & 0xffff) * 0x1_0000;
  productHigh = Math.floor(sum / 0x1_0000_0000) + Math.floor(upper / 0x1_0000);
  return sum >>> 0;
}
