/**
 * Reads the bytes of an interval map as the C does, one value at a time: for tests and explanations.
 *
 * @module
 */

import { LITTLE_ENDIAN } from "../../net/bytes.ts";
import { HEADER_BYTES, type IntervalShape, intervalShapeFields, SLOT_BYTES } from "./layout.ts";
import { LINE_BYTES } from "./memory.ts";
import { NARROW_BYTES, NARROW_CLASS, NARROW_SEPARATOR } from "./narrow.ts";
import { KIND_DIRECT, REFERENCE_BITS, REFERENCE_SUBTREE, REFERENCE_TAIL } from "./reference.ts";
import { TAIL_BYTES } from "./wide.ts";
import { WIDE_INNER_KEYS, WIDE_LEAF_KEYS } from "./wide_cells.ts";
import { WIDE_LEAF_CLASS, WIDE_LEAF_EQUAL } from "./wide_tree.ts";

/**
 * The class of a value: what the program would find.
 *
 * @throws RangeError where the program would find a reference that leads out of the table: a bug
 */
export function lookupInterval(
  map: {
    readonly bytes: Uint8Array<ArrayBuffer>;
    readonly shape: IntervalShape;
    /** Where header and root are, in a memory that several share; 0 unless given. */
    readonly rootAt?: number;
  },
  value: bigint,
): number {
  const { bytes, shape, rootAt: root = 0 } = map;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const table = { view, ...intervalShapeFields(shape), root };
  if (shape.form === 32) return narrow(table, shape, Number(value));
  if (shape.form === 64) return wideTree(table, chunkOf(table, shape, value), value);
  const word = (at: number): bigint => (u64(table, root + at) << 64n) | u64(table, root + at + 8);
  if (((value ^ word(16)) & word(32)) !== 0n) return u32(table, root + 56);
  const shifted = BigInt.asUintN(128, value << BigInt(u32(table, root + 48) + 64 * u32(table, root + 52)));
  const high = shifted >> 64n;
  const found = wideTree(table, chunkOf(table, shape, high), high);
  if ((found & REFERENCE_SUBTREE) === 0) return found;
  const low = BigInt.asUintN(64, shifted);
  if ((found & REFERENCE_TAIL) === 0) return wideTree(table, found, low);
  const tail = at(table, indexOf(found), TAIL_BYTES);
  const key = u64(table, tail);
  return u16(table, tail + (low === key ? 8 : low < key ? 10 : 12));
}

interface Table {
  readonly view: DataView;
  readonly root: number;
  readonly limit: number;
}

/** Where a reference leads, which counts pieces of `size` bytes. */
function at(table: Table, index: number, size: number): number {
  const offset = size * index;
  if (offset > table.limit) throw new RangeError(`Cannot follow a reference to byte ${offset} of ${table.limit}`);
  return offset;
}

function slotOf(table: Table, shape: IntervalShape, value: bigint): number {
  const index = BigInt.asUintN(64, (value >> BigInt(u32(table, table.root + 8))) - u64(table, table.root));
  const outside = BigInt(2 ** shape.rootBits);
  const slot = table.root + HEADER_BYTES + SLOT_BYTES * Number(index > outside ? outside : index);
  return u32(table, table.root + 12) === 0 ? slot : at(table, behind(table, slot, value), SLOT_BYTES);
}

function chunkOf(table: Table, shape: IntervalShape, value: bigint): number {
  const slot = slotOf(table, shape, value);
  return u32(table, at(table, behind(table, slot, value), 4));
}

/** Number of what a slot leads to. */
function behind(table: Table, slot: number, value: bigint): number {
  return Number(BigInt.asUintN(32, BigInt(u32(table, slot)) + (value >> BigInt(table.view.getUint8(slot + 4)))));
}

function narrow(table: Table, shape: IntervalShape, value: number): number {
  const lane = (value >>> table.view.getUint8(slotOf(table, shape, BigInt(value)) + 5)) & u32(table, table.root + 40);
  const wide = u32(table, table.root + 40) > 0x7fff;
  const rank = (start: number, words: number): number => {
    let below = 0;
    for (let index = 0; index < words * (wide ? 2 : 4); index++) {
      if ((wide ? u32(table, start + 4 * index) : u16(table, start + 2 * index)) <= lane) below++;
    }
    return below;
  };
  let reference = chunkOf(table, shape, BigInt(value));
  while (kindOf(reference) !== 0) {
    const inner = at(table, indexOf(reference), NARROW_BYTES);
    reference = u32(table, inner) + rank(inner + 2 * NARROW_SEPARATOR, 3);
  }
  const leaf = at(table, indexOf(reference), NARROW_BYTES);
  return u16(table, leaf + 2 * (NARROW_CLASS + rank(leaf, 2)));
}

function wideTree(table: Table, from: number, key: bigint): number {
  // Below the root keys are told apart by the sign of a difference; for the values that get there it is the same.
  const rank = (start: number, keys: number): number => {
    const far = (from & REFERENCE_SUBTREE) !== 0;
    let below = 0;
    for (let index = 0; index < keys; index++) {
      const other = u64(table, start + 8 * index);
      if (far ? other <= key : BigInt.asIntN(64, key - other) >= 0n) below++;
    }
    return below;
  };
  let reference = from;
  while (kindOf(reference) !== 0) {
    const inner = at(table, indexOf(reference), LINE_BYTES);
    if (kindOf(reference) === KIND_DIRECT) {
      const cell = BigInt.asUintN(64, (key >> BigInt(u32(table, inner + 16))) - u64(table, inner));
      const last = u32(table, inner + 12);
      reference = u32(table, at(table, u32(table, inner + 8) + (cell > BigInt(last) ? last : Number(cell)), 4));
    } else {
      reference = u32(table, inner) + Math.min(rank(inner + 8, WIDE_INNER_KEYS), u32(table, inner + 4));
    }
  }
  const leaf = at(table, indexOf(reference), LINE_BYTES);
  const before = rank(leaf, WIDE_LEAF_KEYS);
  const last = (before - 1) & (WIDE_LEAF_KEYS - 1);
  return u64(table, leaf + 8 * last) === key
    ? u32(table, leaf + 4 * (WIDE_LEAF_EQUAL + last))
    : u16(table, leaf + 2 * (WIDE_LEAF_CLASS + before));
}

function indexOf(reference: number): number {
  return reference & (2 ** REFERENCE_BITS - 1);
}

function kindOf(reference: number): number {
  return (reference >>> REFERENCE_BITS) & 15;
}

function u16(table: Table, at: number): number {
  return table.view.getUint16(at, LITTLE_ENDIAN);
}

function u32(table: Table, at: number): number {
  return table.view.getUint32(at, LITTLE_ENDIAN);
}

function u64(table: Table, at: number): bigint {
  return table.view.getBigUint64(at, LITTLE_ENDIAN);
}
