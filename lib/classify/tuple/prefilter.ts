/**
 * Prefilters: for each value of 16 bits of a place, the set of the tables that have a row for it.
 *
 * @module
 */

import type { Place } from "../../model/places.ts";
import type { Columns } from "./columns.ts";
import { LITTLE, PREFILTER_VALUES } from "./format.ts";
import { ones, type Piece } from "./layout.ts";
import type { TableRows } from "./masks.ts";

/** A prefilter's sets, and how far the place is shifted for the index. */
export interface Prefilter {
  readonly shift: number;
  /** Two units for each set, as the machine has them. */
  readonly sets: Uint32Array;
  /** Tables that an average row is in the sets of. */
  readonly candidates: number;
}

/** Bits of the place that a window can begin above, beside its top ones. */
const WINDOW_STEP = 8;

/** The prefilter of a place that leaves fewest tables. Of a place of 128 bits the upper 64 are looked at. */
export function buildPrefilter(columns: Columns, tables: readonly TableRows[], place: Place): Prefilter {
  const pieces = (columns.layout.piecesOf.get(place) as readonly Piece[])
    .filter((piece) => piece.fromBit >= place.widthBits - 64);
  let best: Prefilter | undefined;
  for (const piece of pieces.toReversed()) {
    for (let bit = piece.widthBits - 16; bit >= 0; bit -= WINDOW_STEP) {
      const shift = piece.fromBit + bit - Math.max(0, place.widthBits - 64);
      const built = buildWindow(columns, tables, piece, piece.unitBit + bit, shift);
      if (best === undefined || built.candidates < best.candidates) best = built;
    }
  }
  return best as Prefilter;
}

function buildWindow(
  columns: Columns,
  tables: readonly TableRows[],
  piece: Piece,
  lowBit: number,
  shift: number,
): Prefilter {
  const values = columns.values[piece.unit]!;
  const masks = columns.masks[piece.unit]!;
  // Node 1 is all values, 2n and 2n + 1 are the halves of n; 65 536 and up are single values.
  const low = new Uint32Array(2 * PREFILTER_VALUES);
  const high = new Uint32Array(2 * PREFILTER_VALUES);
  tables.forEach(({ rows }, rank) => {
    const sets = rank < 32 ? low : high;
    const bit = 1 << (rank & 31);
    for (const row of rows) {
      const mask = masks[row]! >>> lowBit & 0xffff;
      const length = Math.clz32(~(mask << 16));
      const node = 1 << length | (values[row]! >>> lowBit & 0xffff) >>> 16 - length;
      sets[node] = sets[node]! | bit;
    }
  });
  for (let node = 2; node < 2 * PREFILTER_VALUES; node++) {
    low[node] = low[node]! | low[node >>> 1]!;
    high[node] = high[node]! | high[node >>> 1]!;
  }
  let count = 0;
  let tried = 0;
  for (const { rows } of tables) {
    const step = Math.max(1, rows.length >> 8);
    for (let index = 0; index < rows.length; index += step) {
      const row = rows[index]!;
      const mask = masks[row]! >>> lowBit & 0xffff;
      // Any value that the row accepts.
      const value = values[row]! >>> lowBit & mask | Math.imul(row, 0x9e37_79b1) >>> 16 & ~mask & ones(16);
      const node = PREFILTER_VALUES + value;
      count += step * (bitCount(low[node]!) + bitCount(high[node]!));
      tried += step;
    }
  }
  const sets = new Uint32Array(2 * PREFILTER_VALUES);
  for (let value = 0; value < PREFILTER_VALUES; value++) {
    sets[2 * value + (LITTLE ? 0 : 1)] = low[PREFILTER_VALUES + value]!;
    sets[2 * value + (LITTLE ? 1 : 0)] = high[PREFILTER_VALUES + value]!;
  }
  return { shift, sets, candidates: tried === 0 ? 0 : count / tried };
}

function bitCount(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}
