/**
 * How a table is laid out, and what C must know of it.
 *
 *     header | root: 2^rootBits slots of 8 bytes, and one for what is outside | chunks, nodes, leaves, tails
 *
 * Everything behind the root is found by references that count from the start of the table.
 *
 * @module
 */

import { LITTLE_ENDIAN } from "../../net/bytes.ts";
import { LINE_BYTES } from "./memory.ts";

/** Values of up to 32, up to 64, and up to 128 bits: each has its function in C. */
export type IntervalForm = 32 | 64 | 128;

/** Which words hold values of so many bits. */
export function intervalForm(widthBits: number): IntervalForm {
  return widthBits <= 32 ? 32 : widthBits <= 64 ? 64 : 128;
}

/** What C must know of a table when it is loaded; two tables of the same shape can take each other's place. */
export interface IntervalShape {
  /** Bits of the words that hold a value. */
  readonly form: IntervalForm;
  /** Top bits that the root is indexed by. */
  readonly rootBits: number;
  /** Room for the whole table, a multiple of 64. */
  readonly bytes: number;
}

/** Bytes of struct kefir_interval_header. */
export const HEADER_BYTES = 64;
/** Bytes of struct kefir_interval_slot. */
export const SLOT_BYTES = 8;
/** Bytes of the longest thing that a reference leads to: none starts behind the last so many bytes. */
export const LONGEST_BYTES = LINE_BYTES;

/** Bytes of header and root. */
export function rootBytes(rootBits: number): number {
  return HEADER_BYTES + SLOT_BYTES * (2 ** rootBits + 1);
}

/** Whether a table of one shape has room in another. */
export function fitsIntervalShape(shape: IntervalShape, room: IntervalShape): boolean {
  return shape.form === room.form && shape.rootBits === room.rootBits && shape.bytes <= room.bytes;
}

/** Room for so many bytes: up to the next of four steps to the next power of two, so that small changes keep the shape. */
export function capacityFor(bytes: number): number {
  const step = Math.max(LINE_BYTES, 2 ** (29 - Math.clz32(bytes - 1)));
  return Math.ceil(bytes / step) * step;
}

/** The members of struct kefir_interval_shape, in its order: what is set before a program is loaded. */
export function intervalShapeFields(
  shape: IntervalShape,
): { readonly outside: number; readonly limit: number; readonly root: number; readonly masked: number } {
  return { outside: 2 ** shape.rootBits, limit: shape.bytes - LONGEST_BYTES, root: 0, masked: 0 };
}

/** struct kefir_interval_shape, to be put into `.rodata`. */
export function encodeIntervalShape(shape: IntervalShape): Uint8Array<ArrayBuffer> {
  const fields = Object.values(intervalShapeFields(shape));
  const view = new DataView(new ArrayBuffer(4 * fields.length));
  fields.forEach((field, index) => view.setUint32(4 * index, field, LITTLE_ENDIAN));
  return new Uint8Array(view.buffer);
}
