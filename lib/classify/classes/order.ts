/**
 * The order in which dimensions are combined: a tree. It decides how large the tables are, and how many of them a packet
 * has to wait for one after the other.
 *
 * @module
 */

import type { ClassBudget } from "./budget.ts";
import type { Pairs } from "./pairs.ts";

/** A dimension, or two trees that a table combines. */
export type Tree = number | readonly [left: Tree, right: Tree];

interface Item {
  readonly tree: Tree;
  readonly key: string;
}

/**
 * Pairs with so few entries are combined first, so that they are out of the way: they stay in the first-level cache, and
 * nobody waits for them.
 */
const SMALL = 256;
/** So many items are tried in every order. */
const TRIED_ITEMS = 5;
/** Larger tables are not built for the sake of a better order: each takes milliseconds. */
const TRIED_ENTRIES = 1_000_000;
/** A set of dimensions with more classes than so many for each row is left: there is a better way, or none. */
const CLASSES_PER_ROW = 3;

/**
 * The tree that promises the fastest lookups, among those that are tried; undefined when all take too much. On the left of
 * each pair is what is known last.
 *
 * @param loads one after the other, until the class of a dimension is known
 */
export function chooseTree(pairs: Pairs, budget: ClassBudget, loads: readonly number[]): Tree | undefined {
  const tree = findTree(pairs, budget);
  return tree === undefined ? undefined : slowFirst(tree, loads).tree;
}

function slowFirst(tree: Tree, loads: readonly number[]): { readonly tree: Tree; readonly depth: number } {
  if (typeof tree === "number") return { tree, depth: loads[tree] as number };
  const sides = tree.map((side) => slowFirst(side, loads)).sort((a, b) => b.depth - a.depth);
  const [left, right] = sides as [typeof sides[0] & object, typeof sides[0] & object];
  return { tree: [left.tree, right.tree], depth: left.depth + 1 };
}

function findTree(pairs: Pairs, budget: ClassBudget): Tree | undefined {
  let items: readonly Item[] = Array.from({ length: pairs.size }, (_, index) => ({ tree: index, key: `${index}` }));
  for (;;) {
    const smallest = sizes(items, pairs)[0];
    if (items.length <= 2 || smallest === undefined || smallest.size > SMALL) break;
    const merged = merge(items, smallest, pairs);
    if (merged === undefined) return undefined;
    items = merged;
  }
  while (items.length > TRIED_ITEMS) {
    const next = mergeBest(items, pairs, Math.min(TRIED_ENTRIES, budget.entries));
    if (next === undefined) break;
    items = next;
  }
  const best = items.length <= TRIED_ITEMS ? bestOf(items, pairs, budget) : undefined;
  if (best !== undefined) return best;
  // Whatever fits.
  while (items.length > 2) {
    const next = mergeBest(items, pairs, budget.entries);
    if (next === undefined) return undefined;
    items = next;
  }
  const [left, right] = items as readonly [Item, Item];
  return countOf(left, pairs) * countOf(right, pairs) > budget.entries ? undefined : [left.tree, right.tree];
}

interface SizedPair {
  readonly left: Item;
  readonly right: Item;
  /** Entries of the table. */
  readonly size: number;
}

/** All pairs, the smallest table first. */
function sizes(items: readonly Item[], pairs: Pairs): SizedPair[] {
  const all = items.flatMap((left, index) =>
    items.slice(index + 1).map((right) => ({ left, right, size: countOf(left, pairs) * countOf(right, pairs) }))
  );
  return all.sort((a, b) => a.size - b.size);
}

/** The items with two of them combined; undefined when that takes too much. */
function merge(items: readonly Item[], { left, right }: SizedPair, pairs: Pairs): readonly Item[] | undefined {
  if (pairs.combine(left.key, right.key) === undefined) return undefined;
  const both: Item = { tree: [left.tree, right.tree], key: pairs.join(left.key, right.key) };
  return [...items.filter((item) => item !== left && item !== right), both];
}

/** Combines the pair that promises the least for the rest. */
function mergeBest(items: readonly Item[], pairs: Pairs, mostEntries: number): readonly Item[] | undefined {
  let best: { readonly items: readonly Item[]; readonly cost: number } | undefined;
  const all = sizes(items, pairs);
  for (const [index, pair] of all.entries()) {
    if (pair.size > mostEntries || (best !== undefined && index > 0 && pair.size > TRIED_ENTRIES)) break;
    const merged = merge(items, pair, pairs);
    if (pairs.workLeft < 0) return undefined;
    if (merged === undefined) continue;
    const cost = pair.size + merged.reduce((product, item) => product * countOf(item, pairs), 1);
    if (best === undefined || cost < best.cost) best = { items: merged, cost };
  }
  return best?.items;
}

interface Cost {
  readonly tree: Tree;
  readonly key: string;
  /** Nanoseconds until the class is known. */
  readonly time: number;
  /** Nanoseconds of all loads, whether anything waits for them or not. */
  readonly total: number;
}

/** The best of all trees whose tables are small enough. */
function bestOf(items: readonly Item[], pairs: Pairs, budget: ClassBudget): Tree | undefined {
  const mostEntries = Math.min(TRIED_ENTRIES, budget.entries);
  const whole = 2 ** items.length - 1;
  const mostClasses = Math.max(8192, CLASSES_PER_ROW * pairs.rowCount);
  const best = new Map<number, Cost>();
  items.forEach(({ tree, key }, index) => best.set(1 << index, { tree, key, time: 0, total: 0 }));
  const bySize = Array.from({ length: whole }, (_, index) => index + 1)
    .sort((a, b) => countItems(a) - countItems(b) || a - b);
  for (const set of bySize) {
    if (best.has(set)) continue;
    const splits = splitsOf(set).flatMap(([one, two]) => {
      const [left, right] = [best.get(one), best.get(two)];
      if (left === undefined || right === undefined) return [];
      const size = countOf(left, pairs) * countOf(right, pairs);
      return size > (set === whole ? budget.entries : mostEntries) ? [] : [{ left, right, size }];
    }).sort((a, b) => a.size - b.size);
    const smallest = splits[0];
    if (smallest === undefined) continue;
    if (set !== whole && pairs.combine(smallest.left.key, smallest.right.key, mostClasses) === undefined) {
      if (pairs.workLeft < 0) return undefined;
      continue;
    }
    const costs = splits.map(({ left, right, size }): Cost => ({
      tree: [left.tree, right.tree],
      key: pairs.join(left.key, right.key),
      time: Math.max(left.time, right.time) + loadTime(2 * size),
      total: left.total + right.total + loadTime(2 * size),
    }));
    best.set(set, costs.reduce((a, b) => scoreOf(b) < scoreOf(a) ? b : a));
  }
  return best.get(whole)?.tree;
}

function scoreOf({ time, total }: Cost): number {
  return time + total;
}

/** Nanoseconds of a load from a table of so many bytes: the larger, the farther. */
function loadTime(bytes: number): number {
  return 1.5 + Math.max(0, Math.log2(bytes / 16_384)) * 0.5 + bytes / 400_000;
}

/** The ways to part a set of items in two. */
function splitsOf(set: number): readonly (readonly [number, number])[] {
  const splits: (readonly [number, number])[] = [];
  for (let part = (set - 1) & set; part > 0; part = (part - 1) & set) {
    if (part > (set ^ part)) splits.push([part, set ^ part]);
  }
  return splits;
}

function countItems(set: number): number {
  return set.toString(2).replaceAll("0", "").length;
}

function countOf({ key }: { readonly key: string }, pairs: Pairs): number {
  return pairs.classesOf(key).count;
}
