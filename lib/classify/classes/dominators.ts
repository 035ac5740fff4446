/**
 * Which rows can never decide, given what is not combined yet.
 *
 * @module
 */

import type { Dimension } from "./dimension.ts";

/**
 * For each row, rows that accept everything it does in what is not combined yet, 32 a word: where an earlier one of them is
 * in the same class, the row can never decide there. Later ones are in it too.
 */
export type Dominators = (row: number) => Uint32Array;

/** The dominators of rows in some dimensions. Rows that accept the same have the same ones, which are found when asked. */
export function dominatorsIn(dimensions: readonly Dimension[], rowCount: number): Dominators {
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
  const known: (Uint32Array | undefined)[] = Array.from({ length: count });
  return (row) => {
    const kind = kinds[row] as number;
    let over = known[kind];
    if (over === undefined) {
      over = new Uint32Array(words).fill(0xffffffff);
      for (const { groupOf, supersets } of dimensions) {
        const superset = supersets[groupOf[row] as number] as Uint32Array;
        for (let word = 0; word < words; word++) over[word] = (over[word] as number) & (superset[word] as number);
      }
      known[kind] = over;
    }
    return over;
  };
}
