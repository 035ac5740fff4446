/**
 * C structs as typed arrays, by the layouts of abi.ts.
 *
 * @module
 */

import type { Layout } from "./abi.ts";
import { addressOf } from "./memory.ts";

/**
 * Memory of one C struct, zeroed, with `sz` (libbpf's own size field) filled in where the layout has it.
 *
 * Arrays given to {@link Struct.point} are held by the struct's bytes, so that whoever holds `bytes`, and a call that
 * has it as an argument does, keeps everything the struct points at.
 */
export class Struct<L extends Layout> {
  /** The memory, to be given to a call. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly #fields: Layout["fields"];
  readonly #view: DataView;

  /** Zeroed memory of the layout's size. */
  constructor(layout: L) {
    this.bytes = new Uint8Array(layout.size);
    this.#fields = layout.fields;
    this.#view = new DataView(this.bytes.buffer);
    if ("sz" in layout.fields) this.#view.setBigUint64(layout.fields["sz"]![0], BigInt(layout.size), true);
  }

  /** Writes an integer, cut to the field's width. */
  set(field: keyof L["fields"] & string, value: number | bigint): this {
    const [offset, kind] = this.#field(field);
    switch (kind) {
      case "u8":
        this.#view.setUint8(offset, Number(value));
        break;
      case "u16":
        this.#view.setUint16(offset, Number(value), true);
        break;
      case "i32":
      case "u32":
        this.#view.setUint32(offset, Number(value), true);
        break;
      default:
        this.#view.setBigUint64(offset, BigInt(value), true);
    }
    return this;
  }

  /** Writes the address of `target`, and keeps it alive together with {@link Struct.bytes}. */
  point(field: keyof L["fields"] & string, target: Uint8Array<ArrayBuffer>): this {
    held.set(this.bytes, [...held.get(this.bytes) ?? [], target]);
    return this.set(field, addressOf(target));
  }

  /** Reads an integer; a `u64` is cut to 53 bits. */
  get(field: keyof L["fields"] & string): number {
    const [offset, kind] = this.#field(field);
    switch (kind) {
      case "u8":
        return this.#view.getUint8(offset);
      case "u16":
        return this.#view.getUint16(offset, true);
      case "i32":
        return this.#view.getInt32(offset, true);
      case "u32":
        return this.#view.getUint32(offset, true);
      default:
        return Number(this.#view.getBigUint64(offset, true));
    }
  }

  /** The memory from a field on: a view, not a copy. */
  tail(field: keyof L["fields"] & string): Uint8Array<ArrayBuffer> {
    return this.bytes.subarray(this.#field(field)[0]);
  }

  #field(field: string): Layout["fields"][string] {
    const found = this.#fields[field];
    if (found === undefined) throw new TypeError(`no field "${field}"`);
    return found;
  }
}

const held = new WeakMap<Uint8Array, Uint8Array[]>();
