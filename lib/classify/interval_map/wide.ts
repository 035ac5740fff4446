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

import type { Memory } from "./memory.ts";
import { type Filled, REFERENCE_SUBTREE, REFERENCE_TAIL, type Tree } from "./reference.ts";
import type { Root } from "./root.ts";
import { addBoundary, addEntry, emptyEntries, type Entries, type Step, stepOf, writeKey } from "./wide_entries.ts";
import { constantWide, type Part, writeTree } from "./wide_tree.ts";

/** Bytes of a tail, and what its index counts. */
export const TAIL_BYTES = 16;
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
interface LowPart {
  readonly high: Uint32Array;
  readonly low: Uint32Array;
  readonly classes: Uint16Array;
  readonly step: Step;
  /** Room for the entries of one upper half. */
  readonly entries: Entries;
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
