/**
 * Values of fields written into headers.
 *
 * @module
 */

import type { ConcreteField, LayerName } from "../model/field.ts";
import { type Slice, sliceOf, type SliceStart } from "../model/layers.ts";
import { allOnes } from "../net/bytes.ts";

/** A field and its value; host order. */
export type FieldValue = readonly [field: ConcreteField, value: bigint];

/** Bytes in packet order. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** A header with the values of a layer that begins at an offset in it. */
export function fillLayer(header: Bytes, values: readonly FieldValue[], layer: LayerName, offsetBytes = 0): Bytes {
  for (const [field, value] of values) {
    if (field.layer !== layer) continue;
    writeBits(header, { offsetBits: field.offsetBits + 8 * offsetBytes, widthBits: field.widthBits }, value);
  }
  return header;
}

/** Bytes with the values of slices that are counted from an offset in them, longer where the slices are. */
export function fillSlices(bytes: Bytes, values: readonly FieldValue[], start: SliceStart, offsetBytes = 0): Bytes {
  let whole = bytes;
  for (const [{ layer, offsetBits, widthBits }, value] of values) {
    const slice = sliceOf(layer);
    if (slice?.start !== start) continue;
    const from = offsetBytes + slice.offsetBytes;
    whole = atLeast(whole, from + slice.bytes);
    writeBits(whole, { offsetBits: 8 * from + offsetBits, widthBits }, value);
  }
  return whole;
}

/** The slices that values are of. */
export function slicesOf(values: readonly FieldValue[]): readonly Slice[] {
  return values.map(([{ layer }]) => sliceOf(layer)).filter((slice) => slice !== undefined);
}

/** The bytes, with zeros behind them up to a length. */
export function atLeast(bytes: Bytes, length: number): Bytes {
  if (bytes.length >= length) return bytes;
  const whole = new Uint8Array(length);
  whole.set(bytes);
  return whole;
}

/** Parts behind each other. */
export function joinBytes(...parts: readonly Uint8Array[]): Bytes {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Two bytes in network order. */
export function be16(value: number): [number, number] {
  return [value >> 8 & 0xff, value & 0xff];
}

/** Puts a value at a place; bits beyond the end are lost. */
export function writeBits(
  bytes: Bytes,
  { offsetBits, widthBits }: { readonly offsetBits: number; readonly widthBits: number },
  value: bigint,
): void {
  const endByte = (offsetBits + widthBits + 7) >> 3;
  const shift = BigInt(endByte * 8 - offsetBits - widthBits);
  let shifted = (value & allOnes(widthBits)) << shift;
  let mask = allOnes(widthBits) << shift;
  for (let index = endByte - 1; mask > 0n; index--, shifted >>= 8n, mask >>= 8n) {
    const bits = Number(mask & 0xffn);
    bytes[index] = (bytes[index] ?? 0) & ~bits | Number(shifted & 0xffn) & bits;
  }
}
