/**
 * From rows and tables to the bytes of the value.
 *
 * @module
 */

import type { Action } from "../../model/hooks.ts";
import type { Refusal } from "../plan.ts";
import type { Columns, RangeLane } from "./columns.ts";
import {
  align,
  type LaneFormat,
  LITTLE,
  positionOfBit,
  TUPLE_GROUP,
  TUPLE_HEADER,
  TUPLE_RECORD,
  TUPLE_SLOT,
  TUPLE_TABLE,
  TUPLE_VECTORS,
  type TupleFormat,
} from "./format.ts";
import { slotHash } from "./hash.ts";
import { ones } from "./layout.ts";
import { TUPLE_LIMITS } from "./limits.ts";
import type { TableRows } from "./masks.ts";
import { type Vectors, vectorsOf } from "./vectors.ts";

/** What is built, beside the rows. */
export interface BuildOptions {
  readonly format: TupleFormat;
  /** Of each rule in order, and then of the default. */
  readonly actions: readonly Action[];
  /** Of each rule in order, and then of the default: index of its counter. */
  readonly counters: readonly number[];
  /** Bytes that there are to be at least. */
  readonly capacity: number;
}

/** The value, and what it is like. */
export interface BuiltTables {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Bytes of it without the room behind. */
  readonly capacity: number;
  /** Bytes of it that are used. */
  readonly usedBytes: number;
  readonly tables: number;
  readonly slots: number;
  readonly records: number;
  /** Records of the fullest slot. */
  readonly longest: number;
  /** Groups that have vectors of their own. */
  readonly vectors: number;
}

/** Writes the tables. */
export function buildTables(
  columns: Columns,
  tables: readonly TableRows[],
  options: BuildOptions,
): BuiltTables | Refusal {
  const { format, actions } = options;
  const gap = priorityGap(actions.length);
  const ranked = tables.map((table) => ({ ...table, first: firstOf(table.rows) })).sort((a, b) => a.first - b.first);
  const groups: Group[] = [];
  const slotOffsets: number[] = [];
  let offset = format.slotsOffset;
  let longest = 0;
  let records = 0;
  let slots = 0;
  for (const { mask, rows } of ranked) {
    const slotCount = slotCountFor(rows.length);
    slotOffsets.push(offset);
    for (const { slot, keys, rows: all } of bucketsOf(columns, mask, rows, slotCount)) {
      const kept = withoutShadowed(columns, all);
      addGroups(groups, columns, kept, { keys, slotOffset: offset + TUPLE_SLOT.bytes * slot });
      longest = Math.max(longest, kept.length);
      records += kept.length;
    }
    offset += TUPLE_SLOT.bytes * slotCount;
    slots += slotCount;
  }
  // A table, a group and a record are a step each, and one packet may look at all of them.
  const steps = ranked.length + groups.length + records;
  if (steps > TUPLE_LIMITS.laterSteps) {
    return { refused: "too-many-steps", what: `a packet may take ${steps} steps, ${TUPLE_LIMITS.laterSteps} at most` };
  }
  offset = align(offset, 64);
  const vectorOffsets = groups.map(({ vectors }) => {
    if (vectors === undefined) return 0;
    offset += TUPLE_VECTORS.bytes;
    return offset - TUPLE_VECTORS.bytes;
  });
  const groupOffsets = groups.map(({ rows }) => {
    // A group of one record is in one line of the cache.
    const at = align(offset, 64);
    offset = at + TUPLE_GROUP.bytes + rows.length * format.recordBytes;
    return at;
  });
  const usedBytes = offset;
  const capacity = Math.max(options.capacity, capacityFor(usedBytes));
  if (capacity > TUPLE_LIMITS.bytes) {
    return { refused: "too-many-bytes", what: `the tables take ${usedBytes} bytes, ${TUPLE_LIMITS.bytes} at most` };
  }
  const bytes = new Uint8Array(capacity + roomBehind(format));
  const words = new Uint32Array(bytes.buffer);
  words[TUPLE_HEADER.otherwise / 4] = decisionOf(options, actions.length - 1);
  words[TUPLE_HEADER.firstTable / 4] = TUPLE_HEADER.bytes;
  words[TUPLE_HEADER.tables / 4] = ranked.length;
  for (let bit = 0; bit < 64; bit++) bytes[TUPLE_HEADER.bits + positionOfBit(bit)] = bit;
  const tableAt = (rank: number): number => (TUPLE_HEADER.bytes + rank * format.tableBytes) / 4;
  ranked.forEach(({ mask, rows, first }, rank) => {
    const at = tableAt(rank);
    mask.forEach((bits, unit) => words[at + (LITTLE ? unit : unit ^ 1)] = bits);
    const behind = at + mask.length;
    words[behind + TUPLE_TABLE.slots / 4] = slotOffsets[rank]!;
    words[behind + TUPLE_TABLE.lastSlot / 4] = slotCountFor(rows.length) - 1;
    words[behind + TUPLE_TABLE.priority / 4] = (columns.rules[first]! + 1) * gap;
  });
  words[tableAt(ranked.length) + 2 * format.words + TUPLE_TABLE.priority / 4] = 0xffff_ffff;
  const writer = new RecordWriter(columns, options, gap, bytes);
  groups.forEach(({ rows, vectors, isLast, keys, slotOffset }, index) => {
    const at = groupOffsets[index]!;
    if (slotOffset > 0) {
      words[(slotOffset + TUPLE_SLOT.group) / 4] = at / 8;
      words[(slotOffset + TUPLE_SLOT.keys) / 4] = keys;
    }
    words[(at + TUPLE_GROUP.vectors) / 4] = vectors === undefined ? rows.length : vectorOffsets[index]! / 8;
    words[(at + TUPLE_GROUP.next) / 4] = isLast ? 0 : groupOffsets[index + 1]! / 8;
    if (vectors !== undefined) {
      const to = vectorOffsets[index]!;
      new Uint16Array(bytes.buffer, to + TUPLE_VECTORS.windows, vectors.windows.length).set(vectors.windows);
      words.set(vectors.sets, (to + TUPLE_VECTORS.sets) / 4);
    }
    rows.forEach((row, position) => {
      writer.write(at + TUPLE_GROUP.bytes + position * format.recordBytes, row);
    });
  });
  const ownVectors = groups.filter(({ vectors }) => vectors !== undefined).length;
  return { bytes, capacity, usedBytes, tables: ranked.length, slots, records, longest, vectors: ownVectors };
}

/** Groups of fewer records have no vectors: to compare them takes less. */
const VECTORED = 7;

/** Records one after the other. */
interface Group {
  readonly rows: Uint32Array;
  readonly vectors: Vectors | undefined;
  readonly keys: number;
  /** Whether no other slot follows. */
  readonly isLast: boolean;
  /** Of the slot that refers to it, or 0 when another group does. */
  readonly slotOffset: number;
}

/** Adds the groups of the rows of a slot. */
function addGroups(
  groups: Group[],
  columns: Columns,
  rows: Uint32Array,
  { keys, slotOffset }: { readonly keys: number; readonly slotOffset: number },
): void {
  for (let from = 0; from < rows.length; from += TUPLE_LIMITS.groupRecords) {
    const part = rows.subarray(from, from + TUPLE_LIMITS.groupRecords);
    groups.push({
      rows: part,
      vectors: part.length < VECTORED ? undefined : vectorsOf(columns, part),
      keys,
      isLast: from + part.length === rows.length,
      slotOffset: from === 0 ? slotOffset : 0,
    });
  }
}

/** How far the priorities of neighbouring rules are apart. */
export function priorityGap(rules: number): number {
  return Math.floor(0x7fff_ffff / (rules + 2));
}

/** Bytes behind the capacity: a read that begins within it ends there, of a record, of vectors, or of the tables in line. */
export function roomBehind({ recordBytes, tableBytes }: TupleFormat): number {
  return align(Math.max(recordBytes, TUPLE_VECTORS.bytes, TUPLE_LIMITS.inlineTables * tableBytes), 64);
}

/** The power of two that holds so many bytes. */
function capacityFor(bytes: number): number {
  let capacity = 1 << 12;
  while (capacity < bytes) capacity *= 2;
  return capacity;
}

/** Slots of a table with so many rows. */
function slotCountFor(rows: number): number {
  let count = 1;
  while (count < rows) count *= 2;
  return count;
}

function decisionOf({ actions, counters }: BuildOptions, rule: number): number {
  return 2 * counters[rule]! + (actions[rule] === "drop" ? 1 : 0);
}

/** Rows are in the order of priority: the first is the one with the smallest number. */
function firstOf(rows: Uint32Array): number {
  let first = Infinity;
  for (const row of rows) if (row < first) first = row;
  return first;
}

interface Bucket {
  readonly slot: number;
  /** The bits of its keys. */
  readonly keys: number;
  /** In the order of priority. */
  readonly rows: Uint32Array;
}

/** The rows of each slot that has any. */
function* bucketsOf(columns: Columns, mask: Uint32Array, rows: Uint32Array, slotCount: number): Generator<Bucket> {
  const hash = slotHash(columns, mask);
  const ordered = rows.slice().sort();
  const hashes = new Uint32Array(ordered.length);
  const ends = new Uint32Array(slotCount + 1);
  for (let index = 0; index < ordered.length; index++) {
    const value = hash(ordered[index]!);
    hashes[index] = value;
    ends[(value & slotCount - 1) + 1]!++;
  }
  for (let slot = 0; slot < slotCount; slot++) ends[slot + 1] = ends[slot + 1]! + ends[slot]!;
  const sorted = new Uint32Array(ordered.length);
  const keys = new Uint32Array(slotCount);
  const next = ends.slice();
  for (let index = 0; index < ordered.length; index++) {
    const value = hashes[index]!;
    const slot = value & slotCount - 1;
    sorted[next[slot]!++] = ordered[index]!;
    keys[slot] = keys[slot]! | 1 << (value >>> 27);
  }
  for (let slot = 0; slot < slotCount; slot++) {
    const [from, to] = [ends[slot]!, ends[slot + 1]!];
    if (from < to) yield { slot, keys: keys[slot]!, rows: sorted.subarray(from, to) };
  }
}

/** Rows that can decide: none that holds only where an earlier one does. Long lists are only compared with their start. */
function withoutShadowed(columns: Columns, rows: Uint32Array): Uint32Array {
  if (rows.length === 1) return rows;
  const kept: number[] = [];
  for (const row of rows) {
    let shadowed = false;
    for (let index = 0; index < kept.length && index < SHADOWS && !shadowed; index++) {
      shadowed = covers(columns, kept[index]!, row);
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

class RecordWriter {
  readonly #columns: Columns;
  readonly #options: BuildOptions;
  readonly #gap: number;
  readonly #view: DataView;
  readonly #words: Uint32Array;
  readonly #lanes: readonly { readonly format: LaneFormat; readonly lane: RangeLane }[];

  constructor(columns: Columns, options: BuildOptions, gap: number, bytes: Uint8Array<ArrayBuffer>) {
    this.#columns = columns;
    this.#options = options;
    this.#gap = gap;
    this.#view = new DataView(bytes.buffer);
    this.#words = new Uint32Array(bytes.buffer);
    this.#lanes = options.format.lanes.map((one) => ({ format: one, lane: columns.laneOf(one.place) }));
  }

  write(offset: number, row: number): void {
    const { values, masks, rules } = this.#columns;
    const words = this.#words;
    const rule = rules[row]!;
    const at = offset / 4;
    words[at + TUPLE_RECORD.priority / 4] = (rule + 1) * this.#gap;
    words[at + TUPLE_RECORD.decision / 4] = decisionOf(this.#options, rule);
    const behind = at + TUPLE_RECORD.values / 4;
    for (let unit = 0; unit < values.length; unit++) {
      const to = behind + (LITTLE ? unit : unit ^ 1);
      words[to] = values[unit]![row]!;
      words[to + values.length] = masks[unit]![row]!;
    }
    for (const { format, lane } of this.#lanes) {
      this.#writeBound(offset + format.offset, format.bytes, lane.lo, lane.cells * row);
      this.#writeBound(offset + format.offset + format.bytes, format.bytes, lane.span, lane.cells * row);
    }
  }

  /** 128 bits are two words of 64, the lower first. */
  #writeBound(at: number, bytes: number, cells: Uint32Array, from: number): void {
    if (bytes === 2) return this.#view.setUint16(at, cells[from]!, LITTLE);
    if (bytes === 4) return this.#view.setUint32(at, cells[from]!, LITTLE);
    for (let cell = 0; 4 * cell < bytes; cell++) {
      this.#view.setUint32(at + 4 * (LITTLE ? cell : cell ^ 1), cells[from + cell]!, LITTLE);
    }
  }
}
