/**
 * Reads the bytes of an interval map as the C does, one value at a time: for tests and explanations.
 *
 * @module
 */

import { HEADER_BYTES, intervalOffsets, type IntervalShape, SLOT_BYTES } from "./layout.ts";
import { LITTLE, NODE_BYTES } from "./memory.ts";
import { INNER_KEYS, INNER_LANE, LANE_UNUSED, LEAF_CLASS, LEAF_KEYS } from "./narrow.ts";
import { REFERENCE_BITS, REFERENCE_SUBTREE, REFERENCE_TAIL } from "./reference.ts";
import { TAIL_BYTES, WIDE_INNER_KEYS, WIDE_LEAF_CLASS, WIDE_LEAF_EQUAL, WIDE_LEAF_KEYS } from "./wide.ts";

/** The class of a value: what the program would find. */
export function lookupInterval(
  map: { readonly bytes: Uint8Array<ArrayBuffer>; readonly shape: IntervalShape },
  value: bigint,
): number {
  const { bytes, shape } = map;
  const table: Table = {
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    ...intervalOffsets(shape),
  };
  const wordBits = BigInt(shape.form === 128 ? 64 : shape.form);
  const all = (1n << BigInt(shape.form)) - 1n;
  const inWords = (at: number): bigint =>
    shape.form === 128 ? (u64(table, at) << 64n) | u64(table, at + 8) : u64(table, at);
  if (((value ^ inWords(0)) & inWords(16)) !== 0n) return u32(table, 40);
  const shifted = (value << BigInt(u32(table, 32) + 64 * u32(table, 36))) & all;
  const high = shape.form === 128 ? shifted >> 64n : shifted;
  const top = Number(high >> (wordBits - 32n));
  const slot = HEADER_BYTES + SLOT_BYTES * (top >>> (32 - shape.rootBits));
  const chunk = (u32(table, slot) + (top >>> table.view.getUint8(slot + 4))) >>> 0;
  const reference = u32(table, table.chunkOffset + 4 * chunk);
  if (shape.form === 32) {
    return narrowTree(table, reference, (top >>> table.view.getUint8(slot + 5)) & (LANE_UNUSED - 1));
  }
  const found = wideTree(table, reference, high);
  if ((found & REFERENCE_SUBTREE) === 0) return found;
  const low = shifted & 0xffff_ffff_ffff_ffffn;
  if ((found & REFERENCE_TAIL) === 0) return wideTree(table, found, low);
  const tail = table.tailOffset + TAIL_BYTES * (found & INDEX_MASK);
  const key = u64(table, tail);
  return u16(table, tail + (low === key ? 8 : low < key ? 10 : 12));
}

interface Table {
  readonly view: DataView;
  readonly chunkOffset: number;
  readonly nodeOffset: number;
  readonly tailOffset: number;
}

const INDEX_MASK = 2 ** REFERENCE_BITS - 1;

function narrowTree(table: Table, reference: number, lane: number): number {
  const rank = (at: number, keys: number): number => {
    let below = 0;
    for (let key = 0; key < keys; key++) if (u16(table, at + 2 * key) <= lane) below++;
    return below;
  };
  let at = nodeAt(table, reference);
  for (let height = heightOf(reference); height > 0; height--) {
    at = nodeAt(table, u32(table, at) + rank(at + 2 * INNER_LANE, INNER_KEYS));
  }
  return u16(table, at + 2 * (LEAF_CLASS + rank(at, LEAF_KEYS + 1)));
}

function wideTree(table: Table, reference: number, key: bigint): number {
  const rank = (at: number, keys: number): number => {
    let below = 0;
    for (let index = 0; index < keys; index++) if (u64(table, at + 8 * index) <= key) below++;
    return below;
  };
  let at = nodeAt(table, reference);
  for (let height = heightOf(reference); height > 0; height--) {
    at = nodeAt(table, u32(table, at) + Math.min(rank(at + 8, WIDE_INNER_KEYS), u32(table, at + 4)));
  }
  const before = rank(at, WIDE_LEAF_KEYS);
  const last = (before - 1) & (WIDE_LEAF_KEYS - 1);
  return u64(table, at + 8 * last) === key
    ? u32(table, at + 4 * (WIDE_LEAF_EQUAL + last))
    : u16(table, at + 2 * (WIDE_LEAF_CLASS + before));
}

function nodeAt(table: Table, reference: number): number {
  return table.nodeOffset + NODE_BYTES * (reference & INDEX_MASK);
}

function heightOf(reference: number): number {
  return (reference >>> REFERENCE_BITS) & 15;
}

function u16(table: Table, at: number): number {
  return table.view.getUint16(at, LITTLE);
}

function u32(table: Table, at: number): number {
  return table.view.getUint32(at, LITTLE);
}

function u64(table: Table, at: number): bigint {
  return table.view.getBigUint64(at, LITTLE);
}
