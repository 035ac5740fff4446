/**
 * Rows by what they compare: a hundred thousand rows are of a few kinds.
 *
 * @module
 */

import type { Columns } from "./columns.ts";

/** Kinds of rows that candidates are made from: a filter of random masks has as many as rows. */
export const KINDS = 1_024;

/** Rows by what they compare. */
export class RowKinds {
  readonly #columns: Columns;
  /** Number of each row's kind. */
  readonly of: Uint32Array;
  /** The masks of each kind, by unit. */
  readonly masks: Uint32Array[] = [];

  constructor(columns: Columns, rows: Uint32Array) {
    this.#columns = columns;
    this.of = new Uint32Array(columns.size);
    const { masks } = columns;
    const units = masks.length;
    let bits = 10;
    let slots = new Int32Array(1 << bits).fill(-1);
    const hashOf = (at: (unit: number) => number): number => {
      let hash = 0;
      for (let unit = 0; unit < units; unit++) hash = Math.imul(hash ^ at(unit), 0x9e37_79b1) ^ hash >>> 15;
      return Math.imul(hash, 0x85eb_ca77);
    };
    for (const row of rows) {
      let slot = hashOf((unit) => masks[unit]![row]!) >>> 32 - bits;
      for (;;) {
        const kind = slots[slot]!;
        if (kind < 0) {
          slots[slot] = this.masks.length;
          this.of[row] = this.masks.length;
          this.masks.push(Uint32Array.from(masks, (column) => column[row]!));
          break;
        }
        const known = this.masks[kind]!;
        let unit = 0;
        while (unit < units && known[unit] === masks[unit]![row]) unit++;
        if (unit === units) {
          this.of[row] = kind;
          break;
        }
        slot = slot + 1 & slots.length - 1;
      }
      if (2 * this.masks.length > slots.length) {
        bits++;
        slots = new Int32Array(1 << bits).fill(-1);
        this.masks.forEach((known, kind) => {
          let to = hashOf((unit) => known[unit]!) >>> 32 - bits;
          while (slots[to]! >= 0) to = to + 1 & slots.length - 1;
          slots[to] = kind;
        });
      }
    }
  }

  /** Whether a row compares all bits of a mask. */
  fits(mask: Uint32Array): (row: number) => boolean {
    if (this.masks.length <= KINDS) {
      const kinds = this.masks.map((kind) => isWithin(mask, kind));
      return (row) => kinds[this.of[row]!]!;
    }
    const active = [...mask.keys()].filter((unit) => mask[unit] !== 0)
      .map((unit) => [this.#columns.masks[unit]!, mask[unit]!] as const);
    return (row) => {
      for (const [masks, bits] of active) if ((bits & ~masks[row]!) !== 0) return false;
      return true;
    };
  }
}

/** Whether a kind compares all bits of a mask. */
export function isWithin(mask: Uint32Array, kind: Uint32Array): boolean {
  for (let unit = 0; unit < mask.length; unit++) {
    if ((mask[unit]! & ~kind[unit]!) !== 0) return false;
  }
  return true;
}
