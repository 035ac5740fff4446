/**
 * The first two tables of a map: a small one indexed by the top bits, which gives each of its slots a stride, and one of
 * chunks indexed by as many bits more. Where boundaries are dense a slot has many chunks, elsewhere one.
 *
 * @module
 */

import { INTERVAL_LIMITS } from "./limits.ts";

/** What {@link planRoot} is told. */
export interface RootOptions {
  /** Top 32 bits of the entries, ascending. */
  readonly tops: Uint32Array;
  /** Entries that a leaf has room for. */
  readonly leafEntries: number;
  /** Bits of a chunk that a leaf can tell apart, counted from the lowest that is used; undefined for all. */
  readonly windowBits?: number;
  /** Bits of the first table; chosen by the number of entries unless given. */
  readonly rootBits?: number;
}

/** A slot of the first table. */
export interface RootSlot {
  /** First chunk of the slot. */
  readonly chunk: number;
  /** Chunks of the slot: a power of two. */
  readonly chunks: number;
  /** Bits below those that number the chunk. */
  readonly chunkShift: number;
  /** Bits below those that a leaf looks at. */
  readonly leafShift: number;
  /** First entry in the slot. */
  readonly from: number;
  /** First entry behind the slot. */
  readonly to: number;
}

/** The first table. */
export interface Root {
  /** Top bits that it is indexed by. */
  readonly bits: number;
  /** As many as 2^bits. */
  readonly slots: readonly RootSlot[];
  /** Chunks of all slots. */
  readonly chunks: number;
}

/** Share of the entries that may lie in chunks that overflow a leaf. */
const TOLERATED = 0.08;

/** Chooses the bits of the first table and the stride of each of its slots. */
export function planRoot(options: RootOptions): Root {
  const { tops } = options;
  const usual = Math.min(
    INTERVAL_LIMITS.maxRootBits,
    Math.max(INTERVAL_LIMITS.minRootBits, 26 - Math.clz32(tops.length)),
  );
  const bits = options.rootBits ?? usual;
  const slots: RootSlot[] = [];
  let chunk = 0;
  let from = 0;
  for (let slot = 0; slot < 1 << bits; slot++) {
    let to = from;
    while (to < tops.length && tops[to]! >>> (32 - bits) === slot) to++;
    const leafShift = options.windowBits === undefined ? 0 : lowestBit(tops, from, to);
    const stride = strideOf(options, { bits, from, to, leafShift });
    slots.push({ chunk, chunks: 1 << stride, chunkShift: 32 - bits - stride, leafShift, from, to });
    chunk += 1 << stride;
    from = to;
  }
  return { bits, slots, chunks: chunk };
}

interface Span {
  readonly bits: number;
  readonly from: number;
  readonly to: number;
  readonly leafShift: number;
}

/** Bits that number the chunks of a slot: as few as leave hardly any chunk with more entries than a leaf holds. */
function strideOf(options: RootOptions, { bits, from, to, leafShift }: Span): number {
  const count = to - from;
  if (count === 0) return 0;
  const most = 32 - bits;
  const least = options.windowBits === undefined ? 0 : Math.max(0, most - leafShift - options.windowBits);
  let best = least;
  let bestShare = Infinity;
  for (let stride = least; stride <= most; stride++) {
    if (stride > least && 1 << stride > Math.max(16, 4 * count)) break;
    const share = overflowing(options, from, to, most - stride) / count;
    if (share < bestShare - 0.02) {
      best = stride;
      bestShare = share;
    }
    if (share <= TOLERATED) break;
  }
  return best;
}

/** Entries that lie in chunks with more than a leaf holds. */
function overflowing({ tops, leafEntries }: RootOptions, from: number, to: number, shift: number): number {
  let total = 0;
  let start = from;
  for (let index = from + 1; index <= to; index++) {
    if (index < to && tops[index]! >>> shift === tops[start]! >>> shift) continue;
    if (index - start > leafEntries) total += index - start;
    start = index;
  }
  return total;
}

/** Number of low bits that are zero in all entries; 17 or more without any, so that a window of 15 reaches the top. */
function lowestBit(tops: Uint32Array, from: number, to: number): number {
  let all = 0;
  for (let index = from; index < to; index++) all |= tops[index]!;
  return all === 0 ? 17 : 31 - Math.clz32(all & -all);
}
