/**
 * The values of an array map as memory of this process: writing one is no system call.
 *
 * @module
 */

import { LITTLE_ENDIAN } from "../net/bytes.ts";
import { Buffer } from "node:buffer";
import { BPF_MAP_FLAG, MAP_SHARED, PROT_READ_WRITE } from "./ffi/constants.ts";
import { lastErrno, libc } from "./ffi/libc.ts";
import { foreignBuffer, type Handle, isFailedMapping } from "./ffi/memory.ts";
import { kernelError } from "./gate.ts";
import type { BpfMap } from "./map.ts";

/**
 * Maps the values of an array map (mmap(2)), which must have been made with `BPF_MAP_FLAG.mmapable`. They stay what they are
 * when the map is closed, until the memory is.
 *
 * @throws TypeError for a map that is no such array
 * @throws KernelError such as EPERM for one that is frozen
 */
export function mapMemory(map: BpfMap): MappedMemory {
  if (map.type !== "array" || (map.flags & BPF_MAP_FLAG.mmapable) === 0) {
    throw new TypeError(`Cannot map "${map.name}": it is no array that was made to be mapped`);
  }
  // Values are at multiples of eight bytes (kernel/bpf/arraymap.c); the kernel maps whole pages.
  const length = Math.ceil(map.valueSize / 8) * 8 * map.maxEntries;
  const address = libc().mmap(null, BigInt(length), PROT_READ_WRITE, MAP_SHARED, map.fd, 0n);
  if (address === null || isFailedMapping(address)) {
    throw kernelError(-lastErrno(), { operation: "mmap", action: "map", target: `map "${map.name}"` });
  }
  return new MappedMemory(address, length);
}

/** Memory that programs read. Owns the mapping; disposing ends it. */
export class MappedMemory implements Disposable {
  /** Bytes. */
  readonly length: number;
  #address: Handle | undefined;
  // Never handed out: a view of memory that is unmapped would end the process.
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #words: BigInt64Array<ArrayBuffer>;

  /** Takes over the mapping; use {@link mapMemory}. */
  constructor(address: Handle, length: number) {
    this.length = length;
    this.#address = address;
    const buffer = foreignBuffer(address, length);
    this.#bytes = new Uint8Array(buffer);
    this.#words = new BigInt64Array(buffer);
  }

  /** A copy of some bytes. @throws RangeError beyond the end */
  read(offset: number, length: number): Uint8Array<ArrayBuffer> {
    this.#check(offset, length);
    return this.#bytes.slice(offset, offset + length);
  }

  /**
   * Writes bytes, in no order; but 8 of them at a multiple of 8 at once, and after all that was written before: a program sees
   * the old word or the new one, and with the new one all the rest.
   *
   * @throws RangeError beyond the end
   */
  write(offset: number, bytes: Uint8Array<ArrayBuffer>): void {
    this.#check(offset, bytes.length);
    if (bytes.length !== 8 || offset % 8 !== 0) return this.#bytes.set(bytes, offset);
    const word = new DataView(bytes.buffer, bytes.byteOffset).getBigInt64(0, LITTLE_ENDIAN);
    Atomics.store(this.#words, offset / 8, word);
  }

  /** Whether the memory begins with these bytes. */
  startsWith(bytes: Uint8Array): boolean {
    this.#check(0, bytes.length);
    return Buffer.compare(this.#bytes.subarray(0, bytes.length), bytes) === 0;
  }

  /** Ends the mapping; a second call does nothing. */
  [Symbol.dispose](): void {
    const address = this.#address;
    this.#address = undefined;
    if (address !== undefined) libc().munmap(address, BigInt(this.length));
  }

  #check(offset: number, length: number): void {
    if (this.#address === undefined) throw new TypeError("Cannot use the memory of a map: it was closed");
    if (Number.isInteger(offset) && offset >= 0 && offset + length <= this.length) return;
    throw new RangeError(`Cannot use ${length} bytes at ${offset}: the memory has ${this.length}`);
  }
}
