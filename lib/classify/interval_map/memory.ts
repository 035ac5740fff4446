/**
 * Growing memory in 64-byte nodes.
 *
 * @module
 */

/** Bytes of a node: a cache line. */
export const NODE_BYTES = 64;

/** The machine's byte order, which the tables are in. */
export const LITTLE: boolean = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Memory that doubles when it is full; the views are replaced then. */
export class Memory {
  /** Units handed out so far. */
  used = 0;
  u16: Uint16Array<ArrayBuffer>;
  u32: Uint32Array<ArrayBuffer>;
  readonly #unitBytes: number;

  constructor(units: number, unitBytes: number = NODE_BYTES) {
    this.#unitBytes = unitBytes;
    const buffer = new ArrayBuffer(Math.max(64, units) * unitBytes);
    this.u16 = new Uint16Array(buffer);
    this.u32 = new Uint32Array(buffer);
  }

  /** Takes zeroed units and returns the index of the first. */
  take(units: number): number {
    const first = this.used;
    this.used += units;
    if (this.used * this.#unitBytes > this.u32.byteLength) {
      const buffer = new ArrayBuffer(Math.max(this.used * this.#unitBytes, 2 * this.u32.byteLength));
      const grown = new Uint32Array(buffer);
      grown.set(this.u32);
      this.u32 = grown;
      this.u16 = new Uint16Array(buffer);
    }
    return first;
  }

  /** What was handed out, as bytes. */
  bytes(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.u32.buffer, 0, this.used * this.#unitBytes);
  }
}
