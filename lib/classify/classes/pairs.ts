/**
 * The classes of sets of dimensions. What the classes of a set are does not depend on the order in which it was combined: a
 * row goes when an earlier one dominates it in all that is outside the set, and with it goes, sooner or later, every row
 * that it dominates itself. So each set is combined once.
 *
 * @module
 */

import type { ClassBudget, Work } from "./budget.ts";
import { ClassSet } from "./class_set.ts";
import { combinePairs, type PairTable } from "./combine.ts";
import type { Dimension } from "./dimension.ts";
import { dominatedIn } from "./dominators.ts";

/** What {@link Pairs} combines. */
export interface PairsInput {
  readonly dimensions: readonly Dimension[];
  readonly rowCount: number;
  readonly budget: ClassBudget;
  readonly work: Work;
}

/** Classes of sets of dimensions, which are known by keys; combined when asked, and kept. */
export class Pairs {
  readonly #input: PairsInput;
  readonly #classes = new Map<string, ClassSet>();
  readonly #tables = new Map<string, PairTable | undefined>();

  constructor(input: PairsInput) {
    this.#input = input;
    input.dimensions.forEach(({ classes }, index) => this.#classes.set(this.keyOf([index]), classes));
  }

  /** Number of dimensions. */
  get size(): number {
    return this.#input.dimensions.length;
  }

  /** Number of rows. */
  get rowCount(): number {
    return this.#input.rowCount;
  }

  /** Words of work that are left. */
  get workLeft(): number {
    return this.#input.work.left;
  }

  /** The key of dimensions. */
  keyOf(dimensions: readonly number[]): string {
    return [...dimensions].sort((a, b) => a - b).join();
  }

  /** The key of two sets together. */
  join(left: string, right: string): string {
    return this.keyOf([...membersOf(left), ...membersOf(right)]);
  }

  /** Whether a set has been combined. */
  has(key: string): boolean {
    return this.#classes.has(key);
  }

  /** The classes of a set that has been combined. */
  classesOf(key: string): ClassSet {
    return this.#classes.get(key) as ClassSet;
  }

  /** Combines two sets; undefined when that takes too many classes, or more than `most`, or too much work. */
  combine(left: string, right: string, most: number = Infinity): PairTable | undefined {
    const { dimensions, rowCount, budget, work } = this.#input;
    const limit = Math.min(most, budget.classes);
    const name = `${left} ${right}`;
    if (this.#tables.has(name)) return this.#tables.get(name);
    const key = this.join(left, right);
    const inside = new Set(membersOf(key));
    const rest = dimensions.filter((_, index) => !inside.has(index));
    work.left -= 8 * rowCount * (rest.length + 1);
    const dominated = dominatedIn(rest, rowCount, work);
    const [one, other] = [this.classesOf(left), this.classesOf(right)];
    // However a set is combined, its classes have the same numbers.
    const classes = this.#classes.get(key) ?? new ClassSet(one.words);
    const made = combinePairs(one, other, { dominated, classes, limit, work });
    this.#tables.set(name, made);
    if (made !== undefined) this.#classes.set(key, classes);
    return made;
  }
}

function membersOf(key: string): readonly number[] {
  return key.split(",").map(Number);
}
