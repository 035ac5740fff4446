/**
 * Where the places of a filter are in the key of `tuple`: cut into pieces of at most 32 bits, packed into units of 32, two
 * of which are a word. What the packet has is one more piece.
 *
 * @module
 */

import type { Demand, Place } from "../../model/places.ts";
import { presenceBitsOf } from "../../model/presence_bits.ts";

/** Some bits of a place, in a unit of the key. */
export interface Piece {
  /** The place; undefined for the bits of what the packet has. */
  readonly place: Place | undefined;
  /** The lowest bit of the place that the piece has. */
  readonly fromBit: number;
  /** Number of bits; 32 at most. */
  readonly widthBits: number;
  /** Which unit has it; unit 2n is the low half of word n. */
  readonly unit: number;
  /** The lowest bit of the unit that the piece has. */
  readonly unitBit: number;
}

/** The key: what of a packet is compared and hashed. */
export interface KeyLayout {
  /** All pieces. */
  readonly pieces: readonly Piece[];
  /** Units of 32 bits: an even number. */
  readonly units: number;
  /** The pieces of each place, the lowest bits first. */
  readonly piecesOf: ReadonlyMap<Place, readonly Piece[]>;
  /** The piece of what the packet has. */
  readonly presence: Piece;
}

/** Where everything is that the demand asks for; `compared` are the places that the key has. */
export function layOutKey(demand: Demand, compared: readonly Place[]): KeyLayout {
  const wanted: { place: Place | undefined; fromBit: number; widthBits: number }[] = [];
  for (const place of compared) {
    for (let fromBit = 0; fromBit < place.widthBits; fromBit += 32) {
      wanted.push({ place, fromBit, widthBits: Math.min(32, place.widthBits - fromBit) });
    }
  }
  wanted.push({ place: undefined, fromBit: 0, widthBits: Math.max(1, presenceBitsOf(demand).count) });
  // Those of the widest places first: their pieces then make whole words.
  wanted.sort((a, b) => b.widthBits - a.widthBits || (b.place?.widthBits ?? 0) - (a.place?.widthBits ?? 0));
  const used: number[] = [];
  const pieces = wanted.map((one): Piece => {
    let unit = used.findIndex((taken) => taken + one.widthBits <= 32);
    if (unit < 0) unit = used.push(0) - 1;
    const unitBit = used[unit]!;
    used[unit] = unitBit + one.widthBits;
    return { ...one, unit, unitBit };
  });
  const piecesOf = new Map<Place, Piece[]>();
  for (const piece of pieces) {
    if (piece.place !== undefined) piecesOf.set(piece.place, [...piecesOf.get(piece.place) ?? [], piece]);
  }
  for (const list of piecesOf.values()) list.sort((a, b) => a.fromBit - b.fromBit);
  const presence = pieces.find((piece) => piece.place === undefined) as Piece;
  return { pieces, units: used.length + used.length % 2, piecesOf, presence };
}

/** The ones of that many bits, as an unsigned number: none for less than one, 32 at most. */
export function ones(widthBits: number): number {
  if (widthBits <= 0) return 0;
  return widthBits >= 32 ? 0xffff_ffff : (1 << widthBits) - 1;
}
