/**
 * Other rules for a program that runs, at once: the tables are one value, and putting another in its place is one step that
 * every packet sees as a whole.
 *
 * @module
 */

import { placesAfter } from "./classify/counters.ts";
import { type Cprog, type CprogOptions, createCprog, mapContents } from "./cprog.ts";
import { FilterError } from "./diagnostics/errors.ts";
import type { BpfMap } from "./kernel/map.ts";
import { u32Bytes } from "./kernel/map.ts";
import { possibleCpus } from "./kernel/per_cpu.ts";
import { waitForReaders } from "./kernel/readers.ts";
import { fillMap, LoadedFilter } from "./load.ts";
import type { Filter } from "./model/filter.ts";

/**
 * What a change of rules takes: `data`, other tables for the same program; `compile`, another program.
 */
export type ChangeTier = "data" | "compile";

/** A C program for other rules, and what it takes to get from the running one to it. */
export interface Change {
  /** What it takes. */
  readonly tier: ChangeTier;
  /** The program for the other rules. */
  readonly cprog: Cprog;
}

/**
 * What it takes to give other rules to a program. The strategy is the running one's unless given, so that a filter that
 * grows stays where it is while there is room.
 *
 * @throws FilterError as {@link createCprog} does
 */
export function planChange(running: Cprog, filter: Filter, options: CprogOptions = {}): Change {
  const base: CprogOptions = {
    strategy: running.plan.strategy,
    ...options,
    hook: running.hook.name,
    name: running.name,
  };
  const before = { filter: running.filter, places: running.plan.counters };
  const counters = isSwappable(running) ? placesAfter(filter, before) : undefined;
  try {
    if (counters === undefined) return { tier: "compile", cprog: createCprog(filter, base) };
    const cprog = createCprog(filter, { ...base, counters, like: running.plan });
    // The text is the shape: where it is the same, so is the program.
    if (cprog.text === running.text) return { tier: "data", cprog };
    return { tier: "compile", cprog: createCprog(filter, base) };
  } catch (error) {
    // What the strategy cannot hold any more, another can.
    const outgrown = error instanceof FilterError && error.diagnostics.some(({ code }) => code === "too-large");
    if (!outgrown || options.strategy !== undefined) throw error;
    return { tier: "compile", cprog: createCprog(filter, { ...base, strategy: "auto" }) };
  }
}

/**
 * Puts the tables of a change of tier `data` into a running program. When it returns, no packet sees the old rules any more;
 * meanwhile each sees the old ones or the new ones, counters included. Counts of rules that stay go on.
 *
 * @returns the same program with its new rules: it takes the descriptors over, and the one given is not to be used again
 * @throws TypeError for a change of another tier
 */
export function swapRules(loaded: LoadedFilter, change: Change): LoadedFilter {
  if (change.tier !== "data") {
    throw new TypeError(`Cannot swap rules: the change takes another program (${change.tier})`);
  }
  clearNewCounters(loaded, change.cprog);
  for (const contents of mapContents(change.cprog)) fillMap(loaded.object, contents);
  return new LoadedFilter(change.cprog, loaded.object);
}

/** Sets the counters of rules that are new to zero: a rule that was there long ago may have left a count. */
function clearNewCounters(loaded: LoadedFilter, next: Cprog): void {
  const used = new Set(loaded.cprog.plan.counters.indexes);
  const fresh = next.plan.counters.indexes.filter((index) => !used.has(index));
  if (fresh.length === 0) return;
  // A CPU may still count in what was swapped out before.
  waitForReaders();
  const map: BpfMap = loaded.countersMap;
  const zero = new Uint8Array(map.valueSize * possibleCpus());
  for (const index of fresh) map.update(u32Bytes(index), zero);
}

function isSwappable(cprog: Cprog): boolean {
  return mapContents(cprog).some(({ kind }) => kind === "generation");
}
