/**
 * Trees for values of more than 32 bits: whole 64-bit keys.
 *
 * An entry is a key, the class of the key itself and the class of what follows it: a single value takes one entry. A leaf
 * of 64 bytes has four keys, four references for equality, and five classes: that below the first key, and that behind
 * each. Above leaves there are two kinds of node. A direct node cuts the part of the values where its entries are into
 * equal cells, each with a reference, and has one more cell for all values outside; it is taken where it parts most
 * entries. Else a node of a B-tree has a reference to the first of its children, the number of the last child, and seven
 * separators.
 *
 * Of 128-bit values these are the upper halves; where a boundary lies within the values of one upper half, equality
 * refers to a tree of lower halves, or to a tail of 16 bytes when that would have one entry only.
 *
 * @module
 */

import { INTERVAL_LIMITS } from "./limits.ts";
import { LINE_BYTES, LITTLE, type Memory } from "./memory.ts";
import { type Filled, KIND_DIRECT, REFERENCE_SUBTREE, REFERENCE_TAIL, type Tree, treeReference } from "./reference.ts";
import type { Root } from "./root.ts";

/** Keys of a leaf. */
export const WIDE_LEAF_KEYS = 4;
/** Separators of an inner node. */
export const WIDE_INNER_KEYS = 7;
/** 32-bit word of a leaf where the references for equality start. */
export const WIDE_LEAF_EQUAL = 8;
/** 16-bit word of a leaf where the classes start: below the first key, behind the first key, ... */
export const WIDE_LEAF_CLASS = 24;
/** Bytes of a tail, and what its index counts. */
export const TAIL_BYTES = 16;

/** Entries in columns, ascending. */
export interface Entries {
  count: number;
  /**
   * Whether a node has keys from all 64 bits: then they are compared as such. Those below the root are so near to each
   * other, and to any value that gets there, that the sign of the difference tells which is above.
   */
  readonly far: boolean;
  /** Upper 32 bits of the key. */
  readonly high: Uint32Array<ArrayBuffer>;
  /** Lower 32 bits of the key. */
  readonly low: Uint32Array<ArrayBuffer>;
  /** What the key itself is: a class, or a reference. */
  readonly equal: Uint32Array<ArrayBuffer>;
  /** Class behind the key. */
  readonly after: Uint16Array<ArrayBuffer>;
}

/** Boundaries of 64 or 128 bits. */
export interface WideInput {
  /** Words, the most significant first: two or four. */
  readonly words: readonly Uint32Array<ArrayBuffer>[];
  readonly classes: Uint16Array<ArrayBuffer>;
  /** Class below the first. */
  readonly first: number;
  /** Zero bits below the values: one value and the next differ by 2^shift. */
  readonly shift: number;
}

/** The entries of the upper 64 bits; trees and tails of the lower ones are written on the way. */
export function wideEntries(input: WideInput, memory: Memory): { entries: Entries; depth: number } {
  const { words, classes } = input;
  const [high, low, lowHigh, lowLow] = words as [Uint32Array, Uint32Array, Uint32Array?, Uint32Array?];
  const lowShift = lowHigh === undefined ? 0 : Math.min(64, input.shift);
  const entries = emptyEntries(classes.length, false);
  const step = stepOf(input.shift - lowShift);
  const low64: LowPart | undefined = lowHigh === undefined ? undefined : {
    high: lowHigh,
    low: lowLow!,
    classes,
    step: stepOf(lowShift),
    entries: emptyEntries(classes.length, true),
  };
  let depth = 0;
  let carried = input.first;
  let from = 0;
  while (from < classes.length) {
    const h = high[from]!;
    const l = low[from]!;
    let to = from + 1;
    while (to < classes.length && low[to] === l && high[to] === h) to++;
    const last = classes[to - 1]!;
    if (low64 === undefined || (to === from + 1 && low64.high[from] === 0 && low64.low[from] === 0)) {
      addBoundary(entries, step, h, l, last);
    } else {
      const tree = writeLow(low64, { from, to, below: carried }, memory);
      addEntry(entries, h, l, tree.reference, last);
      depth = Math.max(depth, 1 + tree.depth);
    }
    carried = last;
    from = to;
  }
  return { entries, depth };
}

/** What {@link fillWide} is told. */
export interface WideTrees {
  readonly root: Root;
  readonly entries: Entries;
  /** Top bits of the keys, as the root has them. */
  readonly tops: Float64Array;
  /** Class below the first. */
  readonly first: number;
  /** Where the references of chunks go, in 32-bit words. */
  readonly chunkStart: number;
}

/** Writes the trees of all chunks and their references. */
export function fillWide(input: WideTrees, memory: Memory): Filled {
  const { root, entries, tops, chunkStart } = input;
  const constants = new Map<number, number>();
  const totals = { depth: 0, levels: 0 };
  let carried = input.first;
  for (const slot of root.slots) {
    let from = slot.from;
    const scale = 2 ** -slot.chunkShift;
    const numberOf = (index: number): number => Math.floor(tops[index]! * scale) - slot.start;
    for (let chunk = 0; chunk < slot.chunks; chunk++) {
      const at = chunkStart + slot.chunk + chunk;
      const next = from < slot.to ? numberOf(from) : slot.chunks;
      if (next !== chunk) {
        const reference = constantWide(carried, constants, memory);
        memory.u32.fill(reference, at, at + next - chunk);
        chunk = next - 1;
        continue;
      }
      let to = from + 1;
      while (to < slot.to && numberOf(to) === chunk) to++;
      const tree = writeTree(entries, { from, to, below: carried }, memory);
      memory.u32[at] = tree.reference;
      totals.depth = Math.max(totals.depth, tree.depth);
      totals.levels += tree.levels;
      carried = entries.after[to - 1]!;
      from = to;
    }
  }
  return {
    depth: totals.depth,
    loads: (root.groups === undefined ? 3 : 4) + totals.levels / Math.max(1, entries.count),
  };
}

/** The reference of a leaf that has one class only; `constants` are those that there are. */
export function constantWide(is: number, constants: Map<number, number>, memory: Memory): number {
  let reference = constants.get(is);
  if (reference === undefined) {
    reference = writeTree(NO_ENTRIES, { from: 0, to: 0, below: is }, memory).reference;
    constants.set(is, reference);
  }
  return reference;
}

interface LowPart {
  readonly high: Uint32Array;
  readonly low: Uint32Array;
  readonly classes: Uint16Array;
  readonly step: Step;
  /** Room for the entries of one upper half. */
  readonly entries: Entries;
}

interface Part {
  readonly from: number;
  readonly to: number;
  /** Class below the first entry. */
  readonly below: number;
  /** Direct nodes above. */
  readonly above?: number;
}

/** What the lower halves of one upper half are. */
function writeLow(low: LowPart, { from, to, below }: Part, memory: Memory): Tree {
  const { entries } = low;
  entries.count = 0;
  for (let index = from; index < to; index++) {
    addBoundary(entries, low.step, low.high[index]!, low.low[index]!, low.classes[index]!);
  }
  if (entries.count === 1) {
    const tail = memory.takeQuarter();
    writeKey(memory.u32, tail / 4, entries.high[0]!, entries.low[0]!);
    memory.u16[tail / 2 + 4] = entries.equal[0]!;
    memory.u16[tail / 2 + 5] = below;
    memory.u16[tail / 2 + 6] = entries.after[0]!;
    return { reference: (REFERENCE_SUBTREE | REFERENCE_TAIL | (tail / TAIL_BYTES)) >>> 0, depth: 0, levels: 0 };
  }
  const tree = writeTree(entries, { from: 0, to: entries.count, below }, memory);
  return { ...tree, reference: (REFERENCE_SUBTREE | tree.reference) >>> 0 };
}

/** A leaf, a direct node or a B-tree. */
function writeTree(entries: Entries, part: Part, memory: Memory): Tree {
  const { from, to, above = 0 } = part;
  const count = to - from;
  if (count <= WIDE_LEAF_KEYS) {
    const at = memory.take(LINE_BYTES);
    writeLeaf(entries, part, memory, at);
    return { reference: treeReference(at / LINE_BYTES, 0), depth: 0, levels: 0 };
  }
  const worthIt = count > (WIDE_INNER_KEYS + 1) * WIDE_LEAF_KEYS && above < INTERVAL_LIMITS.maxDirect;
  const cells = worthIt ? planCells(entries, from, to) : undefined;
  if (cells === undefined) return writeInner(entries, part, memory);
  return writeDirect(entries, { ...part, above: above + 1, cells }, memory);
}

function writeLeaf(entries: Entries, { from, to, below }: Part, memory: Memory, at: number): void {
  const { u16, u32 } = memory;
  let before = below;
  u16[at / 2 + WIDE_LEAF_CLASS] = before;
  // Keys that are not used may be equal to the greatest value, which may be the last key that is.
  const greatest = to > from && entries.high[to - 1] === UNUSED && entries.low[to - 1] === UNUSED;
  for (let key = 0; key < WIDE_LEAF_KEYS; key++) {
    const index = from + key;
    const there = index < to;
    if (there) writeKey(u32, at / 4 + 2 * key, entries.high[index]!, entries.low[index]!);
    else writeUnused(u32, at / 4 + 2 * key, entries, from);
    u32[at / 4 + WIDE_LEAF_EQUAL + key] = there ? entries.equal[index]! : greatest ? entries.equal[to - 1]! : before;
    if (there) before = entries.after[index]!;
    u16[at / 2 + WIDE_LEAF_CLASS + 1 + key] = before;
  }
}

/** A B-tree of as many levels as it takes. */
function writeInner(entries: Entries, { from, to, below }: Part, memory: Memory): Tree {
  const leaves = Math.ceil((to - from) / WIDE_LEAF_KEYS);
  const first = memory.take(leaves * LINE_BYTES);
  for (let leaf = 0; leaf < leaves; leaf++) {
    const start = from + leaf * WIDE_LEAF_KEYS;
    const before = leaf === 0 ? below : entries.after[start - 1]!;
    const part = { from: start, to: Math.min(to, start + WIDE_LEAF_KEYS), below: before };
    writeLeaf(entries, part, memory, first + leaf * LINE_BYTES);
  }
  let reference = treeReference(first / LINE_BYTES, 0);
  let nodes = leaves;
  let reach = WIDE_LEAF_KEYS;
  let depth = 0;
  while (nodes > 1) {
    const parents = Math.ceil(nodes / (WIDE_INNER_KEYS + 1));
    const level = memory.take(parents * LINE_BYTES);
    const { u32 } = memory;
    for (let parent = 0; parent < parents; parent++) {
      const at = level / 4 + parent * (LINE_BYTES / 4);
      const child = parent * (WIDE_INNER_KEYS + 1);
      u32[at] = reference + child;
      u32[at + 1] = Math.min(WIDE_INNER_KEYS, nodes - child - 1);
      for (let key = 0; key < WIDE_INNER_KEYS; key++) {
        const right = child + key + 1;
        const index = from + right * reach;
        if (right < nodes) writeKey(u32, at + 2 + 2 * key, entries.high[index]!, entries.low[index]!);
        else writeUnused(u32, at + 2 + 2 * key, entries, from);
      }
    }
    depth++;
    reference = treeReference(level / LINE_BYTES, depth);
    nodes = parents;
    reach *= WIDE_INNER_KEYS + 1;
  }
  return { reference, depth, levels: depth * (to - from) };
}

/** How a direct node cuts: cell 0 starts at `first`, a multiple of 2^shift. */
interface Cells {
  readonly shift: number;
  readonly cells: number;
}

/** Loads of a direct node: the node, and the cell. */
const DIRECT_LOADS = 2;

/** The cells of a direct node, or undefined when a B-tree takes fewer loads. */
function planCells(entries: Entries, from: number, to: number): Cells | undefined {
  const count = to - from;
  let best: Cells | undefined;
  let bestLoads = innerDepth(count);
  for (const most of [count, 4 * count]) {
    const shift = cellShift(entries, from, to - 1, most);
    let loads = DIRECT_LOADS;
    let start = from;
    let cell = 0;
    for (let index = from + 1; index <= to; index++) {
      const next = index < to ? cellOf(entries, from, index, shift) : -1;
      if (next === cell) continue;
      loads += innerDepth(index - start) * (index - start) / count;
      start = index;
      cell = next;
    }
    // A cell takes memory: it has to be worth it.
    if (loads < bestLoads - 0.25) {
      best = { shift, cells: cellOf(entries, from, to - 1, shift) + 1 };
      bestLoads = loads;
    }
  }
  return best;
}

/** Levels of a B-tree above its leaves. */
function innerDepth(count: number): number {
  let depth = 0;
  for (let reach = WIDE_LEAF_KEYS; reach < count; reach *= WIDE_INNER_KEYS + 1) depth++;
  return depth;
}

/** The least shift by which two entries are less than `most` cells apart. */
function cellShift(entries: Entries, first: number, last: number, most: number): number {
  let shift = 0;
  while (cellOf(entries, first, last, shift) + 1 > most) shift++;
  return shift;
}

/** Number of the cell of an entry, where that of the first is 0. */
function cellOf({ high, low }: Entries, first: number, index: number, shift: number): number {
  if (shift >= 32) return (high[index]! >>> (shift - 32)) - (high[first]! >>> (shift - 32));
  return (high[index]! - high[first]!) * 2 ** (32 - shift) + (low[index]! >>> shift) - (low[first]! >>> shift);
}

function writeDirect(entries: Entries, part: Part & { readonly cells: Cells }, memory: Memory): Tree {
  const { from, to, below, above = 0 } = part;
  const { shift, cells } = part.cells;
  const at = memory.take(LINE_BYTES);
  // One cell more for what is outside: a leaf that has what is below the first key, and what is behind the last.
  const start = memory.take(4 * (cells + 1)) / 4;
  const { u32 } = memory;
  const high = entries.high[from]!;
  const low = entries.low[from]!;
  writeKey(
    u32,
    at / 4,
    shift >= 32 ? 0 : high >>> shift,
    shift >= 32 ? high >>> (shift - 32) : shift === 0 ? low : (low >>> shift) | (high << (32 - shift)),
  );
  u32[at / 4 + 2] = start;
  u32[at / 4 + 3] = cells;
  u32[at / 4 + 4] = shift;
  const constants = new Map<number, number>();
  let carried = below;
  let index = from;
  let depth = 0;
  let levels = DIRECT_LOADS * (to - from);
  for (let cell = 0; cell < cells;) {
    const next = index < to ? cellOf(entries, from, index, shift) : cells;
    if (next !== cell) {
      const reference = constantWide(carried, constants, memory);
      memory.u32.fill(reference, start + cell, start + next);
      cell = next;
      continue;
    }
    let end = index + 1;
    while (end < to && cellOf(entries, from, end, shift) === cell) end++;
    const tree = writeTree(entries, { from: index, to: end, below: carried, above }, memory);
    memory.u32[start + cell] = tree.reference;
    depth = Math.max(depth, tree.depth);
    levels += tree.levels;
    carried = entries.after[end - 1]!;
    index = end;
    cell++;
  }
  const outside = writeOutside(entries, part, memory);
  memory.u32[start + cells] = outside;
  return { reference: treeReference(at / LINE_BYTES, KIND_DIRECT), depth: 1 + depth, levels };
}

/** A leaf for values below the first cell or above the last: the first key parts them. */
function writeOutside(entries: Entries, { from, to, below }: Part, memory: Memory): number {
  const after = entries.after[to - 1]!;
  const one: Entries = {
    count: 1,
    far: entries.far,
    high: entries.high.slice(from, from + 1),
    low: entries.low.slice(from, from + 1),
    equal: Uint32Array.of(after),
    after: Uint16Array.of(after),
  };
  const at = memory.take(LINE_BYTES);
  writeLeaf(one, { from: 0, to: 1, below }, memory, at);
  return treeReference(at / LINE_BYTES, 0);
}

const UNUSED = 0xffffffff;

function writeKey(u32: Uint32Array, at: number, high: number, low: number): void {
  u32[at] = LITTLE ? low : high;
  u32[at + 1] = LITTLE ? high : low;
}

/** A key above every value: the greatest of all, or a quarter of all values above the first entry. */
function writeUnused(u32: Uint32Array, at: number, { far, high }: Entries, from: number): void {
  if (far) writeKey(u32, at, UNUSED, UNUSED);
  else writeKey(u32, at, (high[from]! + 0x4000_0000) >>> 0, 0);
}

function emptyEntries(capacity: number, far: boolean): Entries {
  return {
    count: 0,
    far,
    high: new Uint32Array(capacity),
    low: new Uint32Array(capacity),
    equal: new Uint32Array(capacity),
    after: new Uint16Array(capacity),
  };
}

const NO_ENTRIES: Entries = emptyEntries(0, true);

interface Step {
  readonly high: number;
  readonly low: number;
}

function stepOf(shift: number): Step {
  return { high: shift >= 32 ? 2 ** (shift - 32) : 0, low: shift < 32 ? 2 ** shift : 0 };
}

/** A boundary that follows an entry at the next value becomes what is behind that. */
function addBoundary(entries: Entries, step: Step, high: number, low: number, is: number): void {
  const last = entries.count - 1;
  if (last >= 0) {
    const sum = entries.low[last]! + step.low;
    if (low === sum >>> 0 && high === entries.high[last]! + step.high + (sum > UNUSED ? 1 : 0)) {
      entries.after[last] = is;
      return;
    }
  }
  addEntry(entries, high, low, is, is);
}

function addEntry(entries: Entries, high: number, low: number, equal: number, after: number): void {
  const at = entries.count++;
  entries.high[at] = high;
  entries.low[at] = low;
  entries.equal[at] = equal;
  entries.after[at] = after;
}
