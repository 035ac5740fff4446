/**
 * From a C program and its object file to a program in the kernel, its maps filled.
 *
 * @module
 */

import { type Counter, COUNTERS_MAP, readCounters } from "./counters.ts";
import { generationBytes, isTablePlan, type Plan } from "./classify/plan.ts";
import { instructionSizes, mapEntries } from "./codegen/sizes.ts";
import { type Cprog, type MapContents, mapContents, TABLES_MAP } from "./cprog.ts";
import { logOf } from "./diagnostics/log.ts";
import { setMasks } from "./kernel/immediates.ts";
import { BPF_MAP_FLAG, type BpfMap, createMap, innerMapId, u32Bytes } from "./kernel/map.ts";
import { type LoadedObject, type LoadOptions, type OpenObject, openObject } from "./kernel/object.ts";
import type { BpfProgram } from "./kernel/program.ts";
import type { ObjectFile } from "./toolchain/compile.ts";

/** How a program is loaded. */
export interface LoadCprogOptions extends LoadOptions {
  /**
   * Loads into the hardware of that interface instead of the kernel. What such hardware does not take is a `FilterError` before
   * anything is loaded, with codes `offload-*`: see {@link OpenObject.checkOffload}.
   */
  readonly offloadIfindex?: number;
}

/** A program that the verifier accepted, ready to be attached. Owns its descriptors: disposing closes them. */
export class LoadedFilter implements Disposable {
  /** What was loaded. */
  readonly cprog: Cprog;
  /** What it was loaded from. */
  readonly file: ObjectFile;
  /** Its programs and maps. */
  readonly object: LoadedObject;

  /** Takes over the object; use {@link loadCprog}. */
  constructor(parts: Pick<LoadedFilter, "cprog" | "file" | "object">) {
    this.cprog = parts.cprog;
    this.file = parts.file;
    this.object = parts.object;
  }

  /** The program; it stays this object's. */
  get program(): BpfProgram {
    return this.object.program("kefir");
  }

  /** Whether it counts; see {@link CprogOptions.counts}. */
  get counts(): boolean {
    return this.object.maps().some(({ name }) => name === COUNTERS_MAP);
  }

  /** The map of the counters; it stays this object's. */
  get countersMap(): BpfMap {
    return this.object.map(COUNTERS_MAP);
  }

  /** The kernel's number of the map of its tables, or undefined when its strategy has none. */
  get tablesId(): number | undefined {
    return isTablePlan(this.cprog.plan) ? innerMapId(this.object.map(TABLES_MAP)) : undefined;
  }

  /** The counters of each rule, in order, and then of the default. */
  readCounters(): Counter[] {
    return readCounters(this.countersMap, this.cprog.plan.counters);
  }

  /** Closes all descriptors. */
  [Symbol.dispose](): void {
    this.object[Symbol.dispose]();
  }
}

/**
 * Loads a program and fills its maps. Nothing is attached.
 *
 * @throws FilterError for hardware that would not take it
 * @throws VerifierError when the kernel's verifier refuses it
 * @throws UnavailableError without libbpf or the privilege, or for an interface whose driver takes no programs
 * @throws KernelError when a map cannot be made or filled
 */
export function loadCprog(cprog: Cprog, file: ObjectFile, options: LoadCprogOptions = {}): LoadedFilter {
  using open = openObject(setMasks(file.elf, instructionSizes(cprog.plan)), { name: "kefir" });
  setSizes(open, cprog.plan);
  if (options.offloadIfindex !== undefined) open.setIfindex(options.offloadIfindex);
  const object = open.load(options);
  try {
    for (const contents of mapContents(cprog)) fillMap(object, contents);
    return new LoadedFilter({ cprog, file, object });
  } catch (error) {
    object[Symbol.dispose]();
    throw error;
  }
}

/** Gives maps the sizes that a plan asks for, as {@link instructionSizes} does instructions; see lib/codegen/sizes.ts. */
function setSizes(open: OpenObject, plan: Plan): void {
  const names = open.mapNames();
  // Without counters, or without rules that could hold, there is no such map.
  for (const [map, entries] of mapEntries(plan)) if (names.includes(map)) open.setMapEntries(map, entries);
  const bytes = generationBytes(plan);
  if (bytes > 0) open.setInnerMapValueSize(TABLES_MAP, bytes);
}

/** Puts contents into their map; a generation is a new map, whole before it gets into the slot. */
export function fillMap(loaded: LoadedObject, contents: MapContents): void {
  const { map, kind, values } = contents;
  logOf("kernel").debug(`filling map "${map}" with ${values.length} bytes`, { map, bytes: values.length });
  if (kind === "values") return loaded.map(map).writeAll(values);
  using generation = createGeneration(contents);
  loaded.map(map).setInnerMap(0, generation);
}

/** Creates the map of tables; the caller owns its descriptor. */
export function createGeneration({ values, generationAt, mapped = true }: MapContents): BpfMap {
  const name = "kefir_generation";
  const flags = mapped ? BPF_MAP_FLAG.mmapable : 0;
  const map = createMap({ type: "array", name, keySize: 4, valueSize: values.length, maxEntries: 1, flags });
  try {
    const numbered = generationAt === undefined ? values : values.slice();
    if (generationAt !== undefined) numbered.set(u32Bytes(map.id), generationAt);
    map.update(u32Bytes(0), numbered);
    return map;
  } catch (error) {
    map[Symbol.dispose]();
    throw error;
  }
}
