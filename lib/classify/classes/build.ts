/**
 * Builds the tables of the `classes` strategy: dimensions to classes, classes to classes, the last table to rules.
 *
 * @module
 */

import type { Row } from "../rows.ts";
import { ClassSet } from "./class_set.ts";
import { combineFinally, combinePairs, type Dominators, firstRows, type PairTable, type Work } from "./combine.ts";
import type { Dimension } from "./dimension.ts";

/** A step of the lookup, in the order in which they run. Steps before it are named by their position. */
export type ClassStep =
  | { readonly kind: "dimension"; readonly dimension: Dimension }
  | {
    readonly kind: "pair";
    readonly left: number;
    readonly right: number;
    /** `table[left * stride + right]` is the class of both; of the last step, the row, or -1. */
    readonly stride: number;
    readonly table: Uint32Array<ArrayBuffer> | Int32Array<ArrayBuffer>;
    readonly isLast: boolean;
  }
  | { readonly kind: "only"; readonly of: number; readonly table: Int32Array<ArrayBuffer> };

/** Bounds of a build; see LIMITS. */
export interface ClassBudget {
  /** Classes of one table. */
  readonly classes: number;
  /** Entries of all tables. */
  readonly entries: number;
  /** Words of row sets that are gone through: the same on every machine, unlike time. */
  readonly work: number;
}

/** Why there are no tables. */
export type ClassRefusal = "too-many-classes" | "tables-too-large" | "too-much-work";

interface Item {
  readonly classes: ClassSet;
  readonly step: number;
  readonly dimensions: ReadonlySet<number>;
}

/** The steps for the rows, in the order of their priority. */
export function buildSteps(
  dimensions: readonly Dimension[],
  rows: readonly Row[],
  budget: ClassBudget,
  order?: PairOrder,
): readonly ClassStep[] | ClassRefusal {
  const steps: ClassStep[] = dimensions.map((dimension) => ({ kind: "dimension", dimension }));
  const words = Math.max(1, Math.ceil(rows.length / 32));
  if (dimensions.some(({ classes }) => classes.count > budget.classes)) return "too-many-classes";
  const work: Work = { left: budget.work };
  const supersets: (readonly Uint32Array[])[] = [];
  for (const { classes } of dimensions) {
    work.left -= classes.members() * words;
    if (work.left < 0) return "too-much-work";
    supersets.push(supersetsOf(classes, rows.length));
  }
  let items: Item[] = dimensions.map(({ classes }, index) => ({ classes, step: index, dimensions: new Set([index]) }));
  let entries = 0;
  // What a pair gives depends on the two alone: the rest is always all other dimensions.
  const tried = new Map<string, PairTable | undefined>();
  while (items.length > 2) {
    let best:
      | { readonly pair: PairTable; readonly left: Item; readonly right: Item; readonly cost: number }
      | undefined;
    for (const [left, right] of order === undefined ? candidates(items) : given(items, order, steps.length)) {
      const size = left.classes.count * right.classes.count;
      if (entries + size > budget.entries) continue;
      const rest = items.filter((item) => item !== left && item !== right);
      const key = `${left.step} ${right.step}`;
      if (!tried.has(key)) {
        work.left -= rows.length * dimensions.length * words;
        if (work.left < 0) return "too-much-work";
        const dominators = dominatorsOf(rest.flatMap((item) => [...item.dimensions]), supersets, rows.length, words);
        tried.set(key, combinePairs(left.classes, right.classes, dominators, { limit: budget.classes, work }));
      }
      const pair = tried.get(key);
      if (pair === undefined) continue;
      const cost = size + rest.reduce((product, item) => product * item.classes.count, pair.classes.count);
      if (best === undefined || cost < best.cost) best = { pair, left, right, cost };
    }
    if (best === undefined) return work.left < 0 ? "too-much-work" : "tables-too-large";
    const { pair, left, right } = best;
    entries += pair.table.length;
    const covered = new Set([...left.dimensions, ...right.dimensions]);
    items = [
      ...items.filter((item) => item !== left && item !== right),
      { classes: pair.classes, step: steps.length, dimensions: covered },
    ];
    const stride = right.classes.count;
    steps.push({ kind: "pair", left: left.step, right: right.step, stride, table: pair.table, isLast: false });
  }
  const [left, right] = order === undefined ? items : given(items, order, steps.length)[0] ?? items;
  if (left === undefined) return steps;
  if (right === undefined) return [...steps, { kind: "only", of: left.step, table: firstRows(left.classes) }];
  entries += left.classes.count * right.classes.count;
  if (entries > budget.entries) return "tables-too-large";
  const table = combineFinally(left.classes, right.classes);
  return [
    ...steps,
    { kind: "pair", left: left.step, right: right.step, stride: right.classes.count, table, isLast: true },
  ];
}

/** Which two steps each later one combines, by its position: to build other tables for the same program. */
export type PairOrder = ReadonlyMap<number, readonly [left: number, right: number]>;

/** The pair that the order asks for, if it is there. */
function given(items: readonly Item[], order: PairOrder, step: number): readonly (readonly [Item, Item])[] {
  const [left, right] = order.get(step)?.map((wanted) => items.find((item) => item.step === wanted)) ?? [];
  return left === undefined || right === undefined ? [] : [[left, right]];
}

/** Pairs that are worth trying: every one whose table stays small, and the smallest in any case. */
function candidates(items: readonly Item[]): readonly (readonly [Item, Item])[] {
  const pairs = items.flatMap((left, index) => items.slice(index + 1).map((right) => [left, right] as const));
  const sizeOf = ([left, right]: readonly [Item, Item]): number => left.classes.count * right.classes.count;
  pairs.sort((a, b) => sizeOf(a) - sizeOf(b));
  return pairs.filter((pair, index) => index === 0 || sizeOf(pair) <= MAX_TRIED);
}

/** Pairs with larger tables are not tried for the sake of a smaller whole: each costs milliseconds. */
const MAX_TRIED = 250_000;

/** For each row, the rows that accept all that it accepts in one dimension: those in every class that it is in. */
function supersetsOf(classes: ClassSet, rowCount: number): readonly Uint32Array[] {
  const { words } = classes;
  const supersets = Array.from({ length: rowCount }, () => new Uint32Array(words).fill(0xffffffff));
  for (let number = 0; number < classes.count; number++) {
    const members = classes.rows(number);
    for (let word = 0; word < words; word++) {
      let bits = members[word] as number;
      while (bits !== 0) {
        const bit = bits & -bits;
        bits ^= bit;
        const superset = supersets[word * 32 + 31 - Math.clz32(bit)] as Uint32Array;
        for (let at = 0; at < words; at++) superset[at] = (superset[at] as number) & (members[at] as number);
      }
    }
  }
  return supersets;
}

/** For each row, the earlier rows that accept all that it accepts in each of some dimensions. */
function dominatorsOf(
  dimensions: readonly number[],
  supersets: readonly (readonly Uint32Array[])[],
  rowCount: number,
  words: number,
): Dominators {
  return Array.from({ length: rowCount }, (_, row) => {
    const over = new Uint32Array(words).fill(0xffffffff);
    for (const dimension of dimensions) {
      const superset = supersets[dimension]?.[row] as Uint32Array;
      for (let word = 0; word < words; word++) over[word] = (over[word] as number) & (superset[word] as number);
    }
    // Earlier ones only.
    over.fill(0, (row >> 5) + 1);
    over[row >> 5] = (over[row >> 5] as number) & ((1 << (row & 31)) - 1);
    return over.some((word) => word !== 0) ? over : undefined;
  });
}
