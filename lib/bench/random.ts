/**
 * Numbers that look random and are the same in every run with the same seed.
 *
 * @module
 */

/** A stream of pseudo-random numbers: sfc32 of PractRand, whose state is 128 bits. */
export class Random {
  readonly #state: Uint32Array;

  /** A stream for a seed of 32 bits. */
  constructor(seed: number) {
    this.#state = Uint32Array.of(seed, 0x9e3779b9, 0x243f6a88, 1);
    // Until the seed has reached every bit.
    for (let round = 0; round < 16; round++) this.u32();
  }

  /** Any number of 32 bits. */
  u32(): number {
    const state = this.#state;
    const [a, b, c, counter] = state as unknown as [number, number, number, number];
    const sum = (a + b + counter) >>> 0;
    state[3] = counter + 1;
    state[0] = b ^ (b >>> 9);
    state[1] = c + (c << 3);
    state[2] = ((c << 21) | (c >>> 11)) + sum;
    return sum;
  }

  /** A number from 0 to `limit` - 1, up to 2^32. */
  below(limit: number): number {
    // The bias is below one in a million for the limits that a benchmark has.
    return Math.floor(this.u32() / 0x1_0000_0000 * limit);
  }

  /** Whether something happens that does so once in `times`. */
  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }

  /** An element of a list that is not empty. */
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  /** Any unsigned number of `widthBits` bits. */
  bits(widthBits: number): bigint {
    let value = 0n;
    for (let have = 0; have < widthBits; have += 32) value = (value << 32n) | BigInt(this.u32());
    return BigInt.asUintN(widthBits, value);
  }

  /** A number from `lo` to `hi`, both included. */
  between(lo: bigint, hi: bigint): bigint {
    const span = hi - lo + 1n;
    if (span <= 0x1_0000_0000n) return lo + BigInt(this.below(Number(span)));
    return lo + this.bits(span.toString(2).length + 16) % span;
  }

  /** The list in another order, in place (Fisher and Yates). */
  shuffle<T>(list: T[]): T[] {
    for (let index = list.length - 1; index > 0; index--) {
      const other = this.below(index + 1);
      [list[index], list[other]] = [list[other] as T, list[index] as T];
    }
    return list;
  }
}
