/**
 * What a loaded object consists of.
 *
 * @module
 */

import type { BpfMap } from "./map.ts";
import type { BpfProgram } from "./program.ts";

/** What {@link LoadedObject} is made of; it takes over the programs and maps. */
export interface LoadedObjectParts {
  /** What the object is called. */
  readonly name: string;
  /** In the order of the file. */
  readonly programs: readonly BpfProgram[];
  /** In the order of the file. */
  readonly maps: readonly BpfMap[];
  /** What the verifier wrote, empty unless it was asked to. */
  readonly verifierLog: string;
}

/**
 * Programs and maps in the kernel, not attached yet. Disposing closes the descriptors of all of them: what is attached
 * or pinned lives on, the rest is gone. A program or map to be kept longer is to be duplicated.
 */
export class LoadedObject implements Disposable {
  /** What the object is called. */
  readonly name: string;
  /** The verifier's log when {@link LoadOptions.logLevel} asked for one, of all programs; else empty. */
  readonly verifierLog: string;
  readonly #programs: readonly BpfProgram[];
  readonly #maps: readonly BpfMap[];

  /** Takes over programs and maps; use {@link openObject} and its `load`. */
  constructor(parts: LoadedObjectParts) {
    this.name = parts.name;
    this.verifierLog = parts.verifierLog;
    this.#programs = parts.programs;
    this.#maps = parts.maps;
  }

  /**
   * The program of that name, or the only one there is. It stays the object's, and is closed with it.
   *
   * @throws TypeError when there is no such program, or more than one to choose from
   */
  program(name?: string): BpfProgram {
    const found = name === undefined ? this.#programs : this.#programs.filter((program) => program.name === name);
    const [program] = found;
    if (program !== undefined && found.length === 1) return program;
    const names = this.#programs.map((one) => `"${one.name}"`).join(", ") || "none";
    const asked = name === undefined ? "the only program" : `program "${name}"`;
    throw new TypeError(`Cannot find ${asked} of object "${this.name}": it has ${names}`);
  }

  /**
   * The map of that name, or of that section, such as `.rodata`. It stays the object's, and is closed with it.
   *
   * @throws TypeError when there is no such map
   */
  map(name: string): BpfMap {
    return this.#maps[indexOfMap(this.#maps.map((map) => map.name), name, this.name)]!;
  }

  /** All programs, in the order of the file. */
  programs(): readonly BpfProgram[] {
    return this.#programs;
  }

  /** All maps, in the order of the file; those of sections are named `OBJECT.SECTION`. */
  maps(): readonly BpfMap[] {
    return this.#maps;
  }

  /** Closes all descriptors; a second call does nothing. */
  [Symbol.dispose](): void {
    for (const program of this.#programs) program[Symbol.dispose]();
    for (const map of this.#maps) map[Symbol.dispose]();
  }
}

/**
 * The place of a map in a list of names, by its name or by that of its section.
 *
 * @throws TypeError that lists the names when it is not there
 */
export function indexOfMap(names: readonly string[], name: string, objectName: string): number {
  const exact = names.indexOf(name);
  const index = exact < 0 && name.startsWith(".") ? names.findIndex((one) => one.endsWith(name)) : exact;
  if (index >= 0) return index;
  const known = names.map((one) => `"${one}"`).join(", ") || "none";
  throw new TypeError(`Cannot find map "${name}" of object "${objectName}": it has ${known}`);
}
