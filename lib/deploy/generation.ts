/**
 * Generations: the pins of one program's maps and of its manifest.
 *
 * @module
 */

import { type Counter, COUNTERS_MAP, readCounters } from "../counters.ts";
import { logOf } from "../diagnostics/log.ts";
import { listPinDirectory, makePinDirectory, removePin } from "../kernel/bpffs.ts";
import { TABLES_MAP } from "../cprog.ts";
import { type BpfMap, createMap, innerMapId, openPinnedMap } from "../kernel/map.ts";
import type { LoadedFilter } from "../load.ts";
import {
  deploymentPath,
  GENERATION_PINS,
  generationPath,
  isGenerationPin,
  isMapPin,
  removeEmptyDirectory,
} from "./layout.ts";
import { createManifestMap, type Manifest, readManifest } from "./manifest.ts";
import { createRuleListMap, readRuleList, type RuleList } from "./rule_list.ts";

const log = logOf("deploy");

/** A generation that was finished. */
export interface Generation {
  readonly name: string;
  readonly number: number;
  readonly manifest: Manifest;
}

/** The directory of a generation: one that was finished, one that was not, or one that this version does not read. */
export type GenerationDirectory =
  | { readonly number: number; readonly generation: Generation }
  | { readonly number: number; readonly generation?: never; readonly unreadable?: string };

/** Pins a loaded filter as a new generation; its manifest last. What was pinned is removed again on failure. */
export function pinGeneration(loaded: LoadedFilter, manifest: Manifest, rules: RuleList): Generation {
  return pinNext(manifest, rules, new Map(), (path) => {
    for (const map of loaded.object.maps()) if (isMapPin(map.name)) map.pin(`${path}/${map.name}`);
  });
}

/**
 * Pins a generation of the program that runs, for other rules: the same maps, so that counts go on, and what was carried over
 * of the rules that stay. It lives as soon as its tables are in the program.
 */
export function pinSuccessor(old: Generation, manifest: Manifest, rules: RuleList): Generation {
  const from = generationPath(old.name, old.number);
  return pinNext(manifest, rules, readCarried(old), (path) => {
    for (const entry of listPinDirectory(from)) {
      if (entry.isDirectory || !isMapPin(entry.name)) continue;
      using map = openPinnedMap(`${from}/${entry.name}`);
      map.pin(`${path}/${entry.name}`);
    }
  });
}

function pinNext(
  manifest: Manifest,
  rules: RuleList,
  counts: ReadonlyMap<string, Counter>,
  pinMaps: (path: string) => void,
): Generation {
  const { name } = manifest;
  makePinDirectory(deploymentPath(name));
  const number = 1 + Math.max(0, ...generationNumbers(name));
  const path = generationPath(name, number);
  try {
    makePinDirectory(path);
    pinMaps(path);
    const maxEntries = rules.keys.length;
    using carried = createMap({ type: "array", name: "kefir_carried", keySize: 4, valueSize: 16, maxEntries });
    if (counts.size > 0) carried.writeAll(encodeCarried(counts, rules.keys));
    carried.pin(`${path}/${GENERATION_PINS.carried}`);
    using listed = createRuleListMap(rules);
    listed.pin(`${path}/${GENERATION_PINS.rules}`);
    using described = createManifestMap(manifest);
    described.pin(`${path}/${GENERATION_PINS.manifest}`);
    log.debug(`pinned generation ${number} of "${name}"`, { name, number });
  } catch (error) {
    removeGeneration(name, number);
    removeEmptyDirectory(deploymentPath(name));
    throw error;
  }
  return { name, number, manifest };
}

/** The generations of a deployment in ascending order. */
export function readGenerations(name: string): readonly GenerationDirectory[] {
  return generationNumbers(name).map((number) => readGeneration(name, number));
}

/** Removes the pins of a generation, whatever of them is there. */
export function removeGeneration(name: string, number: number): void {
  const path = generationPath(name, number);
  log.debug(`removing generation ${number} of "${name}"`, { name, number });
  // The manifest first: a removal that is cut short leaves a generation that was never finished.
  removePin(`${path}/${GENERATION_PINS.manifest}`);
  for (const entry of listPinDirectory(path)) {
    if (isGenerationPin(entry.name) && !entry.isDirectory) removePin(`${path}/${entry.name}`);
  }
  removeEmptyDirectory(path);
}

/** Sets the counts from before the generation, which are found by what they are counts of. */
export function writeCarried(generation: Generation, counts: ReadonlyMap<string, Counter>): void {
  using carried = openPinnedMap(pinPath(generation, GENERATION_PINS.carried));
  carried.writeAll(encodeCarried(counts, readRules(generation).keys));
}

/** The rules of a generation. */
export function readRules(generation: Generation): RuleList {
  return readRuleList(pinPath(generation, GENERATION_PINS.rules));
}

/** What each rule in order, and then the default, has counted in all: in this generation and before. */
export function totalCounters(generation: Generation, { counters }: RuleList): readonly Counter[] {
  const before = carriedOf(generation);
  if (generation.manifest.counts === false) return before;
  using map = openCounters(generation);
  return readCounters(map, counters).map((now, index) => {
    const { packets = 0, bytes = 0 } = before[index] ?? {};
    return { packets: now.packets + packets, bytes: now.bytes + bytes };
  });
}

/** Opens the map of the counters of a generation that counts. */
export function openCounters(generation: Generation): BpfMap {
  return openPinnedMap(pinPath(generation, COUNTERS_MAP));
}

/** Opens the map of the tables; see tables.h. */
export function openTables(generation: Generation): BpfMap {
  return openPinnedMap(pinPath(generation, TABLES_MAP));
}

/**
 * The generation that a program runs: of several, which differ in their tables alone, the one whose tables are in the program.
 */
export function findLiving(generations: readonly Generation[], programId: number | undefined): Generation | undefined {
  const found = generations.filter((one) => one.manifest.programId === programId);
  if (found.length < 2) return found[0];
  using tables = openTables(found[0] as Generation);
  const mapId = innerMapId(tables);
  return found.find((one) => one.manifest.tables?.mapId === mapId) ?? found.at(-1);
}

/** Counts from before a generation, by what they are counts of; none when all are zero. */
function readCarried(generation: Generation): ReadonlyMap<string, Counter> {
  const counts = carriedOf(generation);
  // As until a program was replaced for the first time.
  if (counts.every(({ packets }) => packets === 0)) return new Map();
  return new Map(readRules(generation).keys.map((key, index) => [key, counts[index] as Counter]));
}

function carriedOf(generation: Generation): Counter[] {
  using carried = openPinnedMap(pinPath(generation, GENERATION_PINS.carried));
  const values = new BigUint64Array(carried.readAll().buffer);
  return Array.from({ length: values.length / 2 }, (_, index) => ({
    packets: Number(values[2 * index]),
    bytes: Number(values[2 * index + 1]),
  }));
}

function encodeCarried(counts: ReadonlyMap<string, Counter>, keys: readonly string[]): Uint8Array<ArrayBuffer> {
  const values = new BigUint64Array(2 * keys.length);
  keys.forEach((key, index) => {
    const count = counts.get(key);
    if (count !== undefined) values.set([BigInt(count.packets), BigInt(count.bytes)], 2 * index);
  });
  return new Uint8Array(values.buffer);
}

function pinPath({ name, number }: Generation, pin: string): string {
  return `${generationPath(name, number)}/${pin}`;
}

function generationNumbers(name: string): number[] {
  return listPinDirectory(deploymentPath(name))
    .filter((entry) => entry.isDirectory && /^[1-9]\d{0,8}$/.test(entry.name))
    .map((entry) => Number(entry.name))
    .sort((a, b) => a - b);
}

function readGeneration(name: string, number: number): GenerationDirectory {
  const path = generationPath(name, number);
  const pins = new Set(listPinDirectory(path).map((entry) => entry.name));
  if (!pins.has(GENERATION_PINS.manifest)) return { number };
  const manifest = readManifest(`${path}/${GENERATION_PINS.manifest}`);
  if ("unreadable" in manifest) return { number, unreadable: `its manifest has ${manifest.unreadable}` };
  const needed: string[] = [GENERATION_PINS.carried, GENERATION_PINS.rules];
  if (manifest.counts !== false) needed.push(COUNTERS_MAP);
  if (manifest.tables !== undefined) needed.push(TABLES_MAP);
  const lost = needed.find((pin) => !pins.has(pin));
  if (lost !== undefined) return { number, unreadable: `its pin "${lost}" is gone` };
  return { number, generation: { name, number, manifest } };
}
