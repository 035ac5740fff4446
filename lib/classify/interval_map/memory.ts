/**
 * The memory of a table while it grows.
 *
 * @module
 */

import { INTERVAL_LIMITS } from "./limits.ts";

/** Bytes of a cache line: what is taken starts at a multiple. */
export const LINE_BYTES = 64;

/** Thrown when a table outgrows its limit; {@link buildIntervalMap} makes a refusal of it. */
export class TableFull extends Error {}

/**
 * Memory that doubles when it is full. The views are replaced then: `memory.u32[at] = f()` writes to the old one when `f`
 * takes memory. Offsets are bytes from the start of the table.
 */
export class Memory {
  u16: Uint16Array<ArrayBuffer>;
  u32: Uint32Array<ArrayBuffer>;
  readonly #maxBytes: number;
  #used = 0;
  #freeHalf = 0;
  #freeTail = 0;

  constructor(options: { readonly expectedBytes: number; readonly maxBytes: number }) {
    this.#maxBytes = Math.min(options.maxBytes, INTERVAL_LIMITS.maxBytes);
    const buffer = new ArrayBuffer(lines(Math.min(options.expectedBytes, this.#maxBytes)));
    this.u16 = new Uint16Array(buffer);
    this.u32 = new Uint32Array(buffer);
  }

  /** Bytes handed out so far. */
  get used(): number {
    return this.#used;
  }

  /** Takes zeroed bytes at a multiple of {@link LINE_BYTES}, or of a larger power of two. @throws TableFull */
  take(bytes: number, align: number = LINE_BYTES): number {
    const first = Math.ceil(this.#used / align) * align;
    this.#used = first + lines(bytes);
    if (this.#used > this.#maxBytes) throw new TableFull(`over ${this.#maxBytes} bytes`);
    if (this.#used > this.u32.byteLength) {
      const buffer = new ArrayBuffer(Math.max(this.#used, Math.min(2 * this.u32.byteLength, lines(this.#maxBytes))));
      const grown = new Uint32Array(buffer);
      grown.set(this.u32);
      this.u32 = grown;
      this.u16 = new Uint16Array(buffer);
    }
    return first;
  }

  /** Takes half a line, the other half of one if there is any. @throws TableFull */
  takeHalf(): number {
    if (this.#freeHalf === 0) {
      this.#freeHalf = this.take(LINE_BYTES) + LINE_BYTES / 2;
      return this.#freeHalf - LINE_BYTES / 2;
    }
    const half = this.#freeHalf;
    this.#freeHalf = 0;
    return half;
  }

  /** Takes a quarter of a line. @throws TableFull */
  takeQuarter(): number {
    if (this.#freeTail % LINE_BYTES === 0) this.#freeTail = this.take(LINE_BYTES);
    const tail = this.#freeTail;
    this.#freeTail += LINE_BYTES / 4;
    return tail;
  }

  /** The table, with zeros up to so many bytes. */
  bytes(size: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(size);
    bytes.set(new Uint8Array(this.u32.buffer, 0, this.#used));
    return bytes;
  }
}

function lines(bytes: number): number {
  return Math.ceil(bytes / LINE_BYTES) * LINE_BYTES;
}
