/**
 * Which masks the tables have. A row can be in any table whose mask asks for no bit that the row does not compare; the fewer
 * tables, the fewer a packet has to look into. Chosen greedily: the mask that takes most of the remaining rows, with at
 * most a few to a key.
 *
 * @module
 */

import { countBits } from "../bits.ts";
import type { Columns } from "./columns.ts";
import type { KeyLayout } from "./layout.ts";
import { ones } from "./layout.ts";
import { TUPLE_LIMITS } from "./limits.ts";
import { isWithin, KINDS, RowKinds } from "./row_kinds.ts";

/** A table: its mask, by unit, and its rows. */
export interface TableRows {
  readonly mask: Uint32Array;
  readonly rows: Uint32Array;
}

/** Rows that may share a key, to begin with. */
const ROWS_OF_KEY = 64;
/** A table that takes less than this part of the rows that are left is not worth a probe: more rows may share a key then. */
const WORTH_PART = 24;
/** Candidates that are all tried; of more, those near the best ones. */
const CANDIDATES = 4_096;
/** Rows that a candidate is tried on, at most about so many. */
const TRIED_ROWS = 16_384;
/** Rows that all trials of a build go through: some 0.4 s. A part of what is left of it is for each table. */
const TRIAL_BUDGET = 60_000_000;
const BUDGET_PART = 8;
/** Candidates that are tried in any case. */
const LEAST_TRIALS = 12;

/** The tables of some rows: every row is in one. */
export function chooseTables(columns: Columns, rows: Uint32Array): TableRows[] {
  const kinds = new RowKinds(columns, rows);
  const work: Work = { budget: TRIAL_BUDGET };
  const tables = new Map<string, TableRows>();
  let left = rows;
  let rowsOfKey = ROWS_OF_KEY;
  while (left.length > 0) {
    // The last table takes all that is left, and one comes when keys would have to be shared by all rows.
    const isLast = tables.size >= TUPLE_LIMITS.tables - 1 || rowsOfKey >= left.length;
    const mask = isLast ? new Uint32Array(columns.layout.units) : bestMask(columns, kinds, left, { rowsOfKey, work });
    const split = splitRows(columns, kinds, left, mask, isLast ? Infinity : rowsOfKey);
    if (!isLast && split.taken.length * WORTH_PART < left.length) {
      rowsOfKey *= 2;
      continue;
    }
    const name = mask.join();
    const same = tables.get(name);
    tables.set(name, { mask, rows: same === undefined ? split.taken : concatenate(same.rows, split.taken) });
    left = split.left;
  }
  return [...tables.values()];
}

/** What is left to be spent. */
interface Work {
  budget: number;
}

/** The mask that takes most rows, at most so many to a key. */
function bestMask(
  columns: Columns,
  kinds: RowKinds,
  left: Uint32Array,
  { rowsOfKey, work }: { readonly rowsOfKey: number; readonly work: Work },
): Uint32Array {
  const counts = new Uint32Array(kinds.masks.length);
  for (const row of left) counts[kinds.of[row]!]!++;
  const live: { mask: Uint32Array; count: number }[] = [];
  kinds.masks.forEach((mask, kind) => {
    const count = counts[kind]!;
    if (count > 0) live.push({ mask, count });
  });
  live.sort((a, b) => b.count - a.count);
  const shown = live.slice(0, KINDS);
  const dimensions = dimensionsOf(columns.layout)
    .filter((dimension) => shown.some(({ mask }) => mask.some((bits, unit) => (bits & dimension[unit]!) !== 0)));
  const most = dimensions.length <= 2 ? 24 : left.length > 20_000 ? 8 : left.length > 3_000 ? 12 : 16;
  const levels = dimensions
    .map((dimension) => levelsOf(dimension, shown, most))
    .filter((all) => all.length > 1);
  const trial = new Trial(columns, kinds, left, { rowsOfKey, work });
  const product = levels.reduce((count, { length }) => count * length, 1);
  return product <= CANDIDATES
    ? bestOfAll(columns.layout.units, levels, shown, trial)
    : bestNearby(columns.layout.units, levels, trial);
}

/** Every combination of levels, those first that could take most; none that could not take more than the best did. */
function bestOfAll(
  units: number,
  levels: readonly (readonly Uint32Array[])[],
  shown: readonly { mask: Uint32Array; count: number }[],
  trial: Trial,
): Uint32Array {
  let masks: Uint32Array[] = [new Uint32Array(units)];
  for (const all of levels) masks = masks.flatMap((mask) => all.map((level) => union(mask, level)));
  // Kinds that are not shown might all be taken.
  const others = trial.rows - shown.reduce((sum, { count }) => sum + count, 0);
  const candidates = masks.map((mask) => {
    let most = others;
    for (const kind of shown) if (isWithin(mask, kind.mask)) most += kind.count;
    return { mask, most };
  });
  candidates.sort((a, b) => b.most - a.most);
  let best = masks[0]!;
  let taken = -1;
  for (const { mask, most } of candidates) {
    if (most <= taken || trial.isOver) break;
    const count = trial.count(mask);
    if (count > taken) [best, taken] = [mask, count];
  }
  return best;
}

/** From several starts, one dimension after the other, as long as that helps. */
function bestNearby(units: number, levels: readonly (readonly Uint32Array[])[], trial: Trial): Uint32Array {
  let best: Uint32Array = new Uint32Array(units);
  let taken = -1;
  const starts = [0.5, 1, 0].map((part) => levels.map((all) => Math.floor(part * (all.length - 1))));
  for (const chosen of starts) {
    const maskOf = () =>
      chosen.reduce<Uint32Array>((mask, level, at) => union(mask, levels[at]![level]!), new Uint32Array(units));
    let count = trial.count(maskOf());
    for (let changed = true; changed && !trial.isOver;) {
      changed = false;
      for (let at = 0; at < levels.length; at++) {
        const before = chosen[at]!;
        let kept = before;
        for (let level = 0; level < levels[at]!.length && !trial.isOver; level++) {
          if (level === before) continue;
          chosen[at] = level;
          const now = trial.count(maskOf());
          if (now <= count) continue;
          count = now;
          kept = level;
          changed = true;
        }
        chosen[at] = kept;
      }
    }
    if (count > taken) [best, taken] = [maskOf(), count];
  }
  return best;
}

/** Counts how many rows masks would take. */
class Trial {
  readonly #columns: Columns;
  readonly #kinds: RowKinds;
  readonly #left: Uint32Array;
  readonly #rowsOfKey: number;
  readonly #counts: Uint8Array;
  /** Only keys whose hash has none of these bits are looked at. */
  readonly #skipped: number;
  readonly #bits: number;
  readonly #work: Work;
  #trialsLeft: number;

  constructor(
    columns: Columns,
    kinds: RowKinds,
    left: Uint32Array,
    { rowsOfKey, work }: { readonly rowsOfKey: number; readonly work: Work },
  ) {
    this.#columns = columns;
    this.#kinds = kinds;
    this.#left = left;
    this.#rowsOfKey = Math.min(rowsOfKey, 255);
    let part = 1;
    while (left.length / part > TRIED_ROWS) part *= 2;
    this.#skipped = part - 1;
    this.#bits = Math.max(6, 32 - Math.clz32(4 * left.length / part));
    this.#counts = new Uint8Array(1 << this.#bits);
    this.#work = work;
    this.#trialsLeft = Math.max(
      LEAST_TRIALS,
      Math.floor(work.budget / BUDGET_PART / (left.length + this.#counts.length)),
    );
  }

  /** Rows that there are to take. */
  get rows(): number {
    return this.#left.length;
  }

  /** Whether no more is to be tried. */
  get isOver(): boolean {
    return this.#trialsLeft <= 0;
  }

  count(mask: Uint32Array): number {
    const left = this.#left;
    const fits = this.#kinds.fits(mask);
    const hash = keyHash(this.#columns, mask);
    const counts = this.#counts;
    const skipped = this.#skipped;
    const shift = 32 - this.#bits;
    const most = this.#rowsOfKey;
    this.#trialsLeft--;
    this.#work.budget = Math.max(0, this.#work.budget - left.length - counts.length);
    counts.fill(0);
    let taken = 0;
    for (let index = 0; index < left.length; index++) {
      const row = left[index]!;
      if (!fits(row)) continue;
      const key = hash(row);
      if ((key & skipped) !== 0) continue;
      const slot = Math.imul(key, 0x297a_2d39) >>> shift;
      if (counts[slot]! >= most) continue;
      counts[slot]!++;
      taken++;
    }
    return taken * (skipped + 1);
  }
}

/** Takes the rows that fit under a mask, in order of priority and at most so many to a key. */
function splitRows(columns: Columns, kinds: RowKinds, left: Uint32Array, mask: Uint32Array, rowsOfKey: number) {
  const fits = kinds.fits(mask);
  const hash = keyHash(columns, mask);
  const bits = Math.max(6, Math.min(22, 34 - Math.clz32(left.length)));
  const counts = new Uint32Array(1 << bits);
  const taken = new Uint32Array(left.length);
  const others = new Uint32Array(left.length);
  let takenCount = 0;
  let otherCount = 0;
  for (const row of left) {
    const slot = fits(row) ? Math.imul(hash(row), 0x297a_2d39) >>> 32 - bits : -1;
    if (slot >= 0 && counts[slot]! < rowsOfKey) {
      counts[slot]!++;
      taken[takenCount++] = row;
    } else {
      others[otherCount++] = row;
    }
  }
  return { taken: taken.slice(0, takenCount), left: others.slice(0, otherCount) };
}

/** A hash of what a mask leaves of a row. Not the one of the tables: this one is quicker in JavaScript. */
function keyHash(columns: Columns, mask: Uint32Array): (row: number) => number {
  const active = [...mask.keys()].filter((unit) => mask[unit] !== 0);
  const column = (index: number): Uint32Array => columns.values[active[index]!]!;
  const bits = (index: number): number => mask[active[index]!]!;
  const mix = (sum: number): number => {
    const hash = Math.imul(sum ^ sum >>> 15, 0x2c1b_3c6d);
    return hash ^ hash >>> 13;
  };
  switch (active.length) {
    case 0:
      return () => 0;
    case 1: {
      const [a, m] = [column(0), bits(0)];
      return (row) => mix(Math.imul(a[row]! & m, 0x9e37_79b1));
    }
    case 2: {
      const [a, m, b, n] = [column(0), bits(0), column(1), bits(1)];
      return (row) => mix(Math.imul(a[row]! & m, 0x9e37_79b1) + Math.imul(b[row]! & n, 0x85eb_ca77));
    }
    default: {
      const all = active.map((unit) => [columns.values[unit]!, mask[unit]!] as const);
      return (row) => {
        let sum = 0;
        for (const [values, unit] of all) sum = Math.imul(sum ^ values[row]! & unit, 0x9e37_79b1) + (sum >>> 15);
        return mix(sum);
      };
    }
  }
}

/** What masks vary in: each place, and what the packet has. The bits of it, by unit. */
function dimensionsOf(layout: KeyLayout): Uint32Array[] {
  const groups = [...layout.piecesOf.values(), [layout.presence]];
  return groups.map((pieces) => {
    const dimension = new Uint32Array(layout.units);
    for (const piece of pieces) {
      dimension[piece.unit] = dimension[piece.unit]! | ones(piece.widthBits) << piece.unitBit;
    }
    return dimension;
  });
}

/** The masks that are tried in one dimension: those of many rows, from none of the bits to most. */
function levelsOf(
  dimension: Uint32Array,
  live: readonly { mask: Uint32Array; count: number }[],
  most: number,
): Uint32Array[] {
  const weights = new Map<string, { level: Uint32Array; count: number; bits: number }>();
  for (const { mask, count } of live) {
    const level = mask.map((bits, unit) => bits & dimension[unit]!);
    const name = level.join();
    const known = weights.get(name);
    if (known !== undefined) known.count += count;
    else weights.set(name, { level, count, bits: level.reduce((sum, bits) => sum + countBits(bits), 0) });
  }
  const all = [...weights.values()].sort((a, b) => a.bits - b.bits || (a.level.join() < b.level.join() ? -1 : 1));
  const total = all.reduce((sum, { count }) => sum + count, 0);
  const picked = new Map<string, Uint32Array>();
  const pick = (level: Uint32Array) => picked.set(level.join(), level);
  pick(new Uint32Array(dimension.length));
  let seen = 0;
  let next = 0;
  for (const { level, count } of all) {
    seen += count;
    if (all.length > most && seen < next) continue;
    pick(level);
    next = seen + total / most;
  }
  // Masks of which none is within the next have only what they share to be hashed by.
  const chain = [...picked.values()];
  for (let index = 2; index < chain.length; index++) {
    const [a, b] = [chain[index - 1]!, chain[index]!];
    if (!isWithin(a, b)) pick(a.map((bits, unit) => bits & b[unit]!));
  }
  return [...picked.values()];
}

function union(a: Uint32Array, b: Uint32Array): Uint32Array {
  return a.map((bits, unit) => bits | b[unit]!);
}

function concatenate(a: Uint32Array, b: Uint32Array): Uint32Array {
  const both = new Uint32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
