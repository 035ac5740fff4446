/**
 * Bits of numbers.
 *
 * @module
 */

/** The smallest power of two that is neither below `atLeast` nor below `smallest`, which is one itself. */
export function powerOfTwo(atLeast: number, smallest = 1): number {
  let power = smallest;
  while (power < atLeast) power *= 2;
  return power;
}

/** How many of the 32 bits are set. */
export function countBits(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** The number of the lowest bit that is set. */
export function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}
