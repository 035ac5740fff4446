/**
 * The value that the tables of `tuple` are: what is where. templates/include/kefir/tuple.h reads it by the same numbers.
 *
 *     header | tables | slots | vectors | groups | room
 *
 * A table is a mask and an array of slots. The hash of the masked key picks the slot, which refers to a group: up to 64
 * records, in the order of priority, and a reference to another group for more. A large group has vectors: for six windows
 * of four bits of the key, wherever they tell the records apart, and each value of the window, which records it leaves. What
 * all six leave is compared in full.
 *
 * @module
 */

import { LITTLE_ENDIAN } from "../../net/bytes.ts";
import type { Place } from "../../model/places.ts";
import type { RangeLane } from "./columns.ts";
import type { KeyLayout } from "./layout.ts";
import { TUPLE_LIMITS } from "./limits.ts";

/** A place with ranges, in a record: lower bound, then span. */
export interface LaneFormat {
  /** The place. */
  readonly place: Place;
  /** Offset of the lower bound in the record. */
  readonly offset: number;
  /** Bytes of a bound: 2, 4, 8 or 16. */
  readonly bytes: number;
}

/** Sizes and offsets, in bytes; they depend on the shape of the filter alone. */
export interface TupleFormat {
  /** Words of 64 bits that a key has. */
  readonly words: number;
  /** Bytes of a table's head. */
  readonly tableBytes: number;
  /** Where the slots begin. */
  readonly slotsOffset: number;
  /** Ranges of a record. */
  readonly lanes: readonly LaneFormat[];
  /** Bytes of a record. */
  readonly recordBytes: number;
}

/** Offsets in the header. */
export const TUPLE_HEADER = Object.freeze({
  /** u32: what is decided when no record holds, as in a record. */
  otherwise: 0,
  /** u32: offset of the first table. */
  firstTable: 4,
  /** u32: number of tables. */
  tables: 8,
  /** u8 for each product of a bit and the de Bruijn sequence: the number of the bit. */
  bits: 64,
  bytes: 128,
});

/**
 * Offsets in a table, behind the mask's words. The one behind the last has the largest priority; its mask has no bit and it one
 * empty slot, so that there is a table for every record that is added later.
 */
export const TUPLE_TABLE = Object.freeze({
  /** u32: offset of the first slot, in bytes. */
  slots: 0,
  /** u32: number of slots less one. */
  lastSlot: 4,
  /** u32: the smallest priority in it and in all tables behind it. */
  priority: 8,
  bytes: 16,
});

/** Offsets in a slot, which is read and written as one word. One without keys has no records, whatever its group. */
export const TUPLE_SLOT = Object.freeze({
  /** u32: offset of the group, in units of eight bytes. */
  group: LITTLE_ENDIAN ? 0 : 4,
  /** u32: a bit for the hash of each key in the slot. */
  keys: LITTLE_ENDIAN ? 4 : 0,
  bytes: 8,
});

/** Offsets in a group; its records come behind, and its vectors are before it. */
export const TUPLE_GROUP = Object.freeze({
  /** u32: number of records, and {@link HAS_VECTORS}. */
  records: 0,
  /** u32: offset of the group with the records that come next, in units of eight bytes, or 0. */
  next: 4,
  bytes: 8,
});

/** Added to the number of a group's records when it has vectors. */
export const HAS_VECTORS = 0x80;

/** Windows of vectors. */
export const WINDOWS = 6;
/** Bits of a window. */
export const WINDOW_BITS = 4;

/** Offsets in vectors. */
export const TUPLE_VECTORS = Object.freeze({
  /** u16 for each window: the word of the key, times 64, and the lowest bit. */
  windows: 0,
  /** u64 for each value of each window: the records that it leaves. */
  sets: 16,
  bytes: 16 + (8 * WINDOWS << WINDOW_BITS),
});

/** Offsets in a record; its values, masks and ranges come behind. */
export const TUPLE_RECORD = Object.freeze({
  /** u32: the smallest decides. */
  priority: 0,
  /** u32: index of the counter, twice; 1 more for drop. */
  decision: 4,
  values: 8,
});

/** The format of filters with that key and those ranges. */
export function tupleFormat(layout: KeyLayout, ranges: readonly RangeLane[]): TupleFormat {
  const words = layout.units / 2;
  const tableBytes = 8 * words + TUPLE_TABLE.bytes;
  const slotsOffset = align(TUPLE_HEADER.bytes + (TUPLE_LIMITS.tables + 2) * tableBytes, 64);
  const order = new Map([...layout.piecesOf.keys()].map((place, index) => [place, index]));
  const sizes = ranges.map(({ place, cells }) => ({ place, bytes: place.widthBits <= 16 ? 2 : 4 * cells }));
  sizes.sort((a, b) => b.bytes - a.bytes || (order.get(a.place) ?? 0) - (order.get(b.place) ?? 0));
  let end = TUPLE_RECORD.values + 16 * words;
  const lanes = sizes.map(({ place, bytes }): LaneFormat => {
    const lane = { place, bytes, offset: end };
    end += 2 * bytes;
    return lane;
  });
  return { words, tableBytes, slotsOffset, lanes, recordBytes: align(end, 8) };
}

/** The next multiple of a power of two. */
export function align(bytes: number, to: number): number {
  return bytes + (-bytes & to - 1);
}

/**
 * What a word of the key is multiplied by for the hash; `words` itself is for the last step. 32 bits, sign-extended: that
 * is what an instruction has room for.
 */
export function hashFactor(word: number): number {
  // The finalizer of MurmurHash3 on the word's number, so that no factor is a small multiple of another.
  let hash = word + 1;
  hash = Math.imul(hash ^ hash >>> 16, 0x85eb_ca6b);
  hash = Math.imul(hash ^ hash >>> 13, 0xc2b2_ae35);
  return hash ^ hash >>> 16 | 0x8000_0001;
}

/** The position in the header's table of bits that a bit has: no program counts zeros. */
export function positionOfBit(bit: number): number {
  return Number(((1n << BigInt(bit)) * DE_BRUIJN & 0xffff_ffff_ffff_ffffn) >> 58n);
}

/** A sequence in which every six bits occur once. */
export const DE_BRUIJN = 0x03f7_9d71_b4cb_0a89n;
