/**
 * BPF maps: the memory that programs and user space share.
 *
 * Keys and values are bytes as the program sees them: integers little-endian, packet fields in packet order.
 *
 * @module
 */

import { Descriptor, duplicateDescriptor } from "./descriptor.ts";
import { MAP_CREATE_OPTS, MAP_INFO } from "./ffi/abi.ts";
import { BPF_MAP_TYPE } from "./ffi/constants.ts";
import { libbpf } from "./ffi/libbpf.ts";
import { cString, readCString } from "./ffi/memory.ts";
import { Struct } from "./ffi/struct.ts";
import { checkReturn, type KernelCall } from "./gate.ts";
import { lookupBatch, updateBatch } from "./map_batch.ts";
import { perCpuStride, type PerCpuValues, possibleCpus } from "./per_cpu.ts";
import { openPin, pinDescriptor, readObjectInfo } from "./pin.ts";

export { BPF_MAP_FLAG } from "./ffi/constants.ts";

/** The map types that kefir knows by name; anything else is `other`. */
export type MapType =
  | "hash"
  | "array"
  | "progArray"
  | "percpuHash"
  | "percpuArray"
  | "lruHash"
  | "lruPercpuHash"
  | "lpmTrie"
  | "arrayOfMaps"
  | "hashOfMaps"
  | "ringbuf"
  | "other";

/** How {@link BpfMap.update} treats a key: add or overwrite, only add, only overwrite. */
export type UpdateMode = "any" | "new" | "existing";

/** What a map is called and how large it is. */
export interface MapInfo {
  /** Full name where kefir loaded it, else the kernel's, which is cut to 15 characters. */
  readonly name: string;
  /** The kernel's number of the map. */
  readonly id: number;
  /** What kind of map it is. */
  readonly type: MapType;
  /** The same as the number in linux/bpf.h. */
  readonly typeNumber: number;
  /** Bytes of a key. */
  readonly keySize: number;
  /** Bytes of a value; of a per-CPU map, of the value of one CPU. */
  readonly valueSize: number;
  /** How many entries fit. */
  readonly maxEntries: number;
  /** Creation flags as in linux/bpf.h. */
  readonly flags: number;
}

/** An open map. Owns a descriptor; disposing closes that, and the map lives on while a program or a pin holds it. */
export class BpfMap implements MapInfo, Disposable {
  readonly name: string;
  /** The kernel's number of the map. */
  readonly id: number;
  /** What kind of map it is. */
  readonly type: MapType;
  /** The same as the number in linux/bpf.h. */
  readonly typeNumber: number;
  readonly keySize: number;
  readonly valueSize: number;
  /** How many entries fit. */
  readonly maxEntries: number;
  readonly flags: number;
  readonly #descriptor: Descriptor;

  /** Takes over a descriptor. Use {@link openMapById}, {@link openPinnedMap}, {@link createMap} or a loaded object. */
  constructor(descriptor: Descriptor, info: MapInfo) {
    this.#descriptor = descriptor;
    this.name = info.name;
    this.id = info.id;
    this.type = info.type;
    this.typeNumber = info.typeNumber;
    this.keySize = info.keySize;
    this.valueSize = info.valueSize;
    this.maxEntries = info.maxEntries;
    this.flags = info.flags;
  }

  /** The descriptor, which stays the map's. @throws TypeError when closed */
  get fd(): number {
    return this.#descriptor.fd;
  }

  /** Whether the map's descriptor was closed. */
  get closed(): boolean {
    return this.#descriptor.closed;
  }

  /** Bytes of what {@link BpfMap.lookup} gives: for a per-CPU map, one aligned value for each possible CPU. */
  get lookupSize(): number {
    return this.isPerCpu ? perCpuStride(this.valueSize) * possibleCpus() : this.valueSize;
  }

  /** Whether each CPU has its own values. */
  get isPerCpu(): boolean {
    return this.type === "percpuArray" || this.type === "percpuHash" || this.type === "lruPercpuHash";
  }

  /**
   * A copy of the value of `key`, or undefined without one (bpf_map_lookup_elem). A map of maps gives the inner map's
   * id, a 32-bit integer.
   */
  lookup(key: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined {
    this.#checkSize("key", key, this.keySize);
    const value = new Uint8Array(this.lookupSize);
    const returned = libbpf().bpf_map_lookup_elem(this.fd, key, value);
    if (returned === -2) return undefined;
    checkReturn(returned, this.#call("bpf_map_lookup_elem", "read"));
    return value;
  }

  /** Writes the value of `key` (bpf_map_update_elem). @throws KernelError such as E2BIG, EEXIST, ENOENT */
  update(key: Uint8Array<ArrayBuffer>, value: Uint8Array<ArrayBuffer>, mode: UpdateMode = "any"): void {
    this.#checkSize("key", key, this.keySize);
    this.#checkSize("value", value, this.lookupSize);
    const flags = { any: 0n, new: 1n, existing: 2n }[mode];
    checkReturn(
      libbpf().bpf_map_update_elem(this.fd, key, value, flags),
      this.#call("bpf_map_update_elem", "write to", {
        E2BIG: `there is no entry beyond its ${this.maxEntries}`,
        EEXIST: "the key is there already",
        ENOENT: "the key is not there",
        EPERM: "it is frozen",
      }),
    );
  }

  /**
   * Puts `inner` into slot `index` of an array of maps. The swap is atomic: a program that runs meanwhile sees the old
   * map or the new one, and the call returns when no program can still see the old one.
   */
  setInnerMap(index: number, inner: BpfMap): void {
    this.update(u32Bytes(index), u32Bytes(inner.fd));
  }

  /** Removes `key` (bpf_map_delete_elem). Returns false without one. */
  delete(key: Uint8Array<ArrayBuffer>): boolean {
    this.#checkSize("key", key, this.keySize);
    const returned = libbpf().bpf_map_delete_elem(this.fd, key);
    if (returned === -2) return false;
    checkReturn(returned, this.#call("bpf_map_delete_elem", "delete from"));
    return true;
  }

  /** The keys, each a copy (bpf_map_get_next_key). A key deleted meanwhile makes a hash start over. */
  *keys(): Generator<Uint8Array<ArrayBuffer>> {
    let key: Uint8Array<ArrayBuffer> | null = null;
    while (true) {
      const next: Uint8Array<ArrayBuffer> = new Uint8Array(this.keySize);
      const returned = libbpf().bpf_map_get_next_key(this.fd, key, next);
      if (returned === -2) return;
      checkReturn(returned, this.#call("bpf_map_get_next_key", "list the keys of"));
      yield next.slice();
      key = next;
    }
  }

  /** Every value of an array map, one after the other, `maxEntries * lookupSize` bytes. */
  readAll(): Uint8Array<ArrayBuffer> {
    this.#checkArray("read all of");
    return lookupBatch(this);
  }

  /** Writes the first entries of an array map: values one after the other, each of `lookupSize` bytes. */
  writeAll(values: Uint8Array<ArrayBuffer>): void {
    this.#checkArray("write all of");
    const count = values.length / this.lookupSize;
    if (!Number.isInteger(count) || count > this.maxEntries) {
      throw new RangeError(
        `Cannot write to map "${this.name}": ${values.length} bytes are not at most ${this.maxEntries} values of ` +
          `${this.lookupSize} bytes`,
      );
    }
    const keys = Uint32Array.from({ length: count }, (_, index) => index);
    updateBatch(this, new Uint8Array(keys.buffer), values);
  }

  /** Writes many entries of any map: as many keys as values, each one after the other. Not atomic. */
  updateAll(keys: Uint8Array<ArrayBuffer>, values: Uint8Array<ArrayBuffer>): void {
    const count = keys.length / this.keySize;
    this.#checkSize("list of values", values, count * this.lookupSize);
    updateBatch(this, keys, values);
  }

  /** The values that all CPUs have at one index of a per-CPU array. */
  readPerCpu(index: number): PerCpuValues {
    this.#checkPerCpu();
    const bytes = this.lookup(u32Bytes(index));
    if (bytes === undefined) {
      throw new RangeError(`Cannot read index ${index} of map "${this.name}": it has ${this.maxEntries} entries`);
    }
    return { bytes, entries: 1, cpus: possibleCpus(), strideBytes: perCpuStride(this.valueSize) };
  }

  /** The values that all CPUs have at every index of a per-CPU array. */
  readAllPerCpu(): PerCpuValues {
    this.#checkPerCpu();
    const bytes = this.readAll();
    return { bytes, entries: this.maxEntries, cpus: possibleCpus(), strideBytes: perCpuStride(this.valueSize) };
  }

  /** Lets user space write no more, for good (bpf_map_freeze); programs still can unless the map forbids it. */
  freeze(): void {
    checkReturn(libbpf().bpf_map_freeze(this.fd), this.#call("bpf_map_freeze", "freeze"));
  }

  /** Gives the map a name on the BPF file system; see {@link pinDescriptor} for the errors. */
  pin(path: string): void {
    pinDescriptor(this.fd, `map "${this.name}"`, path);
  }

  /** A second owner of the same map, to outlive this one. */
  duplicate(): BpfMap {
    const what = `map "${this.name}"`;
    return new BpfMap(new Descriptor(duplicateDescriptor(this.fd, what), what), this);
  }

  /** Closes the descriptor; a second call does nothing. */
  [Symbol.dispose](): void {
    this.#descriptor.close();
  }

  #call(operation: string, action: string, hints: KernelCall["hints"] = {}): KernelCall {
    return { operation, action, target: `map "${this.name}"`, hints };
  }

  #checkSize(what: string, bytes: Uint8Array, size: number): void {
    // The kernel reads and writes that many bytes whatever the array's length: a short one would corrupt memory.
    if (bytes.length === size) return;
    throw new RangeError(`Cannot use the ${what} for map "${this.name}": ${bytes.length} bytes, should be ${size}`);
  }

  #checkArray(action: string): void {
    if (this.type === "array" || this.type === "percpuArray") return;
    throw new TypeError(`Cannot ${action} map "${this.name}": it is of type ${this.type}, should be an array`);
  }

  #checkPerCpu(): void {
    if (this.type === "percpuArray") return;
    throw new TypeError(`Cannot read map "${this.name}" by CPU: it is of type ${this.type}, should be percpuArray`);
  }
}

/** What {@link createMap} takes. */
export interface CreateMapOptions {
  /** What kind of map it is. */
  readonly type: Exclude<MapType, "other">;
  /** Letters, digits, `_` and `.`; the kernel keeps 15 characters. */
  readonly name: string;
  /** Bytes of a key. */
  readonly keySize: number;
  /** Bytes of a value; of a per-CPU map, of the value of one CPU. */
  readonly valueSize: number;
  /** How many entries fit. */
  readonly maxEntries: number;
  /** Sum of {@link BPF_MAP_FLAG} values. */
  readonly flags?: number;
  /** What the inner maps of a map of maps look like. */
  readonly innerMap?: BpfMap;
}

/** The kernel's number of the map in the first slot of an array of maps, or undefined when there is none. */
export function innerMapId(map: BpfMap): number | undefined {
  const value = map.lookup(u32Bytes(0));
  return value === undefined ? undefined : new Uint32Array(value.buffer)[0];
}

/** Creates a map (bpf_map_create). @throws KernelError, UnavailableError */
export function createMap(options: CreateMapOptions): BpfMap {
  const { type, name, keySize, valueSize, maxEntries } = options;
  const opts = new Struct(MAP_CREATE_OPTS).set("map_flags", options.flags ?? 0);
  if (options.innerMap !== undefined) opts.set("inner_map_fd", options.innerMap.fd);
  // The name is copied by the kernel; both arrays are only read until the call returns.
  const cName = cString(name);
  const fd = libbpf().bpf_map_create(BPF_MAP_TYPE[type], cName, keySize, valueSize, maxEntries, opts.bytes);
  const hints = { EINVAL: `the kernel refuses ${type} with keys of ${keySize} and values of ${valueSize} bytes` };
  checkReturn(fd, { operation: "bpf_map_create", action: "create", target: `map "${name}"`, hints });
  return adoptMap(fd, name);
}

/** Opens a map by its id (bpf_map_get_fd_by_id). @throws KernelError with ENOENT without one */
export function openMapById(id: number): BpfMap {
  const fd = libbpf().bpf_map_get_fd_by_id(id);
  return adoptMap(checkReturn(fd, { operation: "bpf_map_get_fd_by_id", action: "open", target: `map ${id}` }));
}

/** Opens a pinned map; see {@link openPin} for the errors. */
export function openPinnedMap(path: string): BpfMap {
  return adoptMap(openPin("map", path));
}

/** Takes over the descriptor of a map, closing it should the kernel refuse to say what it is. */
export function adoptMap(fd: number, name?: string): BpfMap {
  const descriptor = new Descriptor(fd, name === undefined ? "the map" : `map "${name}"`);
  try {
    const info = readObjectInfo(fd, MAP_INFO);
    return new BpfMap(descriptor, {
      name: name ?? readCString(info.tail("name").subarray(0, 16)),
      id: info.get("id"),
      type: TYPE_NAMES.get(info.get("type")) ?? "other",
      typeNumber: info.get("type"),
      keySize: info.get("key_size"),
      valueSize: info.get("value_size"),
      maxEntries: info.get("max_entries"),
      flags: info.get("map_flags"),
    });
  } catch (error) {
    descriptor.close();
    throw error;
  }
}

/** A 32-bit integer as the four little-endian bytes of a key or value. */
export function u32Bytes(value: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Uint32Array.of(value).buffer);
}

const TYPE_NAMES: ReadonlyMap<number, MapType> = new Map(
  Object.entries(BPF_MAP_TYPE).map(([name, type]) => [type, name as keyof typeof BPF_MAP_TYPE]),
);
