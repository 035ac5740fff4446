/**
 * The value that the tables of `tuple` are: what is where. templates/include/kefir/tuple.h reads it by the same numbers.
 *
 *     header | 64 tables | prefilters | slots | records | room
 *
 * @module
 */

import type { Place } from "../../model/places.ts";
import type { RangeLane } from "./columns.ts";
import type { KeyLayout } from "./layout.ts";
import { TUPLE_LIMITS } from "./limits.ts";

/** A place with ranges, in a record: lower bound, then span. */
export interface LaneFormat {
  readonly place: Place;
  /** Offset of the lower bound in the record. */
  readonly offset: number;
  /** Bytes of a bound: 2, 4, 8 or 16. */
  readonly bytes: number;
}

/** A place whose 16 bits from a shift on index a set of tables for each of their values. */
export interface PrefilterFormat {
  readonly place: Place;
  /** Offset of the sets, of 64 bits each. */
  readonly offset: number;
}

/** Sizes and offsets, in bytes; they depend on the shape of the filter alone. */
export interface TupleFormat {
  /** Words of 64 bits that a key has. */
  readonly words: number;
  readonly tableBytes: number;
  readonly prefilters: readonly PrefilterFormat[];
  /** Where the slots begin. */
  readonly slotsOffset: number;
  readonly lanes: readonly LaneFormat[];
  readonly recordBytes: number;
}

/** Offsets in the header. */
export const TUPLE_HEADER = Object.freeze({
  /** u64: the tables that there are, as a set. */
  tables: 0,
  /** u32: what is decided when no record holds, as in a record. */
  otherwise: 8,
  /** u32 for each prefilter: how far its place is shifted. */
  shifts: 16,
  bytes: 64,
});

/** Offsets in a table, behind the mask's words. */
export const TUPLE_TABLE = Object.freeze({
  /** u32: offset of the first slot, in bytes. */
  slots: 0,
  /** u32: number of slots less one. */
  lastSlot: 4,
  /** u32: the smallest priority in it. */
  priority: 8,
  bytes: 16,
});

/** Offsets in a slot. */
export const TUPLE_SLOT = Object.freeze({
  /** u32: offset of the first record, in units of eight bytes. */
  records: 0,
  /** u32: a bit for the hash of each key in the slot. */
  keys: 4,
  bytes: 8,
});

/** Offsets in a record; its values, masks and ranges come behind. */
export const TUPLE_RECORD = Object.freeze({
  /** u32: the smallest decides. */
  priority: 0,
  /** u32: index of the counter, four times; 2 for the last record of a slot; 1 for drop. */
  decision: 4,
  values: 8,
});

/** Number of values that a prefilter's place is taken to have. */
export const PREFILTER_VALUES = 1 << 16;

/** Most prefilters that a filter has. */
const PREFILTERS = 4;

/** The format of filters with that key and those ranges. */
export function tupleFormat(layout: KeyLayout, ranges: readonly RangeLane[]): TupleFormat {
  const words = layout.units / 2;
  const tableBytes = 8 * words + TUPLE_TABLE.bytes;
  const places = [...layout.piecesOf.keys()];
  const wide = places.filter(({ widthBits }) => widthBits >= 32).slice(0, PREFILTERS);
  const filtered = wide.length > 0 ? wide : places.filter(({ widthBits }) => widthBits === 16).slice(0, 2);
  let offset = TUPLE_HEADER.bytes + TUPLE_LIMITS.tables * tableBytes;
  offset += -offset & 63;
  const prefilters = filtered.map((place, index) => ({ place, offset: offset + 8 * PREFILTER_VALUES * index }));
  const sizes = ranges.map(({ place, cells }) => ({ place, bytes: place.widthBits <= 16 ? 2 : 4 * cells }));
  const order = new Map(places.map((place, index) => [place, index]));
  sizes.sort((a, b) => b.bytes - a.bytes || (order.get(a.place) ?? 0) - (order.get(b.place) ?? 0));
  let end = TUPLE_RECORD.values + 16 * words;
  const lanes = sizes.map(({ place, bytes }): LaneFormat => {
    const lane = { place, bytes, offset: end };
    end += 2 * bytes;
    return lane;
  });
  return {
    words,
    tableBytes,
    prefilters,
    slotsOffset: offset + 8 * PREFILTER_VALUES * filtered.length,
    lanes,
    recordBytes: end + (-end & 7),
  };
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

/** The machine's byte order: BPF maps are in the host's. */
export const LITTLE: boolean = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Rank of a table to where it is: what a de Bruijn sequence makes of the bit, so that no program counts zeros. */
export function positionOfTable(rank: number): number {
  return Number(((1n << BigInt(rank)) * DE_BRUIJN & 0xffff_ffff_ffff_ffffn) >> 58n);
}

/** A sequence in which every six bits occur once. */
export const DE_BRUIJN = 0x03f7_9d71_b4cb_0a89n;
