/**
 * Puts records into built tables and takes them out, and notes what is written.
 *
 * @module
 */

import { countBits } from "../bits.ts";
import { LITTLE_ENDIAN } from "../../net/bytes.ts";
import type { TableWrite, TupleFacts, TuplePlan } from "../plan.ts";
import type { Columns } from "./columns.ts";
import {
  align,
  HAS_VECTORS,
  TUPLE_GROUP,
  TUPLE_HEADER,
  TUPLE_RECORD,
  TUPLE_SLOT,
  TUPLE_TABLE,
  TUPLE_VECTORS,
  type TupleFormat,
  WINDOW_BITS,
  WINDOWS,
} from "./format.ts";
import { slotHash } from "./hash.ts";
import { TUPLE_LIMITS } from "./limits.ts";
import { type RecordHead, RecordWriter, targetOf } from "./record.ts";
import { acceptedValues } from "./vectors.ts";

/** Groups that are copied for one record; a slot with more before its place is to be built anew. */
const MOST_COPIES = 16;

/** A copy of the tables of a plan, to be edited. */
export class TableEditor {
  /** The tables as they become. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Records that were written, copies included. */
  touched = 0;
  readonly #format: TupleFormat;
  readonly #capacity: number;
  readonly #words: Uint32Array;
  readonly #from: number;
  readonly #tables: Table[] = [];
  #used: number;
  #count: number;
  #longest: number;
  #records: number;
  /** Offsets of words with priorities and the like, in the order in which they changed; only the last value counts. */
  readonly #heads = new Set<number>();
  readonly #slots: TableWrite[] = [];

  constructor(plan: TuplePlan) {
    this.bytes = plan.tables.slice();
    this.#format = plan.format;
    this.#capacity = plan.capacity;
    this.#words = new Uint32Array(this.bytes.buffer);
    this.#from = align(plan.facts.usedBytes, 64);
    this.#used = this.#from;
    this.#records = plan.facts.records;
    this.#longest = plan.facts.longest;
    this.#count = this.readHeader(TUPLE_HEADER.tables);
    // The one behind the last is the empty one: it takes what fits in no other.
    for (let number = 0; number <= this.#count && number <= TUPLE_LIMITS.tables; number++) {
      const at = TUPLE_HEADER.bytes + number * this.#format.tableBytes;
      const units = 2 * this.#format.words;
      const mask = Uint32Array.from(
        { length: units },
        (_, unit) => this.#words[at / 4 + (LITTLE_ENDIAN ? unit : unit ^ 1)]!,
      );
      this.#tables.push({ mask, head: at + 4 * units });
    }
  }

  /** A word of the header. */
  readHeader(offset: number): number {
    return this.#words[offset / 4]!;
  }

  /** Sets a word of the header. */
  writeHeader(offset: number, value: number): void {
    this.#words[offset / 4] = value;
    this.#heads.add(offset - offset % 8);
  }

  /** Adds the record of a row; false when there is no room. */
  insert(columns: Columns, row: number, head: RecordHead): boolean {
    const number = this.#tableFor(columns, row);
    const slot = this.#slotOf(number, columns, row);
    const groups = this.#chain(slot.offset);
    let last = groups.findIndex(({ offset, count }) => this.#priority(offset, count - 1) > head.priority);
    if (last < 0) last = groups.length - 1;
    const writer = new RecordWriter(columns, this.#format);
    const add = { columns, row, write: (at: number) => writer.write(targetOf(this.bytes), at, row, head) };
    const plan = groups.slice(0, last + 1).map((group, index): GroupCopy => {
      const order = Array.from({ length: group.count }, (_, position) => position);
      if (index === last) {
        const before = order.findIndex((position) => this.#priority(group.offset, position) > head.priority);
        order.splice(before < 0 ? group.count : before, 0, NEW);
      }
      return { group, order };
    });
    if (plan.length === 0) plan.push({ group: undefined, order: [NEW] });
    const first = this.#copy(plan, groups[last + 1]?.offset ?? 0, add);
    if (first === undefined) return false;
    this.#setSlot(slot.offset, { group: first, keys: this.#words[(slot.offset + TUPLE_SLOT.keys) / 4]! | slot.key });
    this.#longest = Math.max(this.#longest, 1 + groups.reduce((sum, { count }) => sum + count, 0));
    this.#lower(number, head.priority);
    this.#records++;
    return true;
  }

  /** Takes the records of a rule out of where a row of it may be: how many; undefined when there is no room for the copies. */
  remove(columns: Columns, row: number, priority: number): number | undefined {
    const before = this.#records;
    for (let number = 0; number < this.#count; number++) {
      if (!this.#fits(number, columns, row)) continue;
      const slot = this.#slotOf(number, columns, row);
      const groups = this.#chain(slot.offset);
      const copies = groups.map((group): GroupCopy => ({
        group,
        order: Array.from({ length: group.count }, (_, position) => position)
          .filter((position) => this.#priority(group.offset, position) !== priority),
      }));
      const last = copies.findLastIndex(({ group, order }) => order.length < group!.count);
      if (last < 0) continue;
      const changed = copies.slice(0, last + 1);
      const first = this.#copy(changed, groups[last + 1]?.offset ?? 0);
      if (first === undefined) return undefined;
      this.#records -= changed.reduce((sum, { group, order }) => sum + group!.count - order.length, 0);
      // Without keys nobody looks at the group; a reader that saw the keys before still finds the old one.
      const keys = first === 0 ? 0 : this.#words[(slot.offset + TUPLE_SLOT.keys) / 4]!;
      this.#setSlot(slot.offset, { group: first === 0 ? groups[0]!.offset : first, keys });
    }
    return before - this.#records;
  }

  /** What is written, in this order. */
  writes(): readonly TableWrite[] {
    const copy = (offset: number, end: number): TableWrite => ({ offset, bytes: this.bytes.slice(offset, end) });
    const end = align(this.#used, 8);
    return [
      ...(end > this.#from ? [copy(this.#from, end)] : []),
      ...[...this.#heads].map((offset) => copy(offset, offset + 8)),
      ...this.#slots,
    ];
  }

  /** What is different of the tables' facts. */
  facts(): Pick<TupleFacts, "records" | "usedBytes" | "tables" | "longest"> {
    return { records: this.#records, usedBytes: this.#used, tables: this.#count, longest: this.#longest };
  }

  #fits(number: number, { masks }: Columns, row: number): boolean {
    return this.#tables[number]!.mask.every((bits, unit) => (bits & ~masks[unit]![row]!) === 0);
  }

  /** The table with most bits that the row compares; of several the first. */
  #tableFor(columns: Columns, row: number): number {
    let best = -1;
    let most = -1;
    this.#tables.forEach(({ mask }, number) => {
      const bits = mask.reduce((sum, unit) => sum + countBits(unit), 0);
      if (bits > most && this.#fits(number, columns, row)) [best, most] = [number, bits];
    });
    return best;
  }

  #slotOf(number: number, columns: Columns, row: number): { readonly offset: number; readonly key: number } {
    const { mask, head } = this.#tables[number]!;
    const hash = slotHash(columns, mask)(row);
    const first = this.#words[(head + TUPLE_TABLE.slots) / 4]!;
    const lastSlot = this.#words[(head + TUPLE_TABLE.lastSlot) / 4]!;
    return { offset: first + TUPLE_SLOT.bytes * ((hash & lastSlot) >>> 0), key: 1 << (hash >>> 27) };
  }

  #chain(slot: number): Group[] {
    const groups: Group[] = [];
    if (this.#words[(slot + TUPLE_SLOT.keys) / 4] === 0) return groups;
    for (let offset = 8 * this.#words[(slot + TUPLE_SLOT.group) / 4]!; offset !== 0;) {
      const records = this.#words[(offset + TUPLE_GROUP.records) / 4]!;
      groups.push({ offset, hasVectors: records >= HAS_VECTORS, count: records % HAS_VECTORS });
      offset = 8 * this.#words[(offset + TUPLE_GROUP.next) / 4]!;
    }
    return groups;
  }

  #priority(group: number, position: number): number {
    const record = group + TUPLE_GROUP.bytes + position * this.#format.recordBytes;
    return this.#words[(record + TUPLE_RECORD.priority) / 4]!;
  }

  /** Writes copies one before the other, the last one before a group that stays; the offset of the first. */
  #copy(copies: readonly GroupCopy[], next: number, added?: NewRecord): number | undefined {
    if (copies.length > MOST_COPIES) return undefined;
    for (const { group, order } of copies.toReversed()) {
      const half = order.length > TUPLE_LIMITS.groupRecords ? order.length >> 1 : 0;
      for (const part of half > 0 ? [order.slice(half), order.slice(0, half)] : [order]) {
        if (part.length === 0) continue;
        const offset = this.#write({ group, order: part }, next, added);
        if (offset === undefined) return undefined;
        next = offset;
      }
    }
    return next;
  }

  #write({ group, order }: GroupCopy, next: number, added?: NewRecord): number | undefined {
    const { recordBytes } = this.#format;
    const hasVectors = group !== undefined && group.hasVectors;
    const offset = align(this.#used + (hasVectors ? TUPLE_VECTORS.bytes : 0), 64);
    const end = offset + TUPLE_GROUP.bytes + order.length * recordBytes;
    if (end > this.#capacity) return undefined;
    this.#used = end;
    this.touched += order.length;
    if (hasVectors) this.#writeVectors(group.offset, offset, order, added);
    this.#words[(offset + TUPLE_GROUP.records) / 4] = order.length + (hasVectors ? HAS_VECTORS : 0);
    this.#words[(offset + TUPLE_GROUP.next) / 4] = next / 8;
    order.forEach((position, index) => {
      const to = offset + TUPLE_GROUP.bytes + index * recordBytes;
      if (position === NEW) return added!.write(to);
      const from = group!.offset + TUPLE_GROUP.bytes + position * recordBytes;
      this.bytes.copyWithin(to, from, from + recordBytes);
    });
    return offset;
  }

  /** The same windows, the bits of the records in another order. */
  #writeVectors(group: number, copy: number, order: readonly number[], added?: NewRecord): void {
    const from = group - TUPLE_VECTORS.bytes;
    const to = copy - TUPLE_VECTORS.bytes;
    this.bytes.copyWithin(to, from, from + TUPLE_VECTORS.sets);
    const windows = new Uint16Array(this.bytes.buffer, from + TUPLE_VECTORS.windows, WINDOWS);
    for (let window = 0; window < WINDOWS; window++) {
      const bit = windows[window]!;
      const accepted = added === undefined || !order.includes(NEW)
        ? 0
        : acceptedValues(added.columns, bit >> 5, bit & 31, added.row);
      for (let value = 0; value < 1 << WINDOW_BITS; value++) {
        const unit = TUPLE_VECTORS.sets / 4 + 2 * ((window << WINDOW_BITS) + value);
        const half = (position: number): number => LITTLE_ENDIAN ? position >> 5 : position >> 5 ^ 1;
        order.forEach((position, index) => {
          const holds = position === NEW
            ? accepted >>> value & 1
            : this.#words[from / 4 + unit + half(position)]! >>> (position & 31) & 1;
          if (holds !== 0) this.#words[to / 4 + unit + half(index)]! |= 1 << (index & 31);
        });
      }
    }
  }

  #setSlot(offset: number, { group, keys }: { readonly group: number; readonly keys: number }): void {
    this.#words[(offset + TUPLE_SLOT.group) / 4] = group / 8;
    this.#words[(offset + TUPLE_SLOT.keys) / 4] = keys;
    this.#slots.push({ offset, bytes: this.bytes.slice(offset, offset + TUPLE_SLOT.bytes) });
  }

  /** Makes a table, and those before it, be looked at for a priority. */
  #lower(number: number, priority: number): void {
    if (number === this.#count) this.writeHeader(TUPLE_HEADER.tables, ++this.#count);
    for (let before = number; before >= 0; before--) {
      const at = this.#tables[before]!.head + TUPLE_TABLE.priority;
      if (this.#words[at / 4]! <= priority) return;
      this.#words[at / 4] = priority;
      this.#heads.add(at);
    }
  }
}

interface Table {
  readonly mask: Uint32Array;
  /** Offset of what is behind the mask. */
  readonly head: number;
}

interface Group {
  readonly offset: number;
  readonly count: number;
  readonly hasVectors: boolean;
}

/** A group to be written: positions of the old one's records, and NEW for the one that is added. */
interface GroupCopy {
  readonly group: Group | undefined;
  readonly order: readonly number[];
}

interface NewRecord {
  readonly columns: Columns;
  readonly row: number;
  readonly write: (offset: number) => void;
}

const NEW = -1;
