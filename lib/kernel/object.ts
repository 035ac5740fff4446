/**
 * ELF bytes to loaded programs and maps: {@link openObject}, settings, {@link OpenObject.load}.
 *
 *     openObject ──▶ OpenObject ──load()──▶ LoadedObject ──program(), map()──▶ attach
 *                    sizes, initial values
 *
 * @module
 */

import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { FilterError } from "../diagnostics/errors.ts";
import { libbpf } from "./ffi/libbpf.ts";
import { explainFailure } from "./ffi/messages.ts";
import type { Handle } from "./ffi/memory.ts";
import { mapHandles, mapName, openHandle, programHandles, programName, programSection } from "./ffi/object_handles.ts";
import { checkReturn, kernelError } from "./gate.ts";
import { indexOfMap, type LoadedObject } from "./loaded_object.ts";
import { helpersCalled } from "./instructions.ts";
import type { BpfMap } from "./map.ts";
import { checkOffload } from "./offload.ts";
import { loadObject, type LoadOptions } from "./object_load.ts";

export type { LoadOptions, VerifierLogLevel } from "./object_load.ts";
export type { LoadedObject } from "./loaded_object.ts";

/** What {@link openObject} takes. */
export interface OpenObjectOptions {
  /** Names the object in errors, and the maps of its sections: `NAME.rodata`, cut to 15 characters. */
  readonly name: string;
}

/**
 * Reads a BPF object file (bpf_object__open_mem). Nothing is in the kernel yet.
 *
 * @param elf the file's bytes; libbpf copies what it needs
 * @throws KernelError when it is not a BPF object that libbpf understands
 * @throws UnavailableError without libbpf or the permission to use it
 */
export function openObject(elf: Uint8Array<ArrayBuffer>, options: OpenObjectOptions): OpenObject {
  return new OpenObject(elf, options.name);
}

type Setting = (handle: Handle) => void;

/** An object whose maps can still be changed. Disposing frees it; {@link OpenObject.load} consumes it. */
export class OpenObject implements Disposable {
  /** What the object is called. */
  readonly name: string;
  readonly #elf: Uint8Array<ArrayBuffer>;
  readonly #settings: Setting[] = [];
  // As the file has them, in its order: a map that is reused takes the name of the existing one.
  readonly #mapNames: readonly string[];
  #handle: Handle | undefined;
  #ifindex: number | undefined;

  /** Opens an object; use {@link openObject}. */
  constructor(elf: Uint8Array<ArrayBuffer>, name: string) {
    this.name = name;
    this.#elf = elf;
    const handle = open(elf, name);
    this.#handle = handle;
    this.#mapNames = mapHandles(handle).map(mapName);
  }

  /** Names of the object's maps; those of sections are like `NAME.rodata` and also answer to `.rodata`. */
  mapNames(): readonly string[] {
    return this.#mapNames;
  }

  /** Names of the object's programs: those of the C functions. */
  programNames(): readonly string[] {
    return programHandles(this.#open()).map(programName);
  }

  /** Sets how many entries a map will have (bpf_map__set_max_entries). */
  setMapEntries(map: string, maxEntries: number): this {
    return this.#set(
      "bpf_map__set_max_entries",
      map,
      (handle) => libbpf().bpf_map__set_max_entries(handle, maxEntries),
    );
  }

  /** Sets the size of a map's values in bytes (bpf_map__set_value_size). Not for the maps of sections. */
  setMapValueSize(map: string, bytes: number): this {
    if (libbpf().bpf_map__is_internal(this.#find(this.#open(), map))) {
      // libbpf 1.1.2 fails to grow a section's memory and crashes when it frees it.
      throw new TypeError(`Cannot set the value size of map "${map}": a section has the size that its variables have`);
    }
    return this.#set("bpf_map__set_value_size", map, (handle) => libbpf().bpf_map__set_value_size(handle, bytes));
  }

  /** Sets the size in bytes of the values of the maps within a map of maps that the C declares. */
  setInnerMapValueSize(map: string, bytes: number): this {
    return this.#set("bpf_map__inner_map", map, (handle) => {
      const inner = libbpf().bpf_map__inner_map(handle);
      return inner === null ? -22 : libbpf().bpf_map__set_value_size(inner, bytes);
    });
  }

  /** Says what the maps within a map of maps look like, by an example (bpf_map__set_inner_map_fd). */
  setInnerMap(map: string, inner: BpfMap): this {
    return this.#set("bpf_map__set_inner_map_fd", map, (handle) =>
      // libbpf duplicates what it needs of the descriptor before it returns: the inner map's definition.
      libbpf().bpf_map__set_inner_map_fd(handle, inner.fd));
  }

  /**
   * Sets the first contents of a section such as `.rodata` (bpf_map__set_initial_value).
   *
   * @throws RangeError when the size is not the section's
   */
  setInitialValue(map: string, bytes: Uint8Array<ArrayBuffer>): this {
    const size = libbpf().bpf_map__value_size(this.#find(this.#open(), map));
    if (bytes.length !== size) {
      throw new RangeError(`Cannot set the value of map "${map}": ${bytes.length} bytes, should be ${size}`);
    }
    const copy = bytes.slice();
    return this.#set("bpf_map__set_initial_value", map, (handle) =>
      // libbpf copies the bytes before it returns.
      libbpf().bpf_map__set_initial_value(handle, copy, BigInt(copy.length)));
  }

  /**
   * Makes the object use a map that exists, which must stay open until the load, instead of creating one
   * (bpf_map__reuse_fd). The loaded object has it under the name in the file.
   *
   * @throws TypeError when its type or sizes are not those in the file; the number of entries may differ
   */
  reuseMap(map: string, existing: BpfMap): this {
    // libbpf would take over whatever the map has, and the program read past its values' end, were it not for this.
    const handle = this.#find(this.#open(), map);
    const wanted = `${libbpf().bpf_map__type(handle)}, ${libbpf().bpf_map__key_size(handle)}, ` +
      `${libbpf().bpf_map__value_size(handle)}`;
    const found = `${existing.typeNumber}, ${existing.keySize}, ${existing.valueSize}`;
    if (wanted !== found) {
      throw new TypeError(
        `Cannot use map "${existing.name}" as "${map}": its type number, key and value size are ${found}, should be ${wanted}`,
      );
    }
    return this.#set("bpf_map__reuse_fd", map, (handle) => libbpf().bpf_map__reuse_fd(handle, existing.fd));
  }

  /**
   * Loads programs and maps into the hardware of an interface instead of the kernel (bpf_program__set_ifindex,
   * bpf_map__set_ifindex).
   */
  setIfindex(ifindex: number): this {
    this.#apply((handle) => {
      for (const map of mapHandles(handle)) libbpf().bpf_map__set_ifindex(map, ifindex);
      for (const program of programHandles(handle)) libbpf().bpf_program__set_ifindex(program, ifindex);
    });
    this.#ifindex = ifindex;
    return this;
  }

  /** Everything about the object that keeps it out of the hardware of any interface; see {@link OpenObject.setIfindex}. */
  checkOffload(): readonly Diagnostic[] {
    const handle = this.#open();
    const maps = mapHandles(handle).map((map, index) => ({
      name: this.#mapNames[index]!,
      type: libbpf().bpf_map__type(map),
      flags: libbpf().bpf_map__map_flags(map),
      keySize: libbpf().bpf_map__key_size(map),
      valueSize: libbpf().bpf_map__value_size(map),
    }));
    const sections = programHandles(handle).map(programSection);
    return checkOffload({ sections, maps, helpers: helpersCalled(this.#elf) });
  }

  /**
   * Creates the maps and has the kernel verify and load the programs (bpf_object__load). The object is used up, whether
   * that succeeds or not.
   *
   * @throws VerifierError when a program is refused, with the whole log
   * @throws RangeError for a log level that does not exist
   * @throws KernelError when a map cannot be created
   * @throws FilterError with what {@link OpenObject.checkOffload} finds, when it is to go into hardware; it is not used up then
   * @throws UnavailableError without CAP_BPF and CAP_NET_ADMIN, or when the interface's driver takes no programs
   */
  load(options: LoadOptions = {}): LoadedObject {
    const handle = this.#open();
    const ifindex = this.#ifindex;
    const findings = ifindex === undefined ? [] : this.checkOffload();
    if (findings.length > 0) throw new FilterError(findings);
    this.#handle = undefined;
    const reopen = (): Handle => {
      const again = open(this.#elf, this.name);
      for (const setting of this.#settings) setting(again);
      return again;
    };
    const source = {
      handle,
      reopen,
      name: this.name,
      mapNames: this.#mapNames,
      ...(ifindex !== undefined && { ifindex }),
    };
    return loadObject(source, options);
  }

  /** Frees the object; a second call, or one after {@link OpenObject.load}, does nothing. */
  [Symbol.dispose](): void {
    const handle = this.#handle;
    this.#handle = undefined;
    if (handle !== undefined) libbpf().bpf_object__close(handle);
  }

  #open(): Handle {
    if (this.#handle === undefined) throw new TypeError(`Cannot use object "${this.name}": it was loaded or closed`);
    return this.#handle;
  }

  #find(handle: Handle, map: string): Handle {
    return mapHandles(handle)[indexOfMap(this.#mapNames, map, this.name)]!;
  }

  #set(operation: string, map: string, change: (map: Handle) => number): this {
    this.#apply((handle) => {
      const call = { operation, action: "change", target: `map "${map}" of object "${this.name}"` };
      const { result, messages } = explainFailure(() => change(this.#find(handle, map)));
      checkReturn(result, { ...call, messages });
    });
    return this;
  }

  #apply(setting: Setting): void {
    setting(this.#open());
    // Loading may have to start over with a new handle, to which the settings are applied again.
    this.#settings.push(setting);
  }
}

function open(elf: Uint8Array<ArrayBuffer>, name: string): Handle {
  const { result, messages } = explainFailure(() => openHandle(elf, name));
  if (typeof result !== "number") return result;
  throw kernelError(-result, {
    operation: "bpf_object__open_mem",
    action: "open",
    target: `object "${name}"`,
    messages,
  });
}
