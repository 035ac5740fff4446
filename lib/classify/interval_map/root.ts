/**
 * The root: a small table indexed by the top bits, which gives each of its slots a stride. So many bits more choose a
 * chunk. Where boundaries are dense a slot has many chunks, elsewhere one.
 *
 * @module
 */

import { INTERVAL_LIMITS } from "./limits.ts";

/** What {@link planRoot} is told. */
export interface RootOptions {
  /** Top 32 bits of the entries, ascending, the first bit that counts at the top. */
  readonly tops: Uint32Array;
  /** Bits that count: those of a chunk are not below. */
  readonly keptBits: number;
  /** Entries that a leaf has room for. */
  readonly leafEntries: number;
  /** Bits that a leaf can tell apart, counted from the lowest that is used in a slot; undefined for all. */
  readonly windowBits?: number;
  /** Top bits that the root is indexed by; chosen by the number of entries unless given. */
  readonly rootBits?: number;
}

/** A slot of the root. */
export interface RootSlot {
  /** First chunk of the slot. */
  readonly chunk: number;
  /** Chunks of the slot: a power of two. */
  readonly chunks: number;
  /** Bits below those that number the chunk, of the 32 at the top. */
  readonly chunkShift: number;
  /** Bits below those that a leaf looks at. */
  readonly leafShift: number;
  /** First entry in the slot. */
  readonly from: number;
  /** First entry behind the slot. */
  readonly to: number;
}

/** A root. */
export interface Root {
  /** Top bits that it is indexed by. */
  readonly bits: number;
  /** As many as 2^bits. */
  readonly slots: readonly RootSlot[];
  /** Chunks of all slots. */
  readonly chunks: number;
  /** Chunks that have an entry. */
  readonly used: number;
}

/** Share of the entries that may lie in chunks that overflow a leaf. */
const TOLERATED = 0.08;
/** Chunks that an entry may cost. */
const CHUNKS_PER_ENTRY = 8;

/** Chooses the stride of each slot. */
export function planRoot(options: RootOptions): Root {
  const { tops } = options;
  const bits = options.rootBits ?? usualRootBits(tops.length);
  const slots: RootSlot[] = [];
  let chunk = 0;
  let used = 0;
  let from = 0;
  for (let slot = 0; slot < 1 << bits; slot++) {
    let to = from;
    while (to < tops.length && tops[to]! >>> (32 - bits) === slot) to++;
    const leafShift = options.windowBits === undefined ? 0 : lowestBit(tops, from, to);
    const chosen = strideOf(options, { bits, from, to, leafShift });
    const chunks = 2 ** chosen.stride;
    slots.push({ chunk, chunks, chunkShift: 32 - bits - chosen.stride, leafShift, from, to });
    chunk += chunks;
    used += chosen.used;
    from = to;
  }
  return { bits, slots, chunks: chunk, used };
}

/** As many slots as entries, within limits. */
export function usualRootBits(entries: number): number {
  return Math.min(INTERVAL_LIMITS.maxRootBits, Math.max(INTERVAL_LIMITS.minRootBits, 32 - Math.clz32(entries)));
}

interface Span {
  readonly bits: number;
  readonly from: number;
  readonly to: number;
  readonly leafShift: number;
}

/** Bits that number the chunks of a slot: as few as leave hardly any chunk with more entries than a leaf holds. */
function strideOf(options: RootOptions, { bits, from, to, leafShift }: Span): { stride: number; used: number } {
  const count = to - from;
  if (count === 0) return { stride: 0, used: 0 };
  const least = options.windowBits === undefined ? 0 : Math.max(0, 32 - bits - leafShift - options.windowBits);
  const most = Math.max(0, Math.min(32, options.keptBits) - bits);
  let best = { stride: least, used: 0 };
  let bestShare = Infinity;
  for (let stride = least; stride <= most; stride++) {
    if (stride > least && 2 ** stride > Math.max(16, CHUNKS_PER_ENTRY * count)) break;
    const { over, used } = overflowing(options, from, to, 32 - bits - stride);
    const share = over / count;
    if (share < bestShare - 0.02 || stride === least) {
      best = { stride, used };
      bestShare = share;
    }
    if (share <= TOLERATED) break;
  }
  return best;
}

/** Chunks that have entries, and entries that lie in chunks with more than a leaf holds. */
function overflowing(
  { tops, leafEntries }: RootOptions,
  from: number,
  to: number,
  shift: number,
): { over: number; used: number } {
  let over = 0;
  let used = 0;
  let start = from;
  for (let index = from + 1; index <= to; index++) {
    if (index < to && tops[index]! >>> shift === tops[start]! >>> shift) continue;
    if (index - start > leafEntries) over += index - start;
    used++;
    start = index;
  }
  return { over, used };
}

/** Number of low bits that are zero in all entries; without any, so many that a window of 15 bits reaches the top. */
function lowestBit(tops: Uint32Array, from: number, to: number): number {
  let all = 0;
  for (let index = from; index < to; index++) all |= tops[index]!;
  return all === 0 ? 17 : 31 - Math.clz32(all & -all);
}
