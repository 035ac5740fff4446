/**
 * How a direct node cuts its part of the values into cells.
 *
 * @module
 */

import type { Entries } from "./wide_entries.ts";

/** Keys of a leaf. */
export const WIDE_LEAF_KEYS = 4;
/** Separators of an inner node. */
export const WIDE_INNER_KEYS = 7;

/** How a direct node cuts: cell 0 starts at `first`, a multiple of 2^shift. */
export interface Cells {
  readonly shift: number;
  readonly cells: number;
}

/** Loads of a direct node: the node, and the cell. */
export const DIRECT_LOADS = 2;

/** The cells of a direct node, or undefined when a B-tree takes fewer loads. */
export function planCells(entries: Entries, from: number, to: number): Cells | undefined {
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
export function cellOf({ high, low }: Entries, first: number, index: number, shift: number): number {
  if (shift >= 32) return (high[index]! >>> (shift - 32)) - (high[first]! >>> (shift - 32));
  return (high[index]! - high[first]!) * 2 ** (32 - shift) + (low[index]! >>> shift) - (low[first]! >>> shift);
}
