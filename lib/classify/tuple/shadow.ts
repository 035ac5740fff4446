/**
 * Rows that can never decide, because an earlier one of the same slot holds wherever they do.
 *
 * @module
 */

import type { Columns, RangeLane } from "./columns.ts";
import { ones } from "./layout.ts";

/** Rows that can decide: none that holds only where an earlier one does. Long lists are only compared with their start. */
export function withoutShadowed(columns: Columns, rows: Uint32Array, onHiding: (row: number) => void): Uint32Array {
  if (rows.length === 1) return rows;
  const kept: number[] = [];
  for (const row of rows) {
    let shadowed = false;
    for (let index = 0; index < kept.length && index < SHADOWS && !shadowed; index++) {
      shadowed = covers(columns, kept[index]!, row);
      if (shadowed && columns.rules[kept[index]!] !== columns.rules[row]) onHiding(kept[index]!);
    }
    if (!shadowed) kept.push(row);
  }
  return Uint32Array.from(kept);
}

const SHADOWS = 64;

/** Whether a row holds wherever another does. Says no where that takes long to find out. */
function covers(columns: Columns, wide: number, narrow: number): boolean {
  for (let unit = 0; unit < columns.masks.length; unit++) {
    const mask = columns.masks[unit]![wide]!;
    if ((mask & ~(columns.masks[unit]![narrow]!)) !== 0) return false;
    const values = columns.values[unit]!;
    if (((values[wide]! ^ values[narrow]!) & mask) !== 0) return false;
  }
  return columns.lanes.every((lane) => coversLane(columns, lane, wide, narrow));
}

function coversLane(columns: Columns, lane: RangeLane, wide: number, narrow: number): boolean {
  const { lo, span, cells, place } = lane;
  const last = cells - 1;
  let free = true;
  let same = true;
  for (let cell = 0; cell < cells; cell++) {
    const all = ones(place.widthBits - 32 * cell);
    if (span[cells * wide + cell] !== all) free = false;
    if (span[cells * wide + cell] !== span[cells * narrow + cell]) same = false;
    if (lo[cells * wide + cell] !== lo[cells * narrow + cell]) same = false;
  }
  if (free || same) return true;
  if (last > 0) return false;
  const all = ones(place.widthBits);
  let from = lo[narrow]!;
  let reach = span[narrow]!;
  if (reach === all) {
    const piece = columns.layout.piecesOf.get(place)?.[0];
    if (piece === undefined) return false;
    const mask = columns.masks[piece.unit]![narrow]! >>> piece.unitBit & all;
    if ((mask & all) >>> 0 !== all) return false;
    from = (columns.values[piece.unit]![narrow]! >>> piece.unitBit & all) >>> 0;
    reach = 0;
  }
  const offset = (from - lo[wide]! & all) >>> 0;
  return offset + reach <= span[wide]!;
}
