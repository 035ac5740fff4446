/**
 * Reads the tables of set lookups as the C does, one packet at a time: for tests and explanations.
 *
 * @module
 */

import { LITTLE_ENDIAN } from "../../net/bytes.ts";
import { lookupInterval } from "../interval_map/lookup.ts";
import { DERIVED_BITS, type SetLookup, type SetsPlan } from "./lookup.ts";

/** What the program computes of a packet: by the names of the derived places. `valueOf` gives what the packet has. */
export function readSets(
  { lookups, tables }: SetsPlan,
  valueOf: (place: string) => bigint | undefined,
): ReadonlyMap<string, bigint> {
  const derived = new Map<string, bigint>();
  const view = new DataView(tables.buffer, tables.byteOffset, tables.byteLength);
  for (const lookup of lookups) {
    const { source, mask, classPlace, bitPlaces, bitsAt, classCapacity } = lookup;
    const value = valueOf(source.name);
    if (value === undefined) continue;
    const number = classOf(lookup, tables, view, value & mask);
    if (classPlace !== undefined) derived.set(classPlace.name, BigInt(number));
    bitPlaces.forEach(({ name }, word) => {
      const at = bitsAt + DERIVED_BITS / 8 * ((number & (classCapacity - 1)) * bitPlaces.length + word);
      derived.set(name, BigInt(view.getUint16(at, LITTLE_ENDIAN)));
    });
  }
  return derived;
}

function classOf({ table, at }: SetLookup, bytes: Uint8Array<ArrayBuffer>, view: DataView, value: bigint): number {
  if (table.kind === "direct") return view.getUint16(at + 2 * Number(value), LITTLE_ENDIAN);
  const { form, rootBits } = table;
  return lookupInterval({ bytes, shape: { form, rootBits, bytes: bytes.length }, rootAt: at }, value);
}
