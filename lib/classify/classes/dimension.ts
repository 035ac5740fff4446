/**
 * Dimensions: what a packet is looked at for first, each on its own. A dimension maps values to classes.
 *
 * @module
 */

import { intersectRanges, type Range, type Ranges } from "../../model/match.ts";
import type { Place } from "../../model/places.ts";
import { isWholePlace, type Row, type RowCondition } from "../rows.ts";
import type { ClassBudget, ClassRefusal, Work } from "./budget.ts";
import { type RowGroup, sweep, type Swept } from "./sweep.ts";

/** Widest place that a table can have an entry for each value of. */
export const TABLE_BITS = 16;

/** A place of the packet, or what it has and lacks (`place` absent), and the classes of its values. */
export interface Dimension extends Swept {
  readonly place: Place | undefined;
  readonly widthBits: number;
}

/** What is the same for all dimensions of a build. */
export interface DimensionInput {
  readonly rows: readonly Row[];
  readonly budget: ClassBudget;
  readonly work: Work;
}

/** A condition, and the row that has it. */
export interface PlacedCondition {
  readonly row: number;
  readonly condition: RowCondition;
}

/** The conditions of each place, in the order of the rows. Those of places over 16 bits compare the whole place. */
export function conditionsByPlace(rows: readonly Row[]): Map<Place, PlacedCondition[]> {
  const byPlace = new Map<Place, PlacedCondition[]>();
  rows.forEach(({ conditions }, row) => {
    for (const condition of conditions) {
      const list = byPlace.get(condition.place);
      if (list === undefined) byPlace.set(condition.place, [{ row, condition }]);
      else list.push({ row, condition });
    }
  });
  return byPlace;
}

/** The dimension of a place. */
export function placeDimension(
  place: Place,
  conditions: readonly PlacedCondition[],
  input: DimensionInput,
): Dimension | ClassRefusal {
  const groups = new Map<string, { readonly ranges: Ranges; readonly rows: number[] }>();
  const keyOf = keyMaker();
  for (let index = 0; index < conditions.length;) {
    const { row } = conditions[index] as PlacedCondition;
    const own: RowCondition[] = [];
    for (; conditions[index]?.row === row; index++) own.push((conditions[index] as PlacedCondition).condition);
    const key = own.length === 1 ? keyOf(own[0] as RowCondition) : own.map(keyOf).join(" and ");
    const group = groups.get(key);
    if (group !== undefined) {
      group.rows.push(row);
      continue;
    }
    const ranges = rangesOf(own, place);
    input.work.left -= RANGE_WORK * ranges.length;
    if (input.work.left < 0) return "too-much-work";
    groups.set(key, { ranges, rows: [row] });
  }
  return swept(place, place.widthBits, [...groups.values()], input);
}

/** The dimension of what the packet has and lacks; undefined when no row asks. */
export function presenceDimension(widthBits: number, input: DimensionInput): Dimension | ClassRefusal | undefined {
  const groups = new Map<number, { readonly ranges: Ranges; readonly rows: number[] }>();
  for (const [index, row] of input.rows.entries()) {
    const mask = row.needs | row.lacks;
    if (mask === 0) continue;
    const key = mask * 65_536 + row.needs;
    const group = groups.get(key);
    if (group !== undefined) {
      group.rows.push(index);
      continue;
    }
    groups.set(key, { ranges: maskedRanges(mask, [{ lo: row.needs, hi: row.needs }], widthBits), rows: [index] });
  }
  return groups.size === 0 ? undefined : swept(undefined, widthBits, [...groups.values()], input);
}

/** A dimension that says nothing: for the program of a filter that asks for more. */
export function emptyDimension(place: Place | undefined, widthBits: number, input: DimensionInput): Dimension {
  return swept(place, widthBits, [], input) as Dimension;
}

/** Words of row sets that take as long as a range does on its way through the sweep. */
const RANGE_WORK = 64;

function swept(
  place: Place | undefined,
  widthBits: number,
  groups: readonly RowGroup[],
  { rows, budget, work }: DimensionInput,
): Dimension | ClassRefusal {
  const found = sweep(groups, { widthBits, rowCount: rows.length, limit: budget.classes, work });
  return typeof found === "string" ? found : { place, widthBits, ...found };
}

/** The values that satisfy all conditions of a row. */
function rangesOf(conditions: readonly RowCondition[], place: Place): Ranges {
  let ranges: Ranges | undefined;
  for (const condition of conditions) {
    const own = isWholePlace(condition)
      ? condition.ranges
      : maskedRanges(Number(condition.mask), condition.ranges, place.widthBits);
    ranges = ranges === undefined ? own : intersectRanges(ranges, own);
  }
  return ranges ?? [];
}

/** The ranges of values that are in others under a mask, by trying each. */
function maskedRanges(
  mask: number,
  accepted: Iterable<{ readonly lo: number | bigint; readonly hi: number | bigint }>,
  widthBits: number,
): Ranges {
  const values = 2 ** widthBits;
  const holds = new Uint8Array(values);
  for (const { lo, hi } of accepted) holds.fill(1, Number(lo), Number(hi) + 1);
  const ranges: Range[] = [];
  let start = -1;
  for (let value = 0; value <= values; value++) {
    const inside = value < values && holds[value & mask] === 1;
    if (inside && start < 0) start = value;
    if (!inside && start >= 0) {
      ranges.push({ lo: BigInt(start), hi: BigInt(value - 1) });
      start = -1;
    }
  }
  return ranges;
}

/** A key for conditions: the same for the same values, as far as that is cheap to tell. */
function keyMaker(): (condition: RowCondition) => string {
  const sets = new Map<Ranges, number>();
  return ({ mask, ranges }) => {
    const only = ranges.at(0);
    if (ranges.length === 1 && only !== undefined) return `${mask}:${only.lo}-${only.hi}`;
    let number = sets.get(ranges);
    if (number === undefined) {
      number = sets.size;
      sets.set(ranges, number);
    }
    return `${mask} set ${number}`;
  };
}
