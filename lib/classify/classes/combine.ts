/**
 * Combining classes: a table indexed by two classes gives the class of the pair, whose rows are those of both.
 *
 * @module
 */

import { lowestBit } from "../bits.ts";
import type { Work } from "./budget.ts";
import { ClassSet, RowWords } from "./class_set.ts";
import type { Dominated } from "./dominators.ts";

/** A combination: `table[left * stride + right]`, stride the number of classes on the right. */
export interface PairTable {
  readonly table: Uint32Array<ArrayBuffer>;
  readonly classes: ClassSet;
}

/** What {@link combinePairs} takes. */
export interface CombineOptions {
  readonly dominated: Dominated;
  /** The classes of the pair where they are known, else none; those of the table are added. */
  readonly classes: ClassSet;
  /** Most classes. */
  readonly limit: number;
  readonly work: Work;
}

/** The table of two sets of classes; undefined when it would have more than `limit` classes, or take too much work. */
export function combinePairs(left: ClassSet, right: ClassSet, options: CombineOptions): PairTable | undefined {
  const { dominated, classes, limit, work } = options;
  const table = new Uint32Array(left.count * right.count);
  // Many pairs share a set of rows: what can never decide is taken out once for each.
  const raw = new ClassSet(left.words);
  const pruned: number[] = [];
  const scratch = new Uint32Array(left.words);
  const done = eachPair(left, right, work, (at, both) => {
    const number = raw.add(both);
    let kept = pruned[number];
    if (kept === undefined) {
      work.left -= prune(both, dominated, scratch);
      kept = classes.add(both);
      pruned[number] = kept;
    }
    table[at] = kept;
    return classes.count <= limit;
  });
  return done ? { table, classes } : undefined;
}

/** The last table: the first row of each pair, or -1; undefined when it takes too much work. */
export function combineFinally(left: ClassSet, right: ClassSet, work: Work): Int32Array<ArrayBuffer> | undefined {
  const { words } = left;
  const table = new Int32Array(left.count * right.count).fill(-1);
  const swapped = right.kept * left.count < left.kept * right.count;
  const [sparse, other] = swapped ? [right, left] : [left, right];
  const [sparseStride, otherStride] = swapped ? [1, right.count] : [right.count, 1];
  work.left -= sparse.kept * other.count;
  if (work.left < 0) return undefined;
  const dense = other.dense();
  const { starts, at, bits } = sparse;
  for (let one = 0; one < sparse.count; one++) {
    const start = starts[one] as number;
    const end = starts[one + 1] as number;
    for (let two = 0, base = 0; two < other.count; two++, base += words) {
      for (let index = start; index < end; index++) {
        const both = (bits[index] as number) & (dense[base + (at[index] as number)] as number);
        if (both === 0) continue;
        table[one * sparseStride + two * otherStride] = (at[index] as number) * 32 + lowestBit(both);
        break;
      }
    }
  }
  return table;
}

/** The rows that decide when nothing is left to combine. */
export function firstRows(classes: ClassSet): Int32Array<ArrayBuffer> {
  return Int32Array.from({ length: classes.count }, (_, number) => classes.firstRow(number));
}

/**
 * Calls back with the rows of each pair and its place in the table, until it says no or the work is too much: then it is
 * false. The side whose classes have fewer words is gone through word by word, the other is all words.
 */
function eachPair(
  left: ClassSet,
  right: ClassSet,
  work: Work,
  call: (at: number, both: RowWords) => boolean,
): boolean {
  const { words } = left;
  const swapped = right.kept * left.count < left.kept * right.count;
  const [sparse, other] = swapped ? [right, left] : [left, right];
  const [sparseStride, otherStride] = swapped ? [1, right.count] : [right.count, 1];
  work.left -= other.count * words;
  if (work.left < 0) return false;
  const dense = other.dense();
  const both = new RowWords(words);
  const { starts, at, bits } = sparse;
  for (let one = 0; one < sparse.count; one++) {
    const start = starts[one] as number;
    const end = starts[one + 1] as number;
    // And, hash, compare; and a few for the pair itself.
    work.left -= other.count * (3 * (end - start) + 8);
    if (work.left < 0) return false;
    for (let two = 0, base = 0; two < other.count; two++, base += words) {
      let count = 0;
      for (let index = start; index < end; index++) {
        const word = at[index] as number;
        const shared = (bits[index] as number) & (dense[base + word] as number);
        if (shared === 0) continue;
        both.at[count] = word;
        both.bits[count++] = shared;
      }
      both.count = count;
      if (!call(one * sparseStride + two * otherStride, both)) return false;
    }
  }
  return true;
}

/**
 * Takes out the rows that an earlier one in the set dominates; returns the words that it went through. The first ones take out
 * most of a large set. All words of `scratch` are zero, before and after.
 */
function prune(set: RowWords, dominated: Dominated, scratch: Uint32Array): number {
  let steps = 2 * set.count;
  for (let word = 0; word < set.count; word++) scratch[set.at[word] as number] = set.bits[word] as number;
  let kept = 0;
  for (let word = 0; word < set.count; word++) {
    const at = set.at[word] as number;
    let done = 0;
    for (;;) {
      const rest = (scratch[at] as number) & ~done;
      if (rest === 0) break;
      const bit = rest & -rest;
      // This row, and those before it.
      done = bit | (bit - 1);
      const under = dominated(at * 32 + lowestBit(bit));
      for (let index = under.count - 1; index >= 0 && (under.at[index] as number) >= at; index--) {
        const other = under.at[index] as number;
        const bits = (under.bits[index] as number) & (other === at ? ~done : -1);
        scratch[other] = (scratch[other] as number) & ~bits;
        steps++;
      }
      steps += 5;
    }
    const bits = scratch[at] as number;
    scratch[at] = 0;
    if (bits === 0) continue;
    set.at[kept] = at;
    set.bits[kept++] = bits;
  }
  set.count = kept;
  return steps;
}
