/**
 * A static map from integers of 17 to 128 bits to classes, as one table of bytes for a BPF program.
 *
 * A root table of a few thousand bytes, indexed by the top bits, gives the stride of each slot; so many bits more choose
 * a chunk; a chunk has a tree, which mostly is one cache line that is searched without a branch. Three dependent loads,
 * the first of which stays in the first-level cache; where values crowd beyond what strides can part, inner nodes of a
 * B-tree follow, so that no input makes a lookup long or a table large.
 *
 * templates/include/kefir/interval_map.h reads the same bytes.
 *
 * @module
 */

import { boundariesOf, type IntervalInput } from "./input.ts";
import {
  capacityFor,
  fitsIntervalShape,
  HEADER_BYTES,
  type IntervalForm,
  intervalOffsets,
  type IntervalShape,
  SLOT_BYTES,
} from "./layout.ts";
import { INTERVAL_LIMITS } from "./limits.ts";
import { LITTLE, Memory, NODE_BYTES } from "./memory.ts";
import { fillNarrow, LANE_BITS, LEAF_KEYS } from "./narrow.ts";
import { normalize, type Normalized } from "./normalize.ts";
import { planRoot, type Root } from "./root.ts";
import { fillWide, TAIL_BYTES, WIDE_LEAF_KEYS, wideEntries } from "./wide.ts";

export { type Interval, type IntervalInput, intervalInput, type ValueColumn } from "./input.ts";
export {
  encodeIntervalShape,
  fitsIntervalShape,
  type IntervalForm,
  type IntervalOffsets,
  intervalOffsets,
  type IntervalShape,
  intervalShapeFields,
} from "./layout.ts";
export { INTERVAL_LIMITS } from "./limits.ts";
export { lookupInterval } from "./lookup.ts";

/** A table and what there is to know about it. */
export interface IntervalMap {
  readonly kind: "map";
  /** Bits of a value. */
  readonly widthBits: number;
  /** The table, in the machine's byte order; best at a multiple of 64 bytes, at least of 8. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What C must know of it. */
  readonly shape: IntervalShape;
  /** Dependent loads of a lookup: of the values at boundaries the mean. */
  readonly loads: number;
  /** Most dependent loads of any lookup. */
  readonly maxLoads: number;
  /** Changes of class. */
  readonly boundaries: number;
}

/** Why there is no table. */
export interface IntervalRefusal {
  readonly kind: "refused";
  /** A stable slug. */
  readonly code: "too-many-boundaries" | "too-many-bytes" | "too-high" | "shape";
  /** What there is and what there may be. */
  readonly message: string;
}

/** How {@link buildIntervalMap} builds. */
export interface IntervalMapOptions {
  /** Bytes that the table may take; {@link INTERVAL_LIMITS} unless given. */
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
  const { maxBoundaries, maxHeight } = INTERVAL_LIMITS;
  if (2 * input.class.length > maxBoundaries) {
    return refuse("too-many-boundaries", `${input.class.length} intervals, ${maxBoundaries / 2} at most`);
  }
  const boundaries = boundariesOf(input);
  const form: IntervalForm = widthBits <= 32 ? 32 : widthBits <= 64 ? 64 : 128;
  if (options.shape !== undefined && options.shape.form !== form) {
    return refuse("shape", `values of ${widthBits} bits do not go into words of ${options.shape.form}`);
  }
  const normalized = normalize(boundaries, widthBits);
  const parts = form === 32
    ? narrowParts(boundaries, normalized, options.shape?.rootBits)
    : wideParts(boundaries, normalized, options.shape?.rootBits);
  if (parts.height > maxHeight || parts.lowHeight > maxHeight) {
    return refuse("too-high", `trees of ${Math.max(parts.height, parts.lowHeight)} levels, ${maxHeight} at most`);
  }
  const needed: IntervalShape = {
    form,
    rootBits: parts.root.bits,
    chunks: capacityFor(parts.root.chunks),
    nodes: capacityFor(parts.nodes.used),
    tails: form === 128 ? capacityFor(parts.tails.used) : 0,
  };
  const exact = { ...needed, chunks: parts.root.chunks, nodes: parts.nodes.used, tails: parts.tails.used };
  const shape = options.shape ?? needed;
  if (!fitsIntervalShape(exact, shape)) return refuse("shape", `${describe(exact)} do not go into ${describe(shape)}`);
  const { bytes } = intervalOffsets(shape);
  const maxBytes = Math.min(options.maxBytes ?? INTERVAL_LIMITS.maxBytes, INTERVAL_LIMITS.maxBytes);
  if (bytes > maxBytes || parts.nodes.used > INTERVAL_LIMITS.maxNodes) {
    return refuse("too-many-bytes", `the table takes ${bytes} bytes, ${maxBytes} at most`);
  }
  return {
    kind: "map",
    widthBits,
    bytes: encode(parts, normalized, shape),
    shape,
    loads: parts.loads,
    maxLoads: 3 + parts.height + (parts.tails.used > 0 || parts.lowHeight > 0 ? 1 + parts.lowHeight : 0),
    boundaries: boundaries.count,
  };
}

/** The same table with room as in another shape, or undefined when it has none there. */
export function padIntervalMap(map: IntervalMap, shape: IntervalShape): IntervalMap | undefined {
  if (!fitsIntervalShape(map.shape, shape)) return undefined;
  const from = intervalOffsets(map.shape);
  const to = intervalOffsets(shape);
  const bytes = new Uint8Array(to.bytes);
  bytes.set(map.bytes.subarray(0, from.chunkOffset + 4 * map.shape.chunks));
  bytes.set(map.bytes.subarray(from.nodeOffset, from.tailOffset), to.nodeOffset);
  bytes.set(map.bytes.subarray(from.tailOffset), to.tailOffset);
  return { ...map, bytes, shape };
}

interface Parts {
  readonly root: Root;
  readonly chunks: Uint32Array<ArrayBuffer>;
  readonly nodes: Memory;
  readonly tails: Memory;
  readonly height: number;
  readonly lowHeight: number;
  readonly loads: number;
}

type Given = ReturnType<typeof boundariesOf>;

function narrowParts(boundaries: Given, normalized: Normalized, rootBits: number | undefined): Parts {
  const keys = normalized.words[0]!;
  const { classes, first } = boundaries;
  const root = planRoot({ tops: keys, leafEntries: LEAF_KEYS, windowBits: LANE_BITS, ...given(rootBits) });
  const nodes = new Memory(keys.length / 4, NODE_BYTES);
  const filled = fillNarrow({ root, keys, classes, first }, nodes);
  return { root, ...filled, nodes, tails: new Memory(0, TAIL_BYTES), lowHeight: 0 };
}

function wideParts(boundaries: Given, normalized: Normalized, rootBits: number | undefined): Parts {
  const { classes, first } = boundaries;
  const nodes = new Memory(classes.length / 4, NODE_BYTES);
  const tails = new Memory(classes.length / 4, TAIL_BYTES);
  const { words, shift } = normalized;
  const low = wideEntries({ words, classes, first, shift }, nodes, tails);
  const root = planRoot({ tops: low.entries.high, leafEntries: WIDE_LEAF_KEYS, ...given(rootBits) });
  const filled = fillWide({ root, entries: low.entries, first }, nodes);
  return { root, ...filled, nodes, tails, lowHeight: low.height };
}

function given(rootBits: number | undefined): { rootBits?: number } {
  return rootBits === undefined ? {} : { rootBits };
}

function encode(parts: Parts, normalized: Normalized, shape: IntervalShape): Uint8Array<ArrayBuffer> {
  const offsets = intervalOffsets(shape);
  const bytes = new Uint8Array(offsets.bytes);
  const view = new DataView(bytes.buffer);
  const { base, mask, shift, outside } = normalized;
  writeWide(view, 0, base);
  writeWide(view, 16, mask);
  view.setUint32(32, shift & 63, LITTLE);
  view.setUint32(36, shift >> 6, LITTLE);
  view.setUint32(40, outside, LITTLE);
  for (const [index, slot] of parts.root.slots.entries()) {
    const at = HEADER_BYTES + SLOT_BYTES * index;
    // The bits above the chunk's number are not masked: what they would add is taken off here, modulo 2^32.
    view.setUint32(at, (slot.chunk - index * slot.chunks) >>> 0, LITTLE);
    view.setUint8(at + 4, slot.chunkShift);
    view.setUint8(at + 5, slot.leafShift);
  }
  bytes.set(new Uint8Array(parts.chunks.buffer), offsets.chunkOffset);
  bytes.set(parts.nodes.bytes(), offsets.nodeOffset);
  bytes.set(parts.tails.bytes(), offsets.tailOffset);
  return bytes;
}

/** Two 64-bit words, of which values of up to 64 bits use the first. */
function writeWide(view: DataView, at: number, words: readonly number[]): void {
  const padded = words.length === 1 ? [0, words[0]!] : words;
  for (let word = 0; word < padded.length; word += 2) {
    view.setBigUint64(at + 4 * word, (BigInt(padded[word]!) << 32n) | BigInt(padded[word + 1]!), LITTLE);
  }
}

function describe({ rootBits, chunks, nodes, tails }: IntervalShape): string {
  return `2^${rootBits} slots, ${chunks} chunks, ${nodes} nodes and ${tails} tails`;
}

function refuse(code: IntervalRefusal["code"], reason: string): IntervalRefusal {
  return { kind: "refused", code, message: `Cannot build the interval map: ${reason}` };
}
