/**
 * What was made of sets, for strategies that are tried one after the other: each would make the same again.
 *
 * @module
 */

import type { Ranges } from "../../model/ranges.ts";
import type { SetsPlan } from "./lookup.ts";
import type { Partition } from "./partition.ts";

/** What the strategies of one choice share. */
export class RecentSets {
  readonly #partitions = new Made<readonly Partition[]>();
  readonly #plans = new Made<SetsPlan>();

  /** The partitions of sets of so many bits: those of before, or what `make` makes. */
  partitions(sets: readonly Ranges[], widthBits: number, make: () => readonly Partition[]): readonly Partition[] {
    return this.#partitions.get(sets, `${widthBits}`, make);
  }

  /** The lookups of sets, by a text that says all else that they depend on. */
  plan(sets: readonly Ranges[], key: string, make: () => SetsPlan): SetsPlan {
    return this.#plans.get(sets, key, make);
  }
}

class Made<Value> {
  readonly #made = new Map<string, { readonly sets: readonly Ranges[]; readonly value: Value }[]>();

  get(sets: readonly Ranges[], key: string, make: () => Value): Value {
    const known = this.#made.get(key) ?? [];
    const same = known.find((one) =>
      one.sets.length === sets.length && sets.every((set, index) => set === one.sets[index])
    );
    if (same !== undefined) return same.value;
    const value = make();
    this.#made.set(key, [...known, { sets, value }]);
    return value;
  }
}
