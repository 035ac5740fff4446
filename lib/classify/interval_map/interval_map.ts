/**
 * A static map from integers of 17 to 128 bits to classes, as one table of bytes for a BPF program.
 *
 * The root, a few thousand bytes indexed by the top bits, gives the stride of each slot; so many bits more choose a
 * chunk; a chunk has a tree, which mostly is one leaf that is searched without a branch. Three dependent loads, the first
 * of which stays in the first-level cache; where values crowd beyond what strides can part, inner nodes follow, so that no
 * input makes a lookup long or a table large.
 *
 * templates/include/kefir/interval_map.h reads the same bytes.
 *
 * @module
 */

import { LITTLE_ENDIAN } from "../../net/bytes.ts";
import { type Boundaries, boundariesOf, type IntervalInput } from "./input.ts";
import {
  capacityFor,
  fitsIntervalShape,
  HEADER_BYTES,
  type IntervalForm,
  intervalForm,
  type IntervalShape,
  LONGEST_BYTES,
  rootBytes,
  SLOT_BYTES,
} from "./layout.ts";
import { INTERVAL_LIMITS } from "./limits.ts";
import { LINE_BYTES, Memory, TableFull } from "./memory.ts";
import { constantNarrow, fillNarrow, type Lanes, LANES_15, LANES_31, NARROW_BYTES } from "./narrow.ts";
import { normalize, type Normalized, shiftLeft } from "./normalize.ts";
import { type ChunkSlot, planRoot, type Root, usualRootBits } from "./root.ts";
import { fillWide, wideEntries } from "./wide.ts";
import { WIDE_LEAF_KEYS } from "./wide_cells.ts";
import type { Entries } from "./wide_entries.ts";
import { constantWide } from "./wide_tree.ts";

export { type Interval, type IntervalInput, intervalInput, type ValueColumn } from "./input.ts";
export {
  encodeIntervalShape,
  fitsIntervalShape,
  type IntervalForm,
  intervalForm,
  type IntervalShape,
  intervalShapeFields,
  LONGEST_BYTES,
  rootBytes,
} from "./layout.ts";
export { usualRootBits } from "./root.ts";
export { INTERVAL_LIMITS } from "./limits.ts";
export { Memory, TableFull } from "./memory.ts";
export { lookupInterval } from "./lookup.ts";

/** A table and what there is to know about it. */
export interface IntervalMap {
  /** Tells it from a refusal. */
  readonly kind: "map";
  /** Bits of a value. */
  readonly widthBits: number;
  /** The table, in the machine's byte order; best at a multiple of 64 bytes, at least of 8. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What C must know of it. */
  readonly shape: IntervalShape;
  /** Dependent loads of a lookup, the mean over what changes the class. */
  readonly loads: number;
  /** Most dependent loads of any lookup. */
  readonly maxLoads: number;
  /** Bytes of the table that are used. */
  readonly usedBytes: number;
  /** Changes of class. */
  readonly boundaries: number;
}

/** Why there is no table. */
export interface IntervalRefusal {
  /** Tells it from a table. */
  readonly kind: "refused";
  /** A stable slug; `shape` when the one asked for has no room. */
  readonly code: "too-many-intervals" | "too-many-bytes" | "shape";
  /** What there is and what there may be. */
  readonly message: string;
}

/** How {@link buildIntervalMap} builds. */
export interface IntervalMapOptions {
  /** Bytes that the table may take; that of {@link INTERVAL_LIMITS} unless given. */
  readonly maxBytes?: number;
  /** A shape that the table is to have, so that it can take the place of another. */
  readonly shape?: IntervalShape;
}

/**
 * Builds the table of intervals, or says why there is none.
 *
 * @throws RangeError when the intervals are not ascending, overlap, or do not fit their width or class
 */
export function buildIntervalMap(
  input: IntervalInput,
  options: IntervalMapOptions = {},
): IntervalMap | IntervalRefusal {
  const { widthBits } = input;
  const { maxIntervals } = INTERVAL_LIMITS;
  if (input.class.length > maxIntervals) {
    return refuse("too-many-intervals", `${input.class.length} intervals, ${maxIntervals} at most`);
  }
  const boundaries = boundariesOf(input);
  const form = intervalForm(widthBits);
  if (options.shape !== undefined && options.shape.form !== form) {
    return refuse("shape", `values of ${widthBits} bits do not go into words of ${options.shape.form}`);
  }
  const rootBits = options.shape?.rootBits ?? usualRootBits(boundaries.count);
  const maxBytes = Math.min(options.shape?.bytes ?? Infinity, options.maxBytes ?? Infinity, INTERVAL_LIMITS.maxBytes);
  const memory = new Memory({ expectedBytes: 4096 + 16 * boundaries.count, maxBytes });
  try {
    const rootAt = memory.take(rootBytes(rootBits));
    const filled = fillTable({ boundaries, widthBits, rootBits, rootAt }, memory);
    // What is at the end of the last line is to start no more bytes before the end than `limit` allows.
    memory.take(LONGEST_BYTES);
    const shape = options.shape ?? { form, rootBits, bytes: Math.min(capacityFor(memory.used), lineFloor(maxBytes)) };
    const bytes = memory.bytes(shape.bytes);
    return {
      kind: "map",
      widthBits,
      bytes,
      shape,
      loads: filled.loads,
      maxLoads: filled.maxLoads,
      usedBytes: memory.used,
      boundaries: boundaries.count,
    };
  } catch (error) {
    if (!(error instanceof TableFull)) throw error;
    const code = options.shape === undefined ? "too-many-bytes" : "shape";
    return refuse(code, `the table takes ${error.message}`);
  }
}

/** The same table with room as in another shape, or undefined when it has none there. */
export function padIntervalMap(map: IntervalMap, shape: IntervalShape): IntervalMap | undefined {
  if (!fitsIntervalShape(map.shape, shape)) return undefined;
  const bytes = new Uint8Array(shape.bytes);
  bytes.set(map.bytes);
  return { ...map, bytes, shape };
}

/** Where {@link writeIntervalMap} puts the header and the root, which take `rootBytes(rootBits)`. */
export interface IntervalRoot {
  /** Top bits that the root is indexed by. */
  readonly rootBits: number;
  /** A multiple of 64. */
  readonly rootAt: number;
}

/** What was written by {@link writeIntervalMap}. */
export interface WrittenMap {
  /** Dependent loads of a lookup, the mean over what changes the class. */
  readonly loads: number;
  /** Most dependent loads of any lookup. */
  readonly maxLoads: number;
}

/**
 * Writes a table into a memory that it shares with others: header and root where they are to be, the rest behind whatever
 * the memory has. In C `root` of its shape says where that is, and `limit` counts from the start of the memory, whose last
 * 64 bytes nothing may take.
 *
 * @throws RangeError as {@link buildIntervalMap} does
 * @throws TableFull when the memory has no room
 */
export function writeIntervalMap(input: IntervalInput, root: IntervalRoot, memory: Memory): WrittenMap {
  return fillTable({ boundaries: boundariesOf(input), widthBits: input.widthBits, ...root }, memory);
}

function fillTable(
  { boundaries, widthBits, rootBits, rootAt }: IntervalRoot & {
    readonly boundaries: Boundaries;
    readonly widthBits: number;
  },
  memory: Memory,
): Written {
  const form = intervalForm(widthBits);
  const normalized = normalize(boundaries, widthBits, rootBits);
  const fill = form === 32 ? fillNarrowTable : fillWideTable;
  const filled = fill({ boundaries, normalized, rootBits, rootAt, form }, memory);
  const { maxDepth } = INTERVAL_LIMITS;
  if (filled.depth > maxDepth) throw new Error(`Bug: a tree of ${filled.depth} levels, ${maxDepth} at most`);
  return filled;
}

interface Given extends IntervalRoot {
  readonly boundaries: Boundaries;
  readonly normalized: Normalized;
  readonly form: IntervalForm;
}

interface Written extends WrittenMap {
  readonly depth: number;
}

function fillNarrowTable({ boundaries, normalized, rootBits, rootAt }: Given, memory: Memory): Written {
  const { classes, first, words } = boundaries;
  const { shift, keptBits } = normalized;
  const keys = normalized.words[0]!;
  const tops = Float64Array.from(keys);
  const planFor = (lanes: Lanes): { lanes: Lanes; root: Root; bytes: number } => {
    const window = lanes.bits === 15 ? { windowBits: lanes.bits } : {};
    const root = planRoot({ tops, topBits: 32, keptBits, leafEntries: lanes.leafKeys, rootBits, ...window });
    return { lanes, root, bytes: 4 * root.chunks + 8 * root.slots.length + NARROW_BYTES * root.used };
  };
  const short = planFor(LANES_15);
  const long = planFor(LANES_31);
  const { lanes, root } = long.bytes < short.bytes ? long : short;
  const chunkStart = memory.take(4 * root.chunks) / 4;
  const input = { root, lanes, values: words[0]!, keys, shift, classes, first, chunkStart };
  const filled = fillNarrow(input, memory);
  const outside = constantNarrow(normalized.outside, new Map(), memory);
  writeRoot({ root, rootAt, chunkStart, outside, wordBits: 32, normalized }, memory);
  const at = (rootAt + HEADER_BYTES) / 4 - 12;
  const lane = lanes.bits === 15 ? [0x8000_8000, 0x8000_8000] : [0x8000_0000, 0x8000_0000];
  const spread = lanes.bits === 15 ? [0x0001_0001, 0x0001_0001] : [1, 1];
  memory.u32.set(spread, at);
  memory.u32.set(lane, at + 2);
  memory.u32.set(lane.map((word) => word >>> 15), at + 4);
  memory.u32[at + 6] = 2 ** lanes.bits - 1;
  return { ...filled, maxLoads: loadsAbove(root) + filled.depth };
}

function fillWideTable({ boundaries, normalized, rootBits, rootAt, form }: Given, memory: Memory): Written {
  const { classes, first } = boundaries;
  const { shift, keptBits } = normalized;
  // Words of 128 bits are shifted by the program too, those of 64 are not.
  const shifted = form === 128;
  const words = shifted ? normalized.words : boundaries.words;
  const { entries, depth: lowDepth } = wideEntries({ words, classes, first, shift: shifted ? shift : 0 }, memory);
  const tops = topsOf(entries, shifted ? 0 : shift);
  const root = planRoot({ tops, topBits: 52, keptBits, leafEntries: WIDE_LEAF_KEYS, rootBits });
  const chunkStart = memory.take(4 * root.chunks) / 4;
  const filled = fillWide({ root, entries, tops, first, chunkStart }, memory);
  const outside = constantWide(normalized.outside, new Map(), memory);
  writeRoot({ root, rootAt, chunkStart, outside, wordBits: 64, normalized: shifted ? undefined : normalized }, memory);
  if (shifted) {
    const at = (rootAt + HEADER_BYTES) / 4 - 12;
    writeDouble(memory.u32, at, normalized.base);
    writeDouble(memory.u32, at + 4, normalized.mask);
    memory.u32[at + 8] = shift & 63;
    memory.u32[at + 9] = shift >> 6;
    memory.u32[at + 10] = normalized.outside;
    memory.u32[at + 11] = lowDepth > 0 ? 1 : 0;
  }
  const depth = Math.max(filled.depth, lowDepth);
  // A direct node takes two loads.
  const maxLoads = loadsAbove(root) + 2 * filled.depth + (lowDepth > 0 ? 2 * lowDepth - 1 : 0);
  return { depth, loads: filled.loads, maxLoads };
}

function lineFloor(bytes: number): number {
  return bytes - bytes % LINE_BYTES;
}

/** Loads of slot, second slot, chunk and leaf. */
function loadsAbove(root: Root): number {
  return root.groups === undefined ? 3 : 4;
}

/** The top 52 bits of the keys shifted left: integers of 52 bits are exact. */
function topsOf({ high, low, count }: Entries, shift: number): Float64Array {
  const [top, rest] = shiftLeft([high, low], shift, count) as [Uint32Array, Uint32Array];
  const tops = new Float64Array(count);
  for (let index = 0; index < count; index++) tops[index] = top[index]! * 2 ** 20 + (rest[index]! >>> 12);
  return tops;
}

interface RootParts {
  readonly root: Root;
  readonly rootAt: number;
  /** In 32-bit words. */
  readonly chunkStart: number;
  /** Reference for what is outside. */
  readonly outside: number;
  /** Bits of the word that the program shifts. */
  readonly wordBits: 32 | 64;
  /** What it does not shift before: undefined when the word has been shifted to the top. */
  readonly normalized: Normalized | undefined;
}

/** struct kefir_interval_header, the first two members, and the slots. */
function writeRoot({ root, rootAt, chunkStart, outside, wordBits, normalized }: RootParts, memory: Memory): void {
  const outsideChunks = memory.take(8) / 4;
  memory.u32.fill(outside, outsideChunks, outsideChunks + 2);
  const slotStart = root.groups === undefined ? 0 : memory.take(SLOT_BYTES * (root.slots.length + 2));
  const view = new DataView(memory.u32.buffer);
  const shift = normalized?.shift ?? 0;
  const base = (normalized?.base ?? []).reduce((high, word) => (high << 32n) | BigInt(word), 0n);
  // From the bits at the top of a shifted word to the word as it is.
  const topBits = wordBits === 32 ? 32 : 52;
  const shiftOf = (bits: number): number => Math.max(0, bits + wordBits - topBits - shift);
  const rootShift = shiftOf(topBits - root.bits);
  view.setBigUint64(rootAt, base >> BigInt(rootShift), LITTLE_ENDIAN);
  view.setUint32(rootAt + 8, rootShift, LITTLE_ENDIAN);
  const write = (at: number, first: number, firstShift: number, leafShift: number): void => {
    view.setUint32(at, first, LITTLE_ENDIAN);
    view.setUint8(at + 4, firstShift);
    view.setUint8(at + 5, leafShift);
  };
  // The bits above the number of a slot or chunk are not masked: what they add is taken off here, modulo 2^32.
  const from = (first: number, shift: number, number: number): number =>
    Number(BigInt.asUintN(32, BigInt(first) - (base >> BigInt(shift)) - BigInt(number)));
  const writeChunks = (at: number, slot: ChunkSlot): void => {
    const chunkShift = shiftOf(slot.chunkShift);
    write(at, from(chunkStart + slot.chunk, chunkShift, slot.start), chunkShift, shiftOf(slot.leafShift));
  };
  const slotAt = (index: number): number => rootAt + HEADER_BYTES + SLOT_BYTES * index;
  const { groups, slots } = root;
  if (groups === undefined) {
    slots.forEach((slot, index) => writeChunks(slotAt(index), slot));
    write(slotAt(slots.length), outsideChunks, wordBits - 1, 0);
    return;
  }
  view.setUint32(rootAt + 12, 1, LITTLE_ENDIAN);
  groups.forEach((group, index) => {
    const slotShift = shiftOf(group.slotShift);
    write(slotAt(index), from(slotStart / SLOT_BYTES + group.slot, slotShift, group.start), slotShift, 0);
    for (let second = 0; second < group.slots; second++) {
      const slot = group.slot + second;
      writeChunks(slotStart + SLOT_BYTES * slot, slots[slot]!);
    }
  });
  // Whatever the highest bit of the value is, what is outside gets to one of two slots, and then to one of two chunks.
  write(slotAt(groups.length), slotStart / SLOT_BYTES + slots.length, wordBits - 1, 0);
  for (const second of [0, 1]) {
    write(slotStart + SLOT_BYTES * (slots.length + second), outsideChunks, wordBits - 1, 0);
  }
}

/** Two 64-bit words. */
function writeDouble(u32: Uint32Array, at: number, words: readonly number[]): void {
  words.forEach((word, index) => u32[at + (LITTLE_ENDIAN ? index ^ 1 : index)] = word);
}

function refuse(code: IntervalRefusal["code"], reason: string): IntervalRefusal {
  return { kind: "refused", code, message: `Cannot build the interval map: ${reason}` };
}
