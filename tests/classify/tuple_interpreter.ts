/**
 * Looks packets up in the bytes of a tuple plan as templates/include/kefir/tuple.h does, in TypeScript.
 *
 * @module
 */

import type { TuplePlan } from "../../lib/classify/plan.ts";
import {
  DE_BRUIJN,
  HAS_VECTORS,
  hashFactor,
  TUPLE_GROUP,
  TUPLE_HEADER,
  TUPLE_RECORD,
  TUPLE_SLOT,
  TUPLE_TABLE,
  TUPLE_VECTORS,
  WINDOW_BITS,
  WINDOWS,
} from "../../lib/classify/tuple/format.ts";
import { readSets } from "../../lib/classify/sets/read.ts";
import { FIELDS } from "../../lib/model/fields.ts";
import { layerPresence, type Presence, presencesOf } from "../../lib/model/places.ts";
import { presenceBitsOf } from "../../lib/model/presence_bits.ts";
import { at } from "../../lib/model/field_rows.ts";
import { dissect, type Packet } from "../../lib/semantics/dissect.ts";
import { readField } from "../../lib/semantics/evaluate.ts";

/** What a packet finds, and what that took. */
export interface TupleLookup {
  /** Index of the counter. */
  readonly counter: number;
  readonly drop: boolean;
  readonly tables: number;
  readonly groups: number;
  readonly records: number;
}

/** What a packet has of the places and presences that a plan asks for. */
export interface PacketKey {
  readonly places: ReadonlyMap<string, bigint>;
  readonly present: number;
}

/** Reads a packet for a plan, by the reference dissection. */
export function packetKey(plan: Pick<TuplePlan, "demand" | "sets">, packet: Packet): PacketKey {
  const dissection = dissect(packet);
  const places = new Map<string, bigint>();
  let present = 0;
  const note = (presence: Presence) => {
    if (plan.demand.presences.has(presence)) present |= 1 << presenceBitsOf(plan.demand).bitOf(presence);
  };
  for (const place of plan.demand.places) {
    const value = readField(at(place.name, place.layer, place.offsetBits, place.widthBits, "hex", "", ""), dissection);
    if (value === undefined) continue;
    note(layerPresence(place));
    places.set(place.name, value);
  }
  for (const field of FIELDS) {
    if (field.kind === "concrete" && readField(field, dissection) !== undefined) presencesOf(field).forEach(note);
  }
  const derived = plan.sets === undefined ? [] : readSets(plan.sets, (name) => places.get(name));
  return { places: new Map([...places, ...derived]), present };
}

const U64 = 0xffff_ffff_ffff_ffffn;

/** The lookup. */
export function lookUpTuple(plan: TuplePlan, { places, present }: PacketKey): TupleLookup {
  const { format, layout, capacity } = plan;
  const view = new DataView(plan.tables.buffer);
  const u16 = (at: number) => view.getUint16(at, true);
  const u32 = (at: number) => view.getUint32(at, true);
  const u64 = (at: number) => view.getBigUint64(at, true);
  const within = (offset: number) => offset % capacity - offset % 8;
  const key = Array.from({ length: format.words }, () => 0n);
  for (const { place, fromBit, widthBits, unit, unitBit } of layout.pieces) {
    const value = place === undefined ? BigInt(present) : places.get(place.name) ?? 0n;
    const bits = value >> BigInt(fromBit) & (1n << BigInt(widthBits)) - 1n;
    key[unit >> 1]! |= bits << BigInt(unitBit + 32 * (unit & 1));
  }
  let priority = 0xffff_ffff;
  let decision = u32(TUPLE_HEADER.otherwise);
  const work = { tables: 0, groups: 0, records: 0 };
  for (let table = u32(TUPLE_HEADER.firstTable);; table += format.tableBytes) {
    const behind = table + 8 * format.words;
    if (u32(behind + TUPLE_TABLE.priority) >= priority) break;
    work.tables++;
    let hash = 0n;
    key.forEach((word, index) =>
      hash += (word & u64(table + 8 * index)) * BigInt.asUintN(64, BigInt(hashFactor(index)))
    );
    hash &= U64;
    hash ^= hash >> 32n;
    hash = hash * BigInt.asUintN(64, BigInt(hashFactor(format.words))) & U64;
    const slotNumber = Number(hash >> 32n) & u32(behind + TUPLE_TABLE.lastSlot);
    const slot = within(u32(behind + TUPLE_TABLE.slots) + slotNumber * TUPLE_SLOT.bytes);
    if ((u32(slot + TUPLE_SLOT.keys) >>> Number(hash >> 59n) & 1) === 0) continue;
    for (let group = within(u32(slot + TUPLE_SLOT.group) * 8);;) {
      work.groups++;
      const records = u32(group + TUPLE_GROUP.records);
      const vectors = group - TUPLE_VECTORS.bytes;
      let left = records >= HAS_VECTORS ? U64 : (1n << BigInt(records)) - 1n;
      for (let window = 0; records >= HAS_VECTORS && window < WINDOWS; window++) {
        const where = u16(vectors + TUPLE_VECTORS.windows + 2 * window);
        const value = Number(key[where >> 6]! >> BigInt(where & 63) & (1n << BigInt(WINDOW_BITS)) - 1n);
        left &= u64(vectors + TUPLE_VECTORS.sets + 8 * ((window << WINDOW_BITS) + value));
      }
      let done = false;
      while (left !== 0n && !done) {
        const bit = left & -left;
        left ^= bit;
        work.records++;
        const index = view.getUint8(TUPLE_HEADER.bits + Number((bit * DE_BRUIJN & U64) >> 58n));
        const record = within(group + TUPLE_GROUP.bytes + index * format.recordBytes);
        done = u32(record + TUPLE_RECORD.priority) >= priority;
        if (done || !holds(record)) continue;
        priority = u32(record + TUPLE_RECORD.priority);
        decision = u32(record + TUPLE_RECORD.decision);
        done = true;
      }
      const next = u32(group + TUPLE_GROUP.next);
      if (done || next === 0) break;
      group = within(next * 8);
    }
  }
  return { counter: decision >>> 1, drop: (decision & 1) === 1, ...work };

  function holds(record: number): boolean {
    const values = record + TUPLE_RECORD.values;
    for (let word = 0; word < format.words; word++) {
      const mask = u64(values + 8 * (format.words + word));
      if (((key[word]! ^ u64(values + 8 * word)) & mask) !== 0n) return false;
    }
    return format.lanes.every(({ place, offset, bytes }) => {
      const bound = (at: number): bigint => {
        if (bytes === 2) return BigInt(u16(at));
        if (bytes === 4) return BigInt(u32(at));
        return bytes === 8 ? u64(at) : u64(at) | u64(at + 8) << 64n;
      };
      const value = places.get(place.name) ?? 0n;
      const distance = BigInt.asUintN(place.widthBits, value - bound(record + offset));
      return distance <= bound(record + offset + bytes);
    });
  }
}
