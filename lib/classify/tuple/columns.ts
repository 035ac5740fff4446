/**
 * Rows as columns of numbers: at a hundred thousand rows, an object or a bigint for each would be most of the time.
 *
 * @module
 */

import type { Place } from "../../model/places.ts";
import { type KeyLayout, ones } from "./layout.ts";

/** A place that some row compares with a range: (value - lo) modulo the place's size is at most span. */
export interface RangeLane {
  readonly place: Place;
  /** Cells of 32 bits that a bound has, the lowest first: 1, 2 below 64 bits (the sign of a difference says all), or 4. */
  readonly cells: number;
  /** Lower bounds, `cells` for each row. */
  lo: Uint32Array;
  /** How far the upper bounds are from the lower ones: all ones without a range. */
  span: Uint32Array;
}

/** Rows in the order of their rules. */
export class Columns {
  /** Number of rows. */
  size = 0;
  /** The bits that a row wants, by unit and then by row; zero where its mask is. */
  readonly values: Uint32Array[];
  /** The bits that a row compares, by unit and then by row. */
  readonly masks: Uint32Array[];
  /** Index of each row's rule. */
  rules: Uint32Array;
  /** The places that have ranges, by the first row that has one. */
  readonly lanes: RangeLane[] = [];
  #capacity: number;

  constructor(readonly layout: KeyLayout, capacity: number) {
    this.#capacity = Math.max(16, capacity);
    const column = () => new Uint32Array(this.#capacity);
    this.values = Array.from({ length: layout.units }, column);
    this.masks = Array.from({ length: layout.units }, column);
    this.rules = column();
  }

  /** Adds a row that compares nothing; what it compares is then written into the columns. Returns its number. */
  add(rule: number): number {
    if (this.size === this.#capacity) this.#grow();
    this.rules[this.size] = rule;
    return this.size++;
  }

  /** Takes the last row back. */
  removeLast(): void {
    const row = --this.size;
    for (const column of this.values) column[row] = 0;
    for (const column of this.masks) column[row] = 0;
    for (const lane of this.lanes) clear(lane, row);
  }

  /** The range of a place in a row, to be written. */
  laneOf(place: Place): RangeLane {
    const known = this.lanes.find((lane) => lane.place === place);
    if (known !== undefined) return known;
    const cells = place.widthBits <= 32 ? 1 : place.widthBits < 64 ? 2 : 4;
    const lane: RangeLane = {
      place,
      cells,
      lo: new Uint32Array(cells * this.#capacity),
      span: new Uint32Array(cells * this.#capacity),
    };
    for (let row = 0; row < this.#capacity; row++) clear(lane, row);
    this.lanes.push(lane);
    return lane;
  }

  #grow(): void {
    const from = this.#capacity;
    this.#capacity *= 2;
    const widen = (column: Uint32Array, cells: number): Uint32Array => {
      const wider = new Uint32Array(cells * this.#capacity);
      wider.set(column);
      return wider;
    };
    for (const columns of [this.values, this.masks]) {
      columns.forEach((column, unit) => columns[unit] = widen(column, 1));
    }
    this.rules = widen(this.rules, 1);
    for (const lane of this.lanes) {
      lane.lo = widen(lane.lo, lane.cells);
      lane.span = widen(lane.span, lane.cells);
      for (let row = from; row < this.#capacity; row++) clear(lane, row);
    }
  }
}

function clear(lane: RangeLane, row: number): void {
  for (let cell = 0; cell < lane.cells; cell++) {
    lane.lo[lane.cells * row + cell] = 0;
    lane.span[lane.cells * row + cell] = ones(lane.place.widthBits - 32 * cell);
  }
}
