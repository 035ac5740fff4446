/**
 * Other rules for a program that runs, at once: the tables are one value, and putting another in its place is one step that
 * every packet sees as a whole.
 *
 * @module
 */

import { newPlaces, placesAfter } from "./classify/counters.ts";
import { generationBytes, isTablePlan, type Plan, type TableEdit } from "./classify/plan.ts";
import { compileCprog } from "./compile.ts";
import { type Cprog, type CprogOptions, createCprog, mapContents } from "./cprog.ts";
import { clearCounters } from "./counters.ts";
import { assertNever } from "./diagnostics/assert_never.ts";
import { editTables } from "./edit_tables.ts";
import { FilterError } from "./diagnostics/errors.ts";
import { fillMap, loadCprog, type LoadCprogOptions, LoadedFilter } from "./load.ts";
import { counterKeys } from "./model/counter_keys.ts";
import { createFilter, type Filter, type FilterInput } from "./model/filter.ts";
import type { CompileOptions } from "./toolchain/compile.ts";

/**
 * What a change of rules takes: `data`, other tables for the same program, by one system call; `reload`, the same object with
 * maps of other sizes, which the verifier sees again; `compile`, another object, by clang.
 */
export type ChangeTier = "data" | "reload" | "compile";

/** A C program for other rules, and what it takes to get from the running one to it. */
export interface Change {
  /** What it takes. */
  readonly tier: ChangeTier;
  /** The program for the other rules. */
  readonly cprog: Cprog;
  /** Records of the tables that are written, where these are few; absent where all are. */
  readonly records?: number;
}

/** A program that runs, as far as it matters for what other rules take. */
export interface RunningProgram
  extends Pick<Cprog, "name" | "hook" | "frags" | "counts" | "license" | "flags" | "plan" | "text"> {
  /** What its rules, and then the default, count under: see counterKeys(). */
  readonly keys: readonly string[];
}

/**
 * What it takes to give other rules to a program. The strategy is the running one's unless given, so that a filter that
 * grows stays where it is while there is room; with `auto` it is while that takes no compiler. The flags are the running one's
 * too unless given. Where one rule of very many changes, `warnings: false` saves most of the time.
 *
 * @throws FilterError as {@link createCprog} does
 */
export function planChange(running: Cprog, filter: FilterInput, options: CprogOptions = {}): Change {
  return planChangeOf({ ...running, keys: counterKeys(running.filter) }, createFilter(filter), options);
}

/** {@link planChange} for a program that another process loaded. */
export function planChangeOf(running: RunningProgram, filter: Filter, options: CprogOptions): Change {
  const { strategy: own, counters: places } = running.plan;
  const { strategy } = options;
  const base = {
    frags: running.frags,
    counts: running.counts,
    license: running.license,
    ...running.flags,
    ...options,
    hook: running.hook.name,
    name: running.name,
  };
  if (isTablePlan(running.plan) && (strategy === undefined || strategy === "auto" || strategy === own)) {
    const like = { ...base, strategy: own, like: running.plan };
    // What prints the number of a rule has that of its counter.
    const isPlain = base.printk === true;
    const counters = isPlain ? undefined : placesAfter(filter, { keys: running.keys, places });
    const kept = counters === undefined ? undefined : createIfItFits(filter, { ...like, counters });
    // The text is the shape: where it is the same, so is the object.
    if (kept?.text === running.text && isSameSize(kept.plan, running.plan)) {
      const edit = editOf(kept.plan);
      return { tier: "data", cprog: kept, ...(edit !== undefined && { records: edit.records }) };
    }
    const same = kept ?? createIfItFits(filter, like);
    if (same?.text === running.text) return { tier: "reload", cprog: same };
  }
  // What the strategy cannot hold any more, another can.
  const cprog = strategy === undefined
    ? createIfItFits(filter, { ...base, strategy: own }) ?? createCprog(filter, { ...base, strategy: "auto" })
    : createCprog(filter, base);
  return { tier: cprog.text === running.text ? "reload" : "compile", cprog };
}

/**
 * Puts the tables of a change of tier `data` into a running program. When it returns, no packet sees the old rules any more;
 * meanwhile each sees the old ones or the new ones, counters included. Counts of rules that stay go on. What is attached
 * under a name is to be changed by `attach` with `replace`, which keeps what is said about it right.
 *
 * @returns the same program with its new rules: it takes the descriptors over, and the one given is not to be used again
 * @throws TypeError for a change of another tier
 */
export function swapRules(loaded: LoadedFilter, change: Change): LoadedFilter {
  const { tier, cprog } = change;
  if (tier !== "data") throw new TypeError(`Cannot swap rules: the change takes another program (${tier})`);
  if (loaded.counts) {
    // What they counted in was swapped out long ago, or never in.
    clearCounters(loaded.countersMap, newPlaces(loaded.cprog.plan.counters, cprog.plan.counters));
  }
  const edit = editOf(cprog.plan);
  if (edit === undefined || !editTables(loaded, edit)) {
    for (const contents of mapContents(cprog)) fillMap(loaded.object, contents);
  }
  return new LoadedFilter({ cprog, file: loaded.file, object: loaded.object });
}

/**
 * Makes a change, whatever it takes: `data` in the running program, as {@link swapRules} does; `reload` and `compile` load
 * another program, which is then to take the first one's place, and whose counts begin at zero. That one stays as it was.
 *
 * @returns the program with the new rules, whose descriptors are the first one's for `data` and its own otherwise
 * @throws CompileError, UnavailableError, VerifierError, KernelError as compiling and loading do
 */
export async function applyChange(
  loaded: LoadedFilter,
  change: Change,
  options: CompileOptions & LoadCprogOptions = {},
): Promise<LoadedFilter> {
  const { tier, cprog } = change;
  switch (tier) {
    case "data":
      return swapRules(loaded, change);
    case "reload":
      return loadCprog(cprog, loaded.file, options);
    case "compile":
      return loadCprog(cprog, await compileCprog(cprog, options), options);
    default:
      return assertNever(tier);
  }
}

/** How the tables of a plan are made of those of another, where that takes a few writes. */
function editOf(plan: Plan): TableEdit | undefined {
  return plan.strategy === "tuple" ? plan.edit : undefined;
}

/** Whether a program of the one plan takes the tables of the other, which has the same text. */
function isSameSize(running: Plan, next: Plan): boolean {
  return isTablePlan(running) && isTablePlan(next) && running.tables.length === next.tables.length &&
    generationBytes(running) === generationBytes(next) && running.mask === next.mask &&
    running.counters.capacity === next.counters.capacity;
}

/** Codes of a strategy that cannot hold a filter, or not with such flags. */
const CANNOT_HOLD: readonly string[] = ["too-large", "strategy-needs"];

/** The program, or undefined when the strategy cannot hold the filter. */
function createIfItFits(filter: Filter, options: CprogOptions): Cprog | undefined {
  try {
    return createCprog(filter, options);
  } catch (error) {
    if (error instanceof FilterError && error.diagnostics.some(({ code }) => CANNOT_HOLD.includes(code))) {
      return undefined;
    }
    throw error;
  }
}
