/**
 * Other rules for a program that is attached, by other tables for it: nothing is loaded, and the attachment stays untouched.
 *
 * @module
 */

import { type CounterPlaces, newPlaces } from "../classify/counters.ts";
import { decodePlan } from "../classify/plan_text.ts";
import { generateC } from "../codegen/generate.ts";
import { clearCounters } from "../counters.ts";
import { type Cprog, mapContents } from "../cprog.ts";
import { logOf } from "../diagnostics/log.ts";
import { innerMapId } from "../kernel/map.ts";
import { createGeneration } from "../load.ts";
import { NO_FLAGS } from "../model/flags.ts";
import { findHook } from "../model/hooks.ts";
import { DEFAULT_LICENSE } from "../model/license.ts";
import type { RunningProgram } from "../swap.ts";
import { VERSION } from "../version.ts";
import { type AttachmentOptions, type AttachmentTarget, checkFree } from "./attach.ts";
import { createManifest, hashOfText } from "./create_manifest.ts";
import type { Deployment } from "./deployment.ts";
import { type Generation, openCounters, openTables, pinSuccessor, readRules, removeGeneration } from "./generation.ts";
import { withLock } from "./layout.ts";
import type { Manifest, TablesManifest } from "./manifest.ts";
import { type RuleList, ruleListOf } from "./rule_list.ts";

/** A program that is attached and could take other tables, with its rules as they were found. */
export interface SwappableProgram {
  readonly generation: Generation;
  readonly rules: RuleList;
  readonly running: RunningProgram;
}

/**
 * What runs where a filter is to go, if other tables can be put into it: its strategy has tables, and its C is what this
 * version of kefir makes of its plan. Under the lock.
 */
export function findSwappable(target: AttachmentTarget, options: AttachmentOptions): SwappableProgram | undefined {
  const old = checkFree(target, options);
  const tables = old?.generation.manifest.tables;
  // Under another name there is another link to be made: that is an attachment.
  if (old?.state !== "attached" || old.name !== target.name || tables === undefined) return undefined;
  const { generation } = old;
  const rules = readRules(generation);
  const running = readRunning(generation.manifest, tables, rules);
  return running && { generation, rules, running };
}

/** The program of a manifest, if this version of kefir makes the same C of its plan. */
function readRunning(manifest: Manifest, tables: TablesManifest, rules: RuleList): RunningProgram | undefined {
  const hook = findHook(manifest.hook);
  if (hook === undefined || manifest.version !== VERSION) return undefined;
  const plan = { ...decodePlan(tables.plan), counters: rules.counters };
  const { filterName: name, frags, license = DEFAULT_LICENSE, flags = NO_FLAGS } = tables;
  const counts = manifest.counts ?? true;
  const text = generateC(plan, { hook, name, frags, counts, license, flags });
  return hashOfText(text) === tables.textHash
    ? { name, hook, frags, counts, license, flags, plan, text, keys: rules.keys }
    : undefined;
}

/**
 * Puts the tables of a program into the one that is attached, as a generation of its own. Dying at any system call leaves the
 * old rules or the new ones, whole; the other generation is removed by whoever looks next.
 *
 * @returns undefined, and nothing is changed, when something else is attached by now
 */
export function swapAttached(
  { generation: found, rules }: SwappableProgram,
  cprog: Cprog,
  target: AttachmentTarget,
  options: AttachmentOptions,
): Deployment | undefined {
  const [contents] = mapContents(cprog);
  if (contents?.kind !== "generation") throw new TypeError(`unreachable: ${cprog.plan.strategy} has no tables`);
  const list = ruleListOf(cprog);
  using next = createGeneration(contents);
  return withLock(() => {
    const old = checkFree(target, options)?.generation;
    const { programId, createdQdisc, tables: described } = found.manifest;
    if (old?.name !== found.name || old.number !== found.number || old.manifest.programId !== programId) {
      return undefined;
    }
    using tables = openTables(old);
    // Whoever has the program open may have swapped its tables, and counters go with them.
    if (innerMapId(tables) !== described?.mapId) return undefined;
    clearNewCounters(old, rules.counters, cprog.plan.counters);
    const manifest = createManifest(cprog, target, { programId, tablesId: next.id });
    const generation = pinSuccessor(old, { ...manifest, ...(createdQdisc !== undefined && { createdQdisc }) }, list);
    try {
      tables.setInnerMap(0, next);
    } catch (error) {
      removeGeneration(generation.name, generation.number);
      throw error;
    }
    logOf("deploy").info(`put other tables into "${old.name}"`, { name: old.name, programId });
    removeGeneration(old.name, old.number);
    return { name: old.name, state: "attached", generation };
  });
}

function clearNewCounters(generation: Generation, before: CounterPlaces, next: CounterPlaces): void {
  if (generation.manifest.counts === false) return;
  using counters = openCounters(generation);
  clearCounters(counters, newPlaces(before, next));
}
