/**
 * Generations: the pins of one program, its maps and its manifest.
 *
 * @module
 */

import { type Counter, COUNTERS_MAP, readCounters } from "../counters.ts";
import { listPinDirectory, makePinDirectory, removePin, removePinDirectory } from "../kernel/bpffs.ts";
import { type BpfMap, createMap, openPinnedMap } from "../kernel/map.ts";
import { openPinnedProgram } from "../kernel/program.ts";
import type { LoadedFilter } from "../load.ts";
import { deploymentPath, GENERATION_PINS, generationPath } from "./layout.ts";
import { createManifestMap, type Manifest, readManifest } from "./manifest.ts";

/** A generation that was finished. */
export interface Generation {
  readonly name: string;
  readonly number: number;
  readonly programId: number;
  readonly manifest: Manifest;
}

/** Pins a loaded filter as a generation; its manifest last. What was pinned is removed again on failure. */
export function pinGeneration(loaded: LoadedFilter, manifest: Manifest, number: number): Generation {
  const { name } = manifest;
  const path = generationPath(name, number);
  makePinDirectory(deploymentPath(name));
  try {
    makePinDirectory(path);
    loaded.program.pin(`${path}/${GENERATION_PINS.program}`);
    for (const map of loaded.object.maps()) if (!map.name.includes(".")) map.pin(`${path}/${map.name}`);
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
    throw error;
  }
  return { name, number, programId: loaded.program.id, manifest };
}

/** The generations of a deployment in ascending order; undefined for each that was never finished. */
export function readGenerations(
  name: string,
): readonly { readonly number: number; readonly generation?: Generation }[] {
  return listPinDirectory(deploymentPath(name))
    .filter((entry) => entry.isDirectory && /^[1-9]\d{0,8}$/.test(entry.name))
    .map((entry) => Number(entry.name))
    .sort((a, b) => a - b)
    .map((number) => {
      const generation = readGeneration(name, number);
      return { number, ...(generation && { generation }) };
    });
}

/** Removes the pins of a generation, whatever of it is there. */
export function removeGeneration(name: string, number: number): void {
  const path = generationPath(name, number);
  // The manifest first: a removal that is cut short leaves a generation that was never finished.
  removePin(`${path}/${GENERATION_PINS.manifest}`);
  for (const entry of listPinDirectory(path)) removePin(`${path}/${entry.name}`);
  removePinDirectory(path);
}

/** Opens the map of the counts from before the generation: of each rule in order, then of the default. */
export function openCarried(generation: Generation): BpfMap {
  return openPinnedMap(`${generationPath(generation.name, generation.number)}/${GENERATION_PINS.carried}`);
}

/** Opens the map of the manifest. */
export function openManifest(generation: Generation): BpfMap {
  return openPinnedMap(`${generationPath(generation.name, generation.number)}/${GENERATION_PINS.manifest}`);
}

/** What each rule in order, and then the default, has counted in all: in this generation and before. */
export function totalCounters(generation: Generation): readonly Counter[] {
  using counters = openPinnedMap(`${generationPath(generation.name, generation.number)}/${COUNTERS_MAP}`);
  using carried = openCarried(generation);
  const before = new BigUint64Array(carried.readAll().buffer);
  return readCounters(counters).map((now, index) => ({
    packets: now.packets + Number(before[2 * index] ?? 0n),
    bytes: now.bytes + Number(before[2 * index + 1] ?? 0n),
  }));
}

function readGeneration(name: string, number: number): Generation | undefined {
  const path = generationPath(name, number);
  if (!listPinDirectory(path).some((entry) => entry.name === GENERATION_PINS.manifest)) return undefined;
  const manifest = readManifest(`${path}/${GENERATION_PINS.manifest}`);
  if (manifest === undefined) return undefined;
  using program = openPinnedProgram(`${path}/${GENERATION_PINS.program}`);
  return { name, number, programId: program.id, manifest };
}
