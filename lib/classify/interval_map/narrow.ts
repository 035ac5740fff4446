/**
 * Trees for values of up to 32 bits: keys in lanes of 64-bit words, compared side by side.
 *
 * A leaf of 32 bytes has two words of keys and eight classes: that of a value is the one at the number of keys not above
 * it. A word has four keys of 15 bits, or two of 31 bits where boundaries are too far apart for 15 bits to tell them from
 * one another; the highest bit of a lane is for comparing. An inner node has a reference to the first of its children,
 * which follow one another, and three words of separators.
 *
 * @module
 */

import { LITTLE_ENDIAN } from "../../net/bytes.ts";
import { type Filled, type Tree, treeReference } from "./reference.ts";
import { type Memory } from "./memory.ts";
import type { Root } from "./root.ts";

/** Bytes of a leaf and of an inner node, and what a reference counts. */
export const NARROW_BYTES = 32;
/** 16-bit words before the classes of a leaf. */
export const NARROW_CLASS = 8;
/** 16-bit words before the separators of an inner node. */
export const NARROW_SEPARATOR = 4;

/** How keys are kept. */
export interface Lanes {
  /** Bits of a key. */
  readonly bits: 15 | 31;
  /** Keys of a leaf: with 15 bits one less than there are lanes, as there are but eight classes. */
  readonly leafKeys: number;
  /** Separators of an inner node. */
  readonly innerKeys: number;
}

/** Four keys to a word. */
export const LANES_15: Lanes = Object.freeze({ bits: 15, leafKeys: 7, innerKeys: 12 });
/** Two keys to a word. */
export const LANES_31: Lanes = Object.freeze({ bits: 31, leafKeys: 4, innerKeys: 6 });

/** What {@link fillNarrow} is told. */
export interface NarrowInput {
  readonly root: Root;
  readonly lanes: Lanes;
  /** Boundaries. */
  readonly values: Uint32Array;
  /** Boundaries at the top of their words. */
  readonly keys: Uint32Array;
  /** Bits that they were shifted left to be there. */
  readonly shift: number;
  /** Class from each boundary on. */
  readonly classes: Uint16Array;
  /** Class below the first. */
  readonly first: number;
  /** Where the references of chunks go, in 32-bit words. */
  readonly chunkStart: number;
}

/** Writes the trees of all chunks and their references. */
export function fillNarrow(input: NarrowInput, memory: Memory): Filled {
  const { root, keys, classes, chunkStart } = input;
  const constants = new Map<number, number>();
  const totals = { depth: 0, levels: 0, entries: 0 };
  let carried = input.first;
  for (const slot of root.slots) {
    let from = slot.from;
    const numberOf = (index: number): number => (keys[index]! >>> slot.chunkShift) & (slot.chunks - 1);
    for (let chunk = 0; chunk < slot.chunks; chunk++) {
      const at = chunkStart + slot.chunk + chunk;
      const next = from < slot.to ? numberOf(from) : slot.chunks;
      if (next !== chunk) {
        // Up to the chunk of the next boundary, all are of one class.
        const reference = constantNarrow(carried, constants, memory);
        memory.u32.fill(reference, at, at + next - chunk);
        chunk = next - 1;
        continue;
      }
      let to = from + 1;
      while (to < slot.to && numberOf(to) === chunk) to++;
      // A boundary at the start of the chunk leaves nothing of what was before.
      if ((keys[from]! & (2 ** slot.chunkShift - 1)) === 0) carried = classes[from++]!;
      if (from === to) {
        const reference = constantNarrow(carried, constants, memory);
        memory.u32[at] = reference;
        continue;
      }
      const tree = writeTree(input, { from, to, carried, shift: slot.leafShift }, memory);
      memory.u32[at] = tree.reference;
      totals.depth = Math.max(totals.depth, tree.depth);
      totals.levels += tree.levels;
      totals.entries += to - from;
      carried = classes[to - 1]!;
      from = to;
    }
  }
  return {
    depth: totals.depth,
    loads: (root.groups === undefined ? 3 : 4) + totals.levels / Math.max(1, totals.entries),
  };
}

/** The reference of a leaf that has one class only; `constants` are those that there are. */
export function constantNarrow(is: number, constants: Map<number, number>, memory: Memory): number {
  let reference = constants.get(is);
  if (reference === undefined) {
    const at = memory.takeHalf();
    // Keys of 0 are not above any value; one that always is keeps their number below eight, whatever the lanes are.
    memory.u16[at / 2 + (LITTLE_ENDIAN ? 7 : 6)] = 0x8000;
    memory.u16.fill(is, at / 2 + NARROW_CLASS, at / 2 + NARROW_BYTES / 2);
    reference = treeReference(at / NARROW_BYTES, 0);
    constants.set(is, reference);
  }
  return reference;
}

interface Part {
  readonly from: number;
  readonly to: number;
  readonly carried: number;
  readonly shift: number;
}

function writeTree(input: NarrowInput, part: Part, memory: Memory): Tree {
  const { values, classes, lanes } = input;
  const { from, to, carried } = part;
  const mask = 2 ** lanes.bits - 1;
  const unused = mask + 1;
  const perLeaf = lanes.leafKeys + 1;
  // As the program sees them: what it looks up is not shifted to the top, and has what all boundaries share.
  const laneShift = lanes.bits === 31 ? 0 : part.shift - input.shift;
  const key = (index: number): number => (values[index]! >>> laneShift) & mask;
  // Interval 0 is what is carried into the chunk, interval t starts at boundary from + t - 1.
  const intervals = to - from + 1;
  const leaves = Math.ceil(intervals / perLeaf);
  const first = leaves === 1 ? memory.takeHalf() : memory.take(leaves * NARROW_BYTES);
  const { u16, u32 } = memory;
  const put = (at: number, lane: number, value: number): void => {
    if (lanes.bits === 15) u16[at / 2 + lane] = value;
    else u32[at / 4 + lane] = value;
  };
  const width = lanes.bits === 15 ? 8 : 4;
  for (let leaf = 0; leaf < leaves; leaf++) {
    const at = first + leaf * NARROW_BYTES;
    const start = leaf * perLeaf;
    for (let lane = 0; lane < width; lane++) {
      const interval = start + lane + 1;
      put(at, lane, lane < lanes.leafKeys && interval < intervals ? key(from + interval - 1) : unused);
    }
    for (let position = 0; position < 8; position++) {
      const interval = Math.min(start + position, intervals - 1);
      u16[at / 2 + NARROW_CLASS + position] = interval === 0 ? carried : classes[from + interval - 1]!;
    }
  }
  let reference = treeReference(first / NARROW_BYTES, 0);
  let nodes = leaves;
  let depth = 0;
  let reach = perLeaf;
  while (nodes > 1) {
    const parents = Math.ceil(nodes / (lanes.innerKeys + 1));
    const level = memory.take(parents * NARROW_BYTES);
    // The views may have been replaced.
    const words = memory.u32;
    const halves = memory.u16;
    for (let parent = 0; parent < parents; parent++) {
      const at = level + parent * NARROW_BYTES;
      const child = parent * (lanes.innerKeys + 1);
      words[at / 4] = reference + child;
      for (let lane = 0; lane < lanes.innerKeys; lane++) {
        const right = child + lane + 1;
        const value = right < nodes ? key(from + right * reach - 1) : unused;
        if (lanes.bits === 15) halves[at / 2 + NARROW_SEPARATOR + lane] = value;
        else words[at / 4 + NARROW_SEPARATOR / 2 + lane] = value;
      }
    }
    depth++;
    reference = treeReference(level / NARROW_BYTES, depth);
    nodes = parents;
    reach *= lanes.innerKeys + 1;
  }
  return { reference, depth, levels: depth * (to - from) };
}
