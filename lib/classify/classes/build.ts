/**
 * Builds the tables of the `classes` strategy: dimensions to classes, classes to classes, the last table to rules.
 *
 * @module
 */

import type { ClassBudget, ClassRefusal, Work } from "./budget.ts";
import { combineFinally, firstRows } from "./combine.ts";
import type { Dimension } from "./dimension.ts";
import { chooseTree, type Tree } from "./order.ts";
import { Pairs } from "./pairs.ts";
import { kindOf, PLACE_LOADS } from "./place_tables.ts";

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

/** What {@link buildSteps} builds from. */
export interface BuildInput {
  readonly dimensions: readonly Dimension[];
  readonly rowCount: number;
  readonly budget: ClassBudget;
  readonly work: Work;
  /** Which two steps each later one combines, by its position: to build other tables for the same program. */
  readonly order?: PairOrder;
}

/** Which two steps each later one combines, by its position. */
export type PairOrder = ReadonlyMap<number, readonly [left: number, right: number]>;

/** The steps of the dimensions, or why there are none. */
export function buildSteps(input: BuildInput): readonly ClassStep[] | ClassRefusal {
  const { dimensions, budget, work, order } = input;
  const steps: ClassStep[] = dimensions.map((dimension) => ({ kind: "dimension", dimension }));
  const [first, second] = dimensions;
  if (first === undefined) return steps;
  if (second === undefined) return [...steps, { kind: "only", of: 0, table: firstRows(first.classes) }];
  const pairs = new Pairs(input);
  const tree = order === undefined
    ? chooseTree(pairs, budget, dimensions.map((one) => PLACE_LOADS[kindOf(one, undefined)]))
    : orderedTree(dimensions.length, order);
  if (tree === undefined) return work.left < 0 ? "too-much-work" : "tables-too-large";
  let entries = 0;
  /** Adds the steps of a part, and says which step gives its class, and of which dimensions; or why there is none. */
  const add = (part: Tree, isLast: boolean): { step: number; key: string } | ClassRefusal => {
    if (typeof part === "number") return { step: part, key: pairs.keyOf([part]) };
    const left = add(part[0], false);
    if (typeof left === "string") return left;
    const right = add(part[1], false);
    if (typeof right === "string") return right;
    const [leftClasses, rightClasses] = [pairs.classesOf(left.key), pairs.classesOf(right.key)];
    const stride = rightClasses.count;
    entries += leftClasses.count * stride;
    if (entries > budget.entries) return "tables-too-large";
    const found = isLast ? combineFinally(leftClasses, rightClasses, work) : pairs.combine(left.key, right.key)?.table;
    if (found === undefined) return work.left < 0 ? "too-much-work" : "too-many-classes";
    steps.push({ kind: "pair", left: left.step, right: right.step, stride, table: found, isLast });
    return { step: steps.length - 1, key: pairs.join(left.key, right.key) };
  };
  const last = add(tree, true);
  return typeof last === "string" ? last : steps;
}

/** The tree of an order, or undefined when it is not one of so many dimensions. */
function orderedTree(dimensions: number, order: PairOrder): Tree | undefined {
  const trees: Tree[] = Array.from({ length: dimensions }, (_, index) => index);
  for (let step = dimensions; step < 2 * dimensions - 1; step++) {
    const [left, right] = order.get(step)?.map((from) => trees[from]) ?? [];
    if (left === undefined || right === undefined) return undefined;
    trees.push([left, right]);
  }
  return trees.at(-1);
}
