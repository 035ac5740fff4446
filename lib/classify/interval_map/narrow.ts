/**
 * Trees for values of up to 32 bits: 15-bit keys, four to a word, compared side by side.
 *
 * A leaf of 64 bytes has 16 lanes of keys, the last of which is never used, and 16 classes: the class is that at the
 * number of keys that are not above the value. An inner node has a reference to the first of its children, which follow
 * one another, and 28 lanes of separators.
 *
 * @module
 */

import type { Memory } from "./memory.ts";
import { type Filled, treeReference } from "./reference.ts";
import type { Root } from "./root.ts";

/** Bits of a key. */
export const LANE_BITS = 15;
/** Above every key: the lane's highest bit, which comparing needs. */
export const LANE_UNUSED = 0x8000;
/** Keys of a leaf. */
export const LEAF_KEYS = 15;
/** Separators of an inner node. */
export const INNER_KEYS = 28;
/** 16-bit words before the separators of an inner node. */
export const INNER_LANE = 4;
/** 16-bit words before the classes of a leaf. */
export const LEAF_CLASS = 16;

/** What {@link fillNarrow} is told. */
export interface NarrowInput {
  readonly root: Root;
  /** Boundaries, moved to the top. */
  readonly keys: Uint32Array;
  /** Class from each boundary on. */
  readonly classes: Uint16Array;
  /** Class below the first. */
  readonly first: number;
}

/** Writes the trees of all chunks. Returns their references, the greatest height, and the mean number of loads. */
export function fillNarrow(input: NarrowInput, memory: Memory): Filled {
  const { root, keys, classes } = input;
  const chunks = new Uint32Array(root.chunks);
  const constants = new Map<number, number>();
  let height = 0;
  let levels = 0;
  let weighed = 0;
  let carried = input.first;
  const constant = (is: number): number => {
    let node = constants.get(is);
    if (node === undefined) {
      node = memory.take(1);
      memory.u16.fill(LANE_UNUSED, node * 32, node * 32 + LEAF_CLASS);
      memory.u16.fill(is, node * 32 + LEAF_CLASS, node * 32 + 32);
      constants.set(is, node);
    }
    return node;
  };
  for (const slot of root.slots) {
    let from = slot.from;
    for (let chunk = 0; chunk < slot.chunks; chunk++) {
      const start = from < slot.to ? ((keys[from]! >>> slot.chunkShift) & (slot.chunks - 1)) : slot.chunks;
      if (start !== chunk) {
        // Up to the chunk of the next boundary, all are of one class.
        chunks.fill(constant(carried), slot.chunk + chunk, slot.chunk + start);
        chunk = start - 1;
        continue;
      }
      let to = from;
      while (to < slot.to && ((keys[to]! >>> slot.chunkShift) & (slot.chunks - 1)) === chunk) to++;
      // A boundary at the start of the chunk leaves nothing of what was before.
      if (slot.chunkShift < 32 && (keys[from]! & ((1 << slot.chunkShift) - 1)) === 0) carried = classes[from++]!;
      if (from === to) {
        chunks[slot.chunk + chunk] = constant(carried);
        continue;
      }
      const tree = writeTree(input, { from, to, carried, shift: slot.leafShift }, memory);
      chunks[slot.chunk + chunk] = tree.reference;
      height = Math.max(height, tree.height);
      levels += tree.height * (to - from);
      weighed += to - from;
      carried = classes[to - 1]!;
      from = to;
    }
  }
  return { chunks, height, loads: 3 + levels / Math.max(1, weighed) };
}

interface Part {
  readonly from: number;
  readonly to: number;
  readonly carried: number;
  readonly shift: number;
}

function writeTree(input: NarrowInput, part: Part, memory: Memory): { reference: number; height: number } {
  const { keys, classes } = input;
  const { from, to, carried, shift } = part;
  const lane = (index: number): number => (keys[index]! >>> shift) & (LANE_UNUSED - 1);
  // Interval 0 is what is carried into the chunk, interval t starts at boundary from + t - 1.
  const intervals = to - from + 1;
  const leaves = Math.ceil(intervals / (LEAF_KEYS + 1));
  let level = memory.take(leaves);
  let nodes = leaves;
  for (let leaf = 0; leaf < leaves; leaf++) {
    const at = (level + leaf) * 32;
    const { u16 } = memory;
    for (let position = 0; position <= LEAF_KEYS; position++) {
      const interval = leaf * (LEAF_KEYS + 1) + position;
      const known = Math.min(interval, intervals - 1);
      u16[at + LEAF_CLASS + position] = known === 0 ? carried : classes[from + known - 1]!;
      if (position > 0) u16[at + position - 1] = interval < intervals ? lane(from + interval - 1) : LANE_UNUSED;
    }
    u16[at + LEAF_KEYS] = LANE_UNUSED;
  }
  let height = 0;
  let reach = LEAF_KEYS + 1;
  while (nodes > 1) {
    const parents = Math.ceil(nodes / (INNER_KEYS + 1));
    const first = memory.take(parents);
    const { u16, u32 } = memory;
    for (let parent = 0; parent < parents; parent++) {
      const node = first + parent;
      const child = parent * (INNER_KEYS + 1);
      u32[node * 16] = level + child;
      for (let key = 0; key < INNER_KEYS; key++) {
        const right = child + key + 1;
        u16[node * 32 + INNER_LANE + key] = right < nodes ? lane(from + right * reach - 1) : LANE_UNUSED;
      }
    }
    level = first;
    nodes = parents;
    reach *= INNER_KEYS + 1;
    height++;
  }
  return { reference: treeReference(level, height), height };
}
