/**
 * The root: a small table indexed by the top bits, which gives each of its slots a stride. So many bits more choose a
 * chunk. Where boundaries are dense a slot has many chunks, elsewhere one.
 *
 * Where they are so crowded that one stride cannot part them, the bits after the root's choose a second slot, and that
 * has the stride to the chunk: one load more for all lookups, instead of inner nodes for most.
 *
 * @module
 */

import { INTERVAL_LIMITS } from "./limits.ts";

/** What {@link planRoot} is told. */
export interface RootOptions {
  /** Top bits of the entries as integers, ascending, the first bit that counts at the top. */
  readonly tops: Float64Array;
  /** How many bits these are: no stride reaches below. */
  readonly topBits: 32 | 52;
  /** Bits that count: those of a chunk are not below. */
  readonly keptBits: number;
  /** Entries that a leaf has room for. */
  readonly leafEntries: number;
  /** Bits that a leaf can tell apart, counted from the lowest that is used in a slot; undefined for all. With 32 bits. */
  readonly windowBits?: number;
  /** Top bits that the root is indexed by. */
  readonly rootBits: number;
}

/** A slot that has chunks. */
export interface ChunkSlot {
  /** First chunk of the slot. */
  readonly chunk: number;
  /** Chunks of the slot: a power of two. */
  readonly chunks: number;
  /** Bits below those that number the chunk, of those at the top. */
  readonly chunkShift: number;
  /** What the bits above are for the first of its chunks. */
  readonly start: number;
  /** Bits below those that a leaf looks at. */
  readonly leafShift: number;
  /** First entry in the slot. */
  readonly from: number;
  /** First entry behind the slot. */
  readonly to: number;
}

/** A slot of the root that has second slots. */
export interface SlotGroup {
  /** First of its slots. */
  readonly slot: number;
  /** How many it has: a power of two. */
  readonly slots: number;
  /** Bits below those that number the slot, of those at the top. */
  readonly slotShift: number;
  /** What the bits above are for the first of its slots. */
  readonly start: number;
}

/** A root. */
export interface Root {
  /** Top bits that it is indexed by. */
  readonly bits: number;
  /** What its slots are when there are second slots; undefined when they have chunks themselves. */
  readonly groups: readonly SlotGroup[] | undefined;
  /** Slots that have chunks, ascending. */
  readonly slots: readonly ChunkSlot[];
  /** Chunks of all slots. */
  readonly chunks: number;
  /** Chunks that have an entry. */
  readonly used: number;
  /** Share of the entries that are in chunks which overflow a leaf. */
  readonly overflow: number;
}

/** Share of the entries that may lie in chunks that overflow a leaf: more of them where memory is what costs time. */
const TOLERATED = { few: 0.02, many: 0.08 };
/** Up to so many entries are few. */
const FEW = 30_000;
/**
 * Chunks that an entry may cost: many where there are few entries, as long as all of them together stay in the cache; fewer
 * of wide values, which inner nodes part as well. More than two for each of a million made tables half as large again, and
 * lookups no faster.
 */
const CHUNKS_PER_ENTRY = { least: 2, most: 256, together: { 32: 2 ** 18, 52: 2 ** 14 } };
/**
 * Second slots are for a greater share of entries in overflowing chunks, if they leave a smaller one: lookups of different
 * lengths are mispredicted, which costs more than one load for all.
 */
const WORTH_A_LOAD = 0.1;
/** Bits that may number second slots. */
const GROUP_BITS = [2, 4, 6, 8, 10, 12, 14, 16];

/** Chooses the strides. */
export function planRoot(options: RootOptions): Root {
  const plain = planSlots(options, false);
  if (plain.overflow <= WORTH_A_LOAD) return plain;
  const grouped = planSlots(options, true);
  return grouped.overflow <= WORTH_A_LOAD ? grouped : plain;
}

/** As many slots as entries, within limits. */
export function usualRootBits(entries: number): number {
  return Math.min(INTERVAL_LIMITS.maxRootBits, Math.max(INTERVAL_LIMITS.minRootBits, 32 - Math.clz32(entries)));
}

function planSlots(options: RootOptions, grouped: boolean): Root {
  const { tops, topBits, rootBits: bits } = options;
  const slots: ChunkSlot[] = [];
  const groups: SlotGroup[] = [];
  const totals = { chunks: 0, used: 0, over: 0 };
  const add = (span: Span): void => {
    const { stride, used, over } = strideOf(options, span);
    slots.push({
      chunk: totals.chunks,
      chunks: 2 ** stride,
      chunkShift: topBits - span.bits - stride,
      start: span.prefix * 2 ** stride,
      leafShift: leafShiftOf(options, span),
      from: span.from,
      to: span.to,
    });
    totals.chunks += 2 ** stride;
    totals.used += used;
    totals.over += over;
  };
  for (const span of partsOf(options, { bits: 0, prefix: 0, from: 0, to: tops.length }, bits)) {
    const stride = grouped ? groupBitsOf(options, span) : 0;
    const slotShift = topBits - bits - stride;
    groups.push({ slot: slots.length, slots: 2 ** stride, slotShift, start: span.prefix * 2 ** stride });
    for (const part of partsOf(options, span, stride)) add(part);
  }
  return {
    bits,
    groups: grouped ? groups : undefined,
    slots,
    chunks: totals.chunks,
    used: totals.used,
    overflow: totals.over / Math.max(1, tops.length),
  };
}

/** Entries that agree in the top `bits`. */
interface Span {
  readonly bits: number;
  /** What these bits are. */
  readonly prefix: number;
  readonly from: number;
  readonly to: number;
}

/** The parts of a span by the next bits, those without entries too. */
function* partsOf({ tops, topBits }: RootOptions, span: Span, stride: number): Generator<Span> {
  const bits = span.bits + stride;
  const scale = 2 ** (bits - topBits);
  const first = span.prefix * 2 ** stride;
  let from = span.from;
  for (let prefix = first; prefix < first + 2 ** stride; prefix++) {
    let to = from;
    while (to < span.to && Math.floor(tops[to]! * scale) === prefix) to++;
    yield { bits, prefix, from, to };
    from = to;
  }
}

/** Bits that number the second slots of a slot: those that leave the fewest entries in overflowing chunks. */
function groupBitsOf(options: RootOptions, span: Span): number {
  const count = span.to - span.from;
  if (count <= options.leafEntries || strideOf(options, span).over <= tolerated(options) * count) return 0;
  const most = Math.min(options.topBits, options.keptBits) - span.bits;
  let best = 0;
  let bestCost = Infinity;
  for (const stride of GROUP_BITS) {
    if (stride > most || 2 ** stride > affordable(options, count)) break;
    let cells = 2 ** (stride + 1);
    let over = 0;
    for (const part of partsOf(options, span, stride)) {
      const chosen = strideOf(options, part);
      over += chosen.over;
      cells += 2 ** chosen.stride;
    }
    // An inner node takes some of the time of so many chunks' memory.
    const cost = cells * count / affordable(options, count) + 4 * over;
    if (cost >= bestCost) continue;
    best = stride;
    bestCost = cost;
  }
  return best;
}

interface Stride {
  readonly stride: number;
  /** Chunks that have entries. */
  readonly used: number;
  /** Entries in chunks with more than a leaf holds. */
  readonly over: number;
}

/** Bits that number the chunks of a slot: as few as leave hardly any chunk with more entries than a leaf holds. */
function strideOf(options: RootOptions, span: Span): Stride {
  const { bits, from, to } = span;
  const count = to - from;
  if (count === 0) return { stride: 0, used: 0, over: 0 };
  const least = options.windowBits === undefined
    ? 0
    : Math.max(0, 32 - bits - leafShiftOf(options, span) - options.windowBits);
  const most = Math.max(0, Math.min(options.topBits, options.keptBits) - bits);
  let best: Stride | undefined;
  for (let stride = least; stride <= most; stride++) {
    if (best !== undefined && 2 ** stride > affordable(options, count)) break;
    const chosen = { stride, ...overflowing(options, from, to, bits + stride) };
    if (best === undefined || chosen.over < best.over - 0.02 * count) best = chosen;
    if (chosen.over <= tolerated(options) * count) break;
  }
  return best ?? { stride: 0, used: 1, over: count };
}

/** Chunks that so many of the entries may cost. */
function affordable({ tops, topBits }: RootOptions, count: number): number {
  const { least, most, together } = CHUNKS_PER_ENTRY;
  return Math.max(16, count * Math.max(least, Math.min(most, together[topBits] / tops.length)));
}

function tolerated({ tops }: RootOptions): number {
  return tops.length > FEW ? TOLERATED.many : TOLERATED.few;
}

function overflowing(
  { tops, topBits, leafEntries }: RootOptions,
  from: number,
  to: number,
  bits: number,
): { over: number; used: number } {
  const scale = 2 ** (bits - topBits);
  let over = 0;
  let used = 1;
  let start = from;
  let prefix = Math.floor(tops[from]! * scale);
  for (let index = from + 1; index < to; index++) {
    const next = Math.floor(tops[index]! * scale);
    if (next === prefix) continue;
    if (index - start > leafEntries) over += index - start;
    used++;
    start = index;
    prefix = next;
  }
  if (to - start > leafEntries) over += to - start;
  return { over, used };
}

/** Number of low bits that are zero in all entries; without any, so many that a window of 15 bits reaches the top. */
function leafShiftOf({ tops, windowBits }: RootOptions, { from, to }: Span): number {
  if (windowBits === undefined) return 0;
  let all = 0;
  for (let index = from; index < to; index++) all |= tops[index]!;
  return all === 0 ? 17 : 31 - Math.clz32(all & -all);
}
