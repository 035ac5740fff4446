/**
 * Generations: the pins of one program's maps and of its manifest.
 *
 * @module
 */

import { type Counter, COUNTERS_MAP, readCounters } from "../counters.ts";
import { listPinDirectory, makePinDirectory, removePin } from "../kernel/bpffs.ts";
import { type BpfMap, createMap, openPinnedMap } from "../kernel/map.ts";
import type { LoadedFilter } from "../load.ts";
import { deploymentPath, GENERATION_PINS, generationPath, isMapPin, removeEmptyDirectory } from "./layout.ts";
import { createManifestMap, type Manifest, readManifest } from "./manifest.ts";

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
export function pinGeneration(loaded: LoadedFilter, manifest: Manifest): Generation {
  const { name } = manifest;
  makePinDirectory(deploymentPath(name));
  const number = 1 + Math.max(0, ...generationNumbers(name));
  const path = generationPath(name, number);
  try {
    makePinDirectory(path);
    for (const map of loaded.object.maps()) if (isMapPin(map.name)) map.pin(`${path}/${map.name}`);
    using carried = createMap({
      type: "array",
      name: "kefir_carried",
      keySize: 4,
      valueSize: 16,
      maxEntries: manifest.filter.size + 1,
    });
    carried.pin(`${path}/${GENERATION_PINS.carried}`);
    using described = createManifestMap(manifest);
    described.pin(`${path}/${GENERATION_PINS.manifest}`);
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
  // The manifest first: a removal that is cut short leaves a generation that was never finished.
  removePin(`${path}/${GENERATION_PINS.manifest}`);
  for (const entry of listPinDirectory(path)) {
    const isOurs = entry.name === GENERATION_PINS.carried || isMapPin(entry.name);
    if (isOurs && !entry.isDirectory) removePin(`${path}/${entry.name}`);
  }
  removeEmptyDirectory(path);
}

/** Opens the map of the counts from before the generation: of each rule in order, then of the default. */
export function openCarried(generation: Generation): BpfMap {
  return openPinnedMap(`${generationPath(generation.name, generation.number)}/${GENERATION_PINS.carried}`);
}

/** What each rule in order, and then the default, has counted in all: in this generation and before. */
export function totalCounters(generation: Generation): readonly Counter[] {
  using counters = openPinnedMap(`${generationPath(generation.name, generation.number)}/${COUNTERS_MAP}`);
  using carried = openCarried(generation);
  const before = new BigUint64Array(carried.readAll().buffer);
  return readCounters(counters, generation.manifest.counters).map((now, index) => ({
    packets: now.packets + Number(before[2 * index] ?? 0n),
    bytes: now.bytes + Number(before[2 * index + 1] ?? 0n),
  }));
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
  const lost = [COUNTERS_MAP, GENERATION_PINS.carried].find((pin) => !pins.has(pin));
  if (lost !== undefined) return { number, unreadable: `its pin "${lost}" is gone` };
  return { number, generation: { name, number, manifest } };
}
