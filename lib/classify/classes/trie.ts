/**
 * A static trie from values of more than 16 bits to classes: 16 bits at the root, 8 at each level below, and no deeper than
 * the classes are told apart.
 *
 * @module
 */

import type { ClassInterval } from "./dimension.ts";

/** Bits that the root is indexed by. */
export const ROOT_BITS = 16;

/** Bits of each level below. */
export const LEVEL_BITS = 8;

/** An entry from here on is a block of the next level, below it a class: 15 bits for either. */
export const BLOCK_FLAG = 0x8000;

/** A trie; entries are classes or, with BLOCK_FLAG, numbers of blocks. */
export interface Trie {
  /** 2^16 entries, then the blocks of 2^8 entries each. */
  readonly entries: Uint16Array<ArrayBuffer>;
  /** Levels below the root that some value reaches. */
  readonly depth: number;
}

/** The trie of intervals that cover all values in ascending order; undefined when 15 bits are too few. */
export function buildTrie(intervals: readonly ClassInterval[], widthBits: number): Trie | undefined {
  const blocks: Uint16Array[] = [];
  let depth = 0;
  let overflow = false;
  let at = 0;
  // Fills one node; the intervals are walked once, in order, as nodes are visited in the order of their values.
  const fill = (node: Uint16Array, base: bigint, shift: number, level: number): void => {
    depth = Math.max(depth, level);
    for (let index = 0; index < node.length;) {
      const first = base + (BigInt(index) << BigInt(shift));
      while ((intervals[at] as ClassInterval).hi < first) at++;
      const interval = intervals[at] as ClassInterval;
      if (interval.class >= BLOCK_FLAG) overflow = true;
      const whole = Number((interval.hi + 1n - first) >> BigInt(shift));
      if (whole > 0) {
        const end = Math.min(node.length, index + whole);
        node.fill(interval.class, index, end);
        index = end;
        continue;
      }
      if (blocks.length >= BLOCK_FLAG || overflow) {
        overflow = true;
        return;
      }
      const child = new Uint16Array(1 << LEVEL_BITS);
      node[index] = BLOCK_FLAG | blocks.length;
      blocks.push(child);
      fill(child, first, shift - LEVEL_BITS, level + 1);
      if (overflow) return;
      index++;
    }
  };
  const root = new Uint16Array(1 << ROOT_BITS);
  fill(root, 0n, widthBits - ROOT_BITS, 0);
  if (overflow) return undefined;
  const entries = new Uint16Array(root.length + (blocks.length << LEVEL_BITS));
  entries.set(root);
  blocks.forEach((block, index) => entries.set(block, root.length + (index << LEVEL_BITS)));
  return { entries, depth };
}
