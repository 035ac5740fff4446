/**
 * Trees of whole 64-bit keys: leaves, direct nodes, and nodes of a B-tree.
 *
 * @module
 */

import { INTERVAL_LIMITS } from "./limits.ts";
import { LINE_BYTES, type Memory } from "./memory.ts";
import { KIND_DIRECT, type Tree, treeReference } from "./reference.ts";
import { cellOf, type Cells, DIRECT_LOADS, planCells, WIDE_INNER_KEYS, WIDE_LEAF_KEYS } from "./wide_cells.ts";
import { type Entries, NO_ENTRIES, UNUSED, writeKey, writeUnused } from "./wide_entries.ts";

/** 32-bit word of a leaf where the references for equality start. */
export const WIDE_LEAF_EQUAL = 8;
/** 16-bit word of a leaf where the classes start: below the first key, behind the first key, ... */
export const WIDE_LEAF_CLASS = 24;

/** A part of the entries. */
export interface Part {
  readonly from: number;
  readonly to: number;
  /** Class below the first entry. */
  readonly below: number;
  /** Direct nodes above. */
  readonly above?: number;
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
/** A leaf, a direct node or a B-tree. */
export function writeTree(entries: Entries, part: Part, memory: Memory): Tree {
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
