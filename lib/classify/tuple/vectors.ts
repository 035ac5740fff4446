/**
 * Vectors of a group: for each of four windows of the key, and each value of it, the set of the records that accept it.
 * The windows are those that leave fewest records to be compared.
 *
 * @module
 */

import { LITTLE_ENDIAN } from "../../net/bytes.ts";
import type { Columns, RangeLane } from "./columns.ts";
import { WINDOW_BITS, WINDOWS } from "./format.ts";

/** The vectors of a group. */
export interface Vectors {
  /** Of each window: the word of the key, times 64, and the lowest bit. */
  readonly windows: Uint16Array;
  /** Two units for each value of each window, as the machine has them. */
  readonly sets: Uint32Array;
}

/** Values of a window. */
const VALUES = 1 << WINDOW_BITS;
/** The set of all of them. */
const ALL = (1 << VALUES) - 1;
/** Windows begin at every second bit. */
const WINDOW_STEP = 2;
const WINDOWS_OF_UNIT = (32 - WINDOW_BITS) / WINDOW_STEP + 1;
/** Pairs of records that a build may compare to choose windows: half a second or so; see {@link vectorsOf}. */
export const VECTOR_WORK = 300_000_000;
/** What part of that is left a group may take: the first ones are looked at in full, those of a huge number by few records. */
const WORK_PART = 64;
/** Records of a group that windows are chosen by in any case. */
const LEAST_LOOKED_AT = 8;

/** What may still be compared. */
export interface VectorWork {
  left: number;
}

/**
 * The vectors for the records of a group, at most 64. The windows are chosen by all of them, or by fewer when there is little
 * work left: then more records are compared in full than need be.
 */
export function vectorsOf(columns: Columns, rows: Uint32Array, work: VectorWork): Vectors {
  const chosen = chooseWindows(columns, rows, work);
  const windows = new Uint16Array(WINDOWS);
  const sets = new Uint32Array(2 * WINDOWS * VALUES);
  for (let window = 0; window < WINDOWS; window++) {
    const { unit, bit } = chosen[window]!;
    windows[window] = (unit >> 1) * 64 + 32 * (unit & 1) + bit;
    rows.forEach((row, position) => {
      const accepted = acceptedValues(columns, unit, bit, row);
      const half = position < 32 ? (LITTLE_ENDIAN ? 0 : 1) : LITTLE_ENDIAN ? 1 : 0;
      for (let value = 0; value < VALUES; value++) {
        if ((accepted >>> value & 1) !== 0) sets[2 * (VALUES * window + value) + half]! |= 1 << (position & 31);
      }
    });
  }
  return { windows, sets };
}

interface Window {
  readonly unit: number;
  readonly bit: number;
}

/** The windows, one after the other, that leave fewest pairs of records which both may accept a packet. */
function chooseWindows(columns: Columns, rows: Uint32Array, work: VectorWork): readonly Window[] {
  const perPair = WINDOWS * columns.layout.units * WINDOWS_OF_UNIT;
  const affordable = Math.floor(Math.sqrt(Math.max(0, work.left) / WORK_PART / perPair));
  const count = Math.min(rows.length, Math.max(LEAST_LOOKED_AT, affordable));
  const some = Uint32Array.from({ length: count }, (_, index) => rows[Math.floor(index * rows.length / count)]!);
  const candidates: { readonly window: Window; readonly accepted: Uint16Array }[] = [];
  for (let unit = 0; unit < columns.layout.units; unit++) {
    if (!isCompared(columns, unit, some)) continue;
    for (let bit = 0; bit <= 32 - WINDOW_BITS; bit += WINDOW_STEP) {
      const accepted = Uint16Array.from(some, (row) => acceptedValues(columns, unit, bit, row));
      if (accepted.some((values) => values !== accepted[0])) candidates.push({ window: { unit, bit }, accepted });
    }
  }
  // The part of the packets that one record accepts which another one accepts too.
  const both = new Float64Array(count * count).fill(1);
  const chosen: Window[] = [];
  const isFixed = columns.layout.units === 4;
  while (chosen.length < WINDOWS) {
    let best: (typeof candidates)[number] | undefined;
    let least = both.reduce((sum, part) => sum + part, 0);
    for (const candidate of candidates) {
      const { accepted, window } = candidate;
      // The program of a key of two words looks at each in turn: no index is read for it.
      if (isFixed && window.unit >> 1 !== Math.floor(2 * chosen.length / WINDOWS)) continue;
      let left = 0;
      for (let a = 0; a < count && left < least; a++) {
        const own = accepted[a]!;
        const scale = 1 / SIZES[own]!;
        let sum = 0;
        for (let b = 0; b < count; b++) sum += both[a * count + b]! * SIZES[own & accepted[b]!]!;
        left += sum * scale;
        work.left -= count;
      }
      if (left < least - 1e-9) [best, least] = [candidate, left];
    }
    chosen.push(best?.window ?? { unit: isFixed && 2 * chosen.length >= WINDOWS ? 2 : 0, bit: 0 });
    if (best === undefined) continue;
    for (let a = 0; a < count; a++) {
      const own = best.accepted[a]!;
      for (let b = 0; b < count; b++) both[a * count + b]! *= SIZES[own & best.accepted[b]!]! / SIZES[own]!;
    }
  }
  return chosen;
}

/** Whether some of the rows ask for bits of a unit, or have ranges there. */
function isCompared({ masks, lanes, layout }: Columns, unit: number, rows: Uint32Array): boolean {
  if (rows.some((row) => masks[unit]![row] !== 0)) return true;
  return lanes.some(({ place, cells }) => cells === 1 && layout.piecesOf.get(place)![0]!.unit === unit);
}

/** The values of a window that a row accepts, as a set; too many where a range is only partly within. */
export function acceptedValues(columns: Columns, unit: number, bit: number, row: number): number {
  const mask = columns.masks[unit]![row]! >>> bit & VALUES - 1;
  let accepted = CUBES[mask * VALUES + (columns.values[unit]![row]! >>> bit & mask)]!;
  for (const lane of columns.lanes) {
    if (lane.cells > 1) continue;
    const piece = columns.layout.piecesOf.get(lane.place)![0]!;
    const from = bit - piece.unitBit;
    if (piece.unit === unit && from >= 0 && from + WINDOW_BITS <= piece.widthBits) accepted &= arc(lane, row, from);
  }
  return accepted;
}

/** The values of a window within a range. */
function arc(lane: RangeLane, row: number, bit: number): number {
  const lo = lane.lo[row]!;
  const below = bit === 0 ? 0 : lo & (1 << bit) - 1;
  const steps = Math.floor((below + lane.span[row]!) / 2 ** bit);
  if (steps >= VALUES - 1) return ALL;
  const first = lo >>> bit & VALUES - 1;
  const values = (1 << steps + 1) - 1 << first;
  return (values | values >>> VALUES) & ALL;
}

/** The values that agree with a value in the bits of a mask, by mask and then by value. */
const CUBES: Uint16Array = Uint16Array.from({ length: VALUES * VALUES }, (_, index) => {
  const [mask, wanted] = [index >> WINDOW_BITS, index & VALUES - 1];
  let set = 0;
  for (let value = 0; value < VALUES; value++) if (((value ^ wanted) & mask) === 0) set |= 1 << value;
  return set;
});

/** Number of members of each set of values. */
const SIZES: Uint8Array = (() => {
  const sizes = new Uint8Array(1 << VALUES);
  for (let set = 1; set < sizes.length; set++) sizes[set] = sizes[set >> 1]! + (set & 1);
  return sizes;
})();
