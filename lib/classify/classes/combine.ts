/**
 * Combining classes: a table indexed by two classes gives the class of the pair, whose rows are those of both.
 *
 * @module
 */

import { ClassSet, firstRow } from "./class_set.ts";

/** A combination: `table[left * stride + right]`, stride the number of classes on the right. */
export interface PairTable {
  readonly table: Uint32Array<ArrayBuffer>;
  readonly classes: ClassSet;
}

/**
 * For each row, the earlier rows that accept everything it does in what is not combined yet: where such a one is in the
 * same class, the row can never decide.
 */
export type Dominators = readonly (Uint32Array | undefined)[];

/** Words of row sets that may still be gone through; below zero, a build gives up. */
export interface Work {
  left: number;
}

/** The table of two sets of classes; undefined when it would have more than `limit` classes, or take too much work. */
export function combinePairs(
  left: ClassSet,
  right: ClassSet,
  dominators: Dominators,
  { limit, work }: { readonly limit: number; readonly work: Work },
): PairTable | undefined {
  const { words } = left;
  const table = new Uint32Array(left.count * right.count);
  // Many pairs share a set of rows: what can never decide is taken out once for each.
  const raw = new ClassSet(words);
  const pruned: number[] = [];
  const classes = new ClassSet(words);
  const both = new Uint32Array(words);
  let at = 0;
  for (let l = 0; l < left.count; l++) {
    const leftRows = left.rows(l);
    // And, hash, compare.
    work.left -= 3 * right.count * words;
    if (work.left < 0) return undefined;
    for (let r = 0; r < right.count; r++) {
      const rightRows = right.rows(r);
      for (let word = 0; word < words; word++) both[word] = (leftRows[word] as number) & (rightRows[word] as number);
      const number = raw.add(both);
      let kept = pruned[number];
      if (kept === undefined) {
        work.left -= prune(both, dominators);
        kept = classes.add(both);
        if (classes.count > limit) return undefined;
        pruned[number] = kept;
      }
      table[at++] = kept;
    }
  }
  return { table, classes };
}

/** The last table: the first row of each pair, or -1. */
export function combineFinally(left: ClassSet, right: ClassSet): Int32Array<ArrayBuffer> {
  const { words } = left;
  const table = new Int32Array(left.count * right.count);
  let at = 0;
  for (let l = 0; l < left.count; l++) {
    const leftRows = left.rows(l);
    for (let r = 0; r < right.count; r++) {
      const rightRows = right.rows(r);
      let first = -1;
      for (let word = 0; word < words; word++) {
        const bits = (leftRows[word] as number) & (rightRows[word] as number);
        if (bits !== 0) {
          first = word * 32 + 31 - Math.clz32(bits & -bits);
          break;
        }
      }
      table[at++] = first;
    }
  }
  return table;
}

/** The rules that decide when nothing is left to combine. */
export function firstRows(classes: ClassSet): Int32Array<ArrayBuffer> {
  return Int32Array.from({ length: classes.count }, (_, number) => firstRow(classes.rows(number)));
}

/** Takes out the rows that an earlier one in the set dominates; returns the words that it went through. */
function prune(set: Uint32Array, dominators: Dominators): number {
  let steps = set.length;
  for (let word = 0; word < set.length; word++) {
    let bits = set[word] as number;
    while (bits !== 0) {
      const bit = bits & -bits;
      bits ^= bit;
      const row = word * 32 + 31 - Math.clz32(bit);
      const over = dominators[row];
      if (over === undefined) continue;
      for (let at = 0; at <= word; at++) {
        steps++;
        if (((over[at] as number) & (set[at] as number)) !== 0) {
          set[word] = (set[word] as number) & ~bit;
          break;
        }
      }
    }
  }
  return steps;
}
