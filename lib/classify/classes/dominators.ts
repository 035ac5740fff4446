/**
 * Which rows can never decide, given what is not combined yet.
 *
 * @module
 */

import type { Work } from "./budget.ts";
import { RowWords } from "./class_set.ts";
import type { Dimension } from "./dimension.ts";

/**
 * For a row, the rows that accept nothing else in what is not combined yet: where it is in the same class as one of them, and
 * comes first, that one can never decide. Earlier ones are among them, and itself.
 */
export type Dominated = (row: number) => RowWords;

/** What rows dominate in some dimensions. Rows that accept the same have the same ones, which are found when asked. */
export function dominatedIn(dimensions: readonly Dimension[], rowCount: number, work: Work): Dominated {
  const words = Math.max(1, Math.ceil(rowCount / 32));
  // Rows of the same group in every dimension so far have the same number.
  let kinds = new Uint32Array(rowCount);
  let count = 1;
  for (const { groupOf, supersets } of dimensions) {
    const numbers = new Map<number, number>();
    kinds = kinds.map((kind, row) => {
      const key = kind * supersets.length + (groupOf[row] as number);
      let number = numbers.get(key);
      if (number === undefined) {
        number = numbers.size;
        numbers.set(key, number);
      }
      return number;
    });
    count = numbers.size;
  }
  const known: (RowWords | undefined)[] = Array.from({ length: count });
  return (row) => {
    const kind = kinds[row] as number;
    let set = known[kind];
    if (set === undefined) {
      const under = new Uint32Array(words).fill(0xffffffff);
      for (const dimension of dimensions) {
        const subset = subsetsOf(dimension, row, work);
        for (let word = 0; word < words; word++) under[word] = (under[word] as number) & (subset[word] as number);
      }
      work.left -= words * (dimensions.length + 8);
      set = new RowWords(words);
      set.setDense(under);
      known[kind] = set;
    }
    return set;
  };
}

/** For the groups of a dimension, the rows that accept nothing else in it. */
const SUBSETS = new WeakMap<Dimension, (Uint32Array | undefined)[]>();

function subsetsOf(dimension: Dimension, row: number, work: Work): Uint32Array {
  const { groupOf, supersets } = dimension;
  let known = SUBSETS.get(dimension);
  if (known === undefined) {
    known = Array.from({ length: supersets.length });
    SUBSETS.set(dimension, known);
  }
  const group = groupOf[row] as number;
  let subset = known[group];
  if (subset === undefined) {
    subset = new Uint32Array(Math.max(1, Math.ceil(groupOf.length / 32)));
    const isWithin = supersets.map((superset) => (superset[row >> 5] as number) >> (row & 31) & 1);
    for (let other = 0; other < groupOf.length; other++) {
      const bit = isWithin[groupOf[other] as number] as number;
      subset[other >> 5] = (subset[other >> 5] as number) | bit << (other & 31);
    }
    work.left -= 2 * (groupOf.length + supersets.length);
    known[group] = subset;
  }
  return subset;
}
