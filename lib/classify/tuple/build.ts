/**
 * From rows and tables to the bytes of the value.
 *
 * @module
 */

import { powerOfTwo } from "../bits.ts";
import { LITTLE_ENDIAN } from "../../net/bytes.ts";
import type { Action } from "../../model/hooks.ts";
import type { Refusal } from "../plan.ts";
import type { Columns } from "./columns.ts";
import {
  align,
  HAS_VECTORS,
  positionOfBit,
  TUPLE_GROUP,
  TUPLE_HEADER,
  TUPLE_SLOT,
  TUPLE_TABLE,
  TUPLE_VECTORS,
  type TupleFormat,
} from "./format.ts";
import { slotHash } from "./hash.ts";
import { TUPLE_LIMITS } from "./limits.ts";
import type { TableRows } from "./masks.ts";
import { RecordWriter, targetOf } from "./record.ts";
import { withoutShadowed } from "./shadow.ts";
import { VECTOR_WORK, type Vectors, vectorsOf, type VectorWork } from "./vectors.ts";

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
  /** Priorities of the rules that keep others out, which can never decide: without them these would have to be added. */
  readonly hiding: ReadonlySet<number>;
}

/** Writes the tables. */
export function buildTables(
  columns: Columns,
  tables: readonly TableRows[],
  options: BuildOptions,
): BuiltTables | Refusal {
  const { format, actions } = options;
  const gap = priorityGap(actions.length - 1);
  const hiding = new Set<number>();
  const ranked = tables.map((table) => ({ ...table, first: firstOf(table.rows) })).sort((a, b) => a.first - b.first);
  const groups: Group[] = [];
  const work: VectorWork = { left: VECTOR_WORK };
  const slotOffsets: number[] = [];
  let offset = format.slotsOffset;
  let longest = 0;
  let records = 0;
  let slots = 0;
  for (const { mask, rows } of ranked) {
    const slotCount = powerOfTwo(rows.length);
    slotOffsets.push(offset);
    for (const { slot, keys, rows: all } of bucketsOf(columns, mask, rows, slotCount)) {
      const kept = withoutShadowed(columns, all, (row) => hiding.add(priorityOf(columns.rules[row]!, gap)));
      addGroups(groups, columns, kept, { keys, slotOffset: offset + TUPLE_SLOT.bytes * slot, work });
      longest = Math.max(longest, kept.length);
      records += kept.length;
      // Found while the vectors of all the others need not be made.
      if (records * format.recordBytes > TUPLE_LIMITS.bytes) {
        const what = `the records alone take over ${TUPLE_LIMITS.bytes} bytes, the most that there may be`;
        return { refused: "too-many-bytes", what };
      }
    }
    offset += TUPLE_SLOT.bytes * slotCount;
    slots += slotCount;
  }
  // A table, a group and a record are a step each, and one packet may look at all of them.
  const steps = ranked.length + groups.length + records;
  if (steps > TUPLE_LIMITS.laterSteps) {
    return { refused: "too-many-steps", what: `a packet may take ${steps} steps, ${TUPLE_LIMITS.laterSteps} at most` };
  }
  // The slot of the empty table.
  slotOffsets.push(offset);
  offset = align(offset + TUPLE_SLOT.bytes, 64);
  const groupOffsets = groups.map(({ rows, vectors }) => {
    // A group of one record is in one line of the cache.
    const at = align(offset + (vectors === undefined ? 0 : TUPLE_VECTORS.bytes), 64);
    offset = at + TUPLE_GROUP.bytes + rows.length * format.recordBytes;
    return at;
  });
  const usedBytes = offset;
  const roomy = powerOfTwo(usedBytes + Math.floor(usedBytes / 8) + EDIT_BYTES, SMALLEST_BYTES);
  const own = roomy > TUPLE_LIMITS.bytes ? powerOfTwo(usedBytes, SMALLEST_BYTES) : roomy;
  const capacity = Math.max(options.capacity, own);
  if (capacity > TUPLE_LIMITS.bytes) {
    return { refused: "too-many-bytes", what: `the tables take ${usedBytes} bytes, ${TUPLE_LIMITS.bytes} at most` };
  }
  const bytes = new Uint8Array(capacity + roomBehind(format));
  const words = new Uint32Array(bytes.buffer);
  words[TUPLE_HEADER.otherwise / 4] = decisionOf(actions.at(-1)!, options.counters.at(-1)!);
  words[TUPLE_HEADER.firstTable / 4] = TUPLE_HEADER.bytes;
  words[TUPLE_HEADER.tables / 4] = ranked.length;
  for (let bit = 0; bit < 64; bit++) bytes[TUPLE_HEADER.bits + positionOfBit(bit)] = bit;
  const tableAt = (rank: number): number => (TUPLE_HEADER.bytes + rank * format.tableBytes) / 4;
  ranked.forEach(({ mask, rows, first }, rank) => {
    const at = tableAt(rank);
    mask.forEach((bits, unit) => words[at + (LITTLE_ENDIAN ? unit : unit ^ 1)] = bits);
    const behind = at + mask.length;
    words[behind + TUPLE_TABLE.slots / 4] = slotOffsets[rank]!;
    words[behind + TUPLE_TABLE.lastSlot / 4] = powerOfTwo(rows.length) - 1;
    words[behind + TUPLE_TABLE.priority / 4] = priorityOf(columns.rules[first]!, gap);
  });
  // Behind the last: the empty table, and behind that one none.
  words[tableAt(ranked.length) + 2 * format.words + TUPLE_TABLE.slots / 4] = slotOffsets.at(-1)!;
  for (const end of [0, 1]) {
    words[tableAt(ranked.length + end) + 2 * format.words + TUPLE_TABLE.priority / 4] = NO_PRIORITY;
  }
  const writer = new RecordWriter(columns, format);
  const target = targetOf(bytes);
  groups.forEach(({ rows, vectors, isLast, keys, slotOffset }, index) => {
    const at = groupOffsets[index]!;
    if (slotOffset > 0) {
      words[(slotOffset + TUPLE_SLOT.group) / 4] = at / 8;
      words[(slotOffset + TUPLE_SLOT.keys) / 4] = keys;
    }
    words[(at + TUPLE_GROUP.records) / 4] = rows.length + (vectors === undefined ? 0 : HAS_VECTORS);
    words[(at + TUPLE_GROUP.next) / 4] = isLast ? 0 : groupOffsets[index + 1]! / 8;
    if (vectors !== undefined) {
      const to = at - TUPLE_VECTORS.bytes;
      new Uint16Array(bytes.buffer, to + TUPLE_VECTORS.windows, vectors.windows.length).set(vectors.windows);
      words.set(vectors.sets, (to + TUPLE_VECTORS.sets) / 4);
    }
    rows.forEach((row, position) => {
      const rule = columns.rules[row]!;
      const head = {
        priority: priorityOf(rule, gap),
        decision: decisionOf(options.actions[rule]!, options.counters[rule]!),
      };
      writer.write(target, at + TUPLE_GROUP.bytes + position * format.recordBytes, row, head);
    });
  });
  const ownVectors = groups.filter(({ vectors }) => vectors !== undefined).length;
  return { bytes, capacity, usedBytes, tables: ranked.length, slots, records, longest, vectors: ownVectors, hiding };
}

/** Room for rules that come and go before all is built anew, in bytes, beside an eighth of what is used. */
const EDIT_BYTES = 16_384;

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
  { keys, slotOffset, work }: { readonly keys: number; readonly slotOffset: number; readonly work: VectorWork },
): void {
  for (let from = 0; from < rows.length; from += TUPLE_LIMITS.groupRecords) {
    const part = rows.subarray(from, from + TUPLE_LIMITS.groupRecords);
    groups.push({
      rows: part,
      vectors: part.length < VECTORED ? undefined : vectorsOf(columns, part, work),
      keys,
      isLast: from + part.length === rows.length,
      slotOffset: from === 0 ? slotOffset : 0,
    });
  }
}

/** Of tables without records: no record has it. */
export const NO_PRIORITY = 0xffff_ffff;

/** The priority of a rule of a filter that is built whole: there is room before the first, between any two and behind the last. */
export function priorityOf(rule: number, gap: number): number {
  return 0x4000_0000 + rule * gap;
}

/** How far the priorities of neighbouring rules are apart. */
export function priorityGap(rules: number): number {
  return Math.floor(0x8000_0000 / (rules + 1));
}

/** Bytes behind the capacity: a read that begins within it ends there, of a record, of vectors, or of the tables in line. */
export function roomBehind({ recordBytes, tableBytes }: TupleFormat): number {
  return align(Math.max(recordBytes, TUPLE_VECTORS.bytes, TUPLE_LIMITS.inlineTables * tableBytes), 64);
}

/** Bytes of the smallest tables. */
const SMALLEST_BYTES = 1 << 12;

/** What a record of a rule decides: its counter, and 1 more for drop. */
export function decisionOf(action: Action, counter: number): number {
  return 2 * counter + (action === "drop" ? 1 : 0);
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
