/**
 * Trees for values of more than 32 bits: whole 64-bit keys.
 *
 * An entry is a key, the class of the key itself and the class of what follows it: a single value takes one entry. A leaf
 * of 64 bytes has four keys, four references for equality, and five classes: that below the first key, and that behind
 * each. An inner node has a reference to the first of its children, the number of the last child, and seven separators.
 *
 * Of 128-bit values these are the upper halves; where a boundary lies within the values of one upper half, equality
 * refers to a tree of lower halves, or to a tail of 16 bytes when that would have one entry only.
 *
 * @module
 */

import { LITTLE, type Memory } from "./memory.ts";
import { type Filled, REFERENCE_SUBTREE, REFERENCE_TAIL, treeReference } from "./reference.ts";
import type { Root } from "./root.ts";

/** Keys of a leaf. */
export const WIDE_LEAF_KEYS = 4;
/** Separators of an inner node. */
export const WIDE_INNER_KEYS = 7;
/** 32-bit word of a leaf where the references for equality start. */
export const WIDE_LEAF_EQUAL = 8;
/** 16-bit word of a leaf where the classes start: below the first key, behind the first key, ... */
export const WIDE_LEAF_CLASS = 24;
/** Bytes of a tail. */
export const TAIL_BYTES = 16;

/** Entries in columns, ascending. */
export interface Entries {
  readonly count: number;
  /** Upper 32 bits of the key. */
  readonly high: Uint32Array<ArrayBuffer>;
  /** Lower 32 bits of the key. */
  readonly low: Uint32Array<ArrayBuffer>;
  /** What the key itself is: a class, or a reference. */
  readonly equal: Uint32Array<ArrayBuffer>;
  /** Class behind the key. */
  readonly after: Uint16Array<ArrayBuffer>;
}

/** Boundaries in 64 or 128 bits, moved to the top. */
export interface WideInput {
  readonly words: readonly Uint32Array<ArrayBuffer>[];
  readonly classes: Uint16Array<ArrayBuffer>;
  /** Class below the first. */
  readonly first: number;
  /** Zero bits below the values: one value and the next differ by 2^shift. */
  readonly shift: number;
}

/** The entries of the upper 64 bits; trees and tails of the lower ones are written on the way. */
export function wideEntries(
  input: WideInput,
  memory: Memory,
  tails: Memory,
): { entries: Entries; height: number } {
  const { words, classes } = input;
  const [high, low, lowHigh, lowLow] = words as [Uint32Array, Uint32Array, Uint32Array?, Uint32Array?];
  const lowShift = lowHigh === undefined ? 64 : Math.min(64, input.shift);
  const builder = new EntryBuilder(classes.length, lowHigh === undefined ? input.shift : input.shift - lowShift);
  let height = 0;
  let carried = input.first;
  let from = 0;
  while (from < classes.length) {
    const h = high[from]!;
    const l = low[from]!;
    let to = from + 1;
    while (to < classes.length && low[to] === l && high[to] === h) to++;
    const whole = to === from + 1 && (lowHigh === undefined || (lowHigh[from] === 0 && lowLow![from] === 0));
    if (whole) {
      builder.boundary(h, l, classes[from]!);
    } else {
      const low = { lowHigh: lowHigh!, lowLow: lowLow!, classes, from, to, carried, shift: lowShift };
      const tree = writeLow(low, memory, tails);
      builder.entry(h, l, tree.reference, classes[to - 1]!);
      height = Math.max(height, tree.height);
    }
    carried = classes[to - 1]!;
    from = to;
  }
  return { entries: builder.entries(), height };
}

/** Writes the trees of all chunks. Returns their references, the greatest height, and the mean number of loads. */
export function fillWide(
  input: { readonly root: Root; readonly entries: Entries; readonly first: number },
  memory: Memory,
): Filled {
  const { root, entries } = input;
  const chunks = new Uint32Array(root.chunks);
  const constants = new Map<number, number>();
  let height = 0;
  let levels = 0;
  let weighed = 0;
  let carried = input.first;
  for (const slot of root.slots) {
    let from = slot.from;
    for (let chunk = 0; chunk < slot.chunks; chunk++) {
      const at = slot.chunk + chunk;
      const start = from < slot.to ? (entries.high[from]! >>> slot.chunkShift) & (slot.chunks - 1) : slot.chunks;
      if (start !== chunk) {
        let node = constants.get(carried);
        if (node === undefined) {
          node = writeTree(entries, { from: 0, to: 0, below: carried }, memory).reference;
          constants.set(carried, node);
        }
        chunks.fill(node, at, slot.chunk + start);
        chunk = start - 1;
        continue;
      }
      let to = from;
      while (to < slot.to && ((entries.high[to]! >>> slot.chunkShift) & (slot.chunks - 1)) === chunk) to++;
      const tree = writeTree(entries, { from, to, below: carried }, memory);
      chunks[at] = tree.reference;
      height = Math.max(height, tree.height);
      levels += tree.height * (to - from);
      weighed += to - from;
      carried = entries.after[to - 1]!;
      from = to;
    }
  }
  return { chunks, height, loads: 3 + levels / Math.max(1, weighed) };
}

interface Low {
  readonly lowHigh: Uint32Array;
  readonly lowLow: Uint32Array;
  readonly classes: Uint16Array;
  readonly from: number;
  readonly to: number;
  readonly carried: number;
  readonly shift: number;
}

/** What the lower halves of one upper half are. */
function writeLow(part: Low, memory: Memory, tails: Memory): { reference: number; height: number } {
  const { lowHigh, lowLow, classes, from, to, carried } = part;
  const builder = new EntryBuilder(to - from, part.shift);
  for (let index = from; index < to; index++) builder.boundary(lowHigh[index]!, lowLow[index]!, classes[index]!);
  const entries = builder.entries();
  if (entries.count === 1) {
    const tail = tails.take(1);
    writeKey(tails.u32, tail * 4, entries.high[0]!, entries.low[0]!);
    tails.u16[tail * 8 + 4] = entries.equal[0]!;
    tails.u16[tail * 8 + 5] = carried;
    tails.u16[tail * 8 + 6] = entries.after[0]!;
    return { reference: (REFERENCE_SUBTREE | REFERENCE_TAIL | tail) >>> 0, height: 0 };
  }
  const tree = writeTree(entries, { from: 0, to: entries.count, below: carried }, memory);
  return { reference: (REFERENCE_SUBTREE | tree.reference) >>> 0, height: tree.height };
}

interface Part {
  readonly from: number;
  readonly to: number;
  readonly below: number;
}

function writeTree(entries: Entries, part: Part, memory: Memory): { reference: number; height: number } {
  const { from, to, below } = part;
  const leaves = Math.max(1, Math.ceil((to - from) / WIDE_LEAF_KEYS));
  let level = memory.take(leaves);
  for (let leaf = 0; leaf < leaves; leaf++) {
    const { u16, u32 } = memory;
    const node = level + leaf;
    let before = leaf === 0 ? below : entries.after[from + leaf * WIDE_LEAF_KEYS - 1]!;
    const end = Math.min(to, from + (leaf + 1) * WIDE_LEAF_KEYS) - 1;
    // Keys that are not used are equal to the greatest value, which may be the last key that is.
    const greatest = end >= from && entries.high[end] === UNUSED && entries.low[end] === UNUSED;
    u16[node * 32 + WIDE_LEAF_CLASS] = before;
    for (let key = 0; key < WIDE_LEAF_KEYS; key++) {
      const index = from + leaf * WIDE_LEAF_KEYS + key;
      const there = index < to;
      writeKey(u32, node * 16 + 2 * key, there ? entries.high[index]! : UNUSED, there ? entries.low[index]! : UNUSED);
      u32[node * 16 + WIDE_LEAF_EQUAL + key] = there ? entries.equal[index]! : greatest ? entries.equal[end]! : before;
      if (there) before = entries.after[index]!;
      u16[node * 32 + WIDE_LEAF_CLASS + 1 + key] = before;
    }
  }
  let nodes = leaves;
  let reach = WIDE_LEAF_KEYS;
  let height = 0;
  while (nodes > 1) {
    const parents = Math.ceil(nodes / (WIDE_INNER_KEYS + 1));
    const first = memory.take(parents);
    const { u32 } = memory;
    for (let parent = 0; parent < parents; parent++) {
      const at = (first + parent) * 16;
      const child = parent * (WIDE_INNER_KEYS + 1);
      u32[at] = level + child;
      u32[at + 1] = Math.min(WIDE_INNER_KEYS, nodes - child - 1);
      for (let key = 0; key < WIDE_INNER_KEYS; key++) {
        const right = child + key + 1;
        const index = from + right * reach;
        const there = right < nodes;
        writeKey(u32, at + 2 + 2 * key, there ? entries.high[index]! : UNUSED, there ? entries.low[index]! : UNUSED);
      }
    }
    level = first;
    nodes = parents;
    reach *= WIDE_INNER_KEYS + 1;
    height++;
  }
  return { reference: treeReference(level, height), height };
}

const UNUSED = 0xffffffff;

function writeKey(u32: Uint32Array, at: number, high: number, low: number): void {
  u32[at] = LITTLE ? low : high;
  u32[at + 1] = LITTLE ? high : low;
}

/** Boundaries to entries: one that follows another at the next value becomes what is behind it. */
class EntryBuilder {
  readonly #high: Uint32Array<ArrayBuffer>;
  readonly #low: Uint32Array<ArrayBuffer>;
  readonly #equal: Uint32Array<ArrayBuffer>;
  readonly #after: Uint16Array<ArrayBuffer>;
  readonly #stepHigh: number;
  readonly #stepLow: number;
  #count = 0;

  constructor(capacity: number, shift: number) {
    this.#stepHigh = shift >= 32 ? 2 ** (shift - 32) : 0;
    this.#stepLow = shift < 32 ? 2 ** shift : 0;
    this.#high = new Uint32Array(capacity);
    this.#low = new Uint32Array(capacity);
    this.#equal = new Uint32Array(capacity);
    this.#after = new Uint16Array(capacity);
  }

  boundary(high: number, low: number, is: number): void {
    const last = this.#count - 1;
    if (last >= 0 && this.#follows(last, high, low)) this.#after[last] = is;
    else this.entry(high, low, is, is);
  }

  entry(high: number, low: number, equal: number, after: number): void {
    const at = this.#count++;
    this.#high[at] = high;
    this.#low[at] = low;
    this.#equal[at] = equal;
    this.#after[at] = after;
  }

  entries(): Entries {
    const count = this.#count;
    return {
      count,
      high: this.#high.subarray(0, count),
      low: this.#low.subarray(0, count),
      equal: this.#equal.subarray(0, count),
      after: this.#after.subarray(0, count),
    };
  }

  #follows(last: number, high: number, low: number): boolean {
    const sum = this.#low[last]! + this.#stepLow;
    const nextHigh = this.#high[last]! + this.#stepHigh + (sum > UNUSED ? 1 : 0);
    return low === sum >>> 0 && high === nextHigh;
  }
}
