/**
 * Records: rows as the program reads them.
 *
 * @module
 */

import { LITTLE_ENDIAN } from "../../net/bytes.ts";
import type { Columns, RangeLane } from "./columns.ts";
import { type LaneFormat, TUPLE_RECORD, type TupleFormat } from "./format.ts";

/** Where a record is written to. */
export interface RecordTarget {
  readonly view: DataView;
  /** The same bytes. */
  readonly words: Uint32Array;
}

/** The target that an array of bytes is. */
export function targetOf(bytes: Uint8Array<ArrayBuffer>): RecordTarget {
  return { view: new DataView(bytes.buffer), words: new Uint32Array(bytes.buffer) };
}

/** What a record has beside what it compares. */
export interface RecordHead {
  readonly priority: number;
  readonly decision: number;
}

/** Writes rows as records. */
export class RecordWriter {
  readonly #columns: Columns;
  readonly #words: number;
  readonly #lanes: readonly { readonly format: LaneFormat; readonly lane: RangeLane }[];

  constructor(columns: Columns, format: TupleFormat) {
    this.#columns = columns;
    this.#words = format.words;
    this.#lanes = format.lanes.map((one) => ({ format: one, lane: columns.laneOf(one.place) }));
  }

  /** Writes a row's record at an offset, a multiple of eight. */
  write({ view, words }: RecordTarget, offset: number, row: number, head: RecordHead): void {
    const { values, masks } = this.#columns;
    words[(offset + TUPLE_RECORD.priority) / 4] = head.priority;
    words[(offset + TUPLE_RECORD.decision) / 4] = head.decision;
    const behind = (offset + TUPLE_RECORD.values) / 4;
    for (let unit = 0; unit < values.length; unit++) {
      const to = behind + (LITTLE_ENDIAN ? unit : unit ^ 1);
      words[to] = values[unit]![row]!;
      words[to + 2 * this.#words] = masks[unit]![row]!;
    }
    for (const { format, lane } of this.#lanes) {
      writeBound(view, offset + format.offset, format.bytes, lane.lo, lane.cells * row);
      writeBound(view, offset + format.offset + format.bytes, format.bytes, lane.span, lane.cells * row);
    }
  }
}

/** 128 bits are two words of 64, the lower first. */
function writeBound(view: DataView, at: number, bytes: number, cells: Uint32Array, from: number): void {
  if (bytes === 2) return view.setUint16(at, cells[from]!, LITTLE_ENDIAN);
  if (bytes === 4) return view.setUint32(at, cells[from]!, LITTLE_ENDIAN);
  for (let cell = 0; 4 * cell < bytes; cell++) {
    view.setUint32(at + 4 * (LITTLE_ENDIAN ? cell : cell ^ 1), cells[from + cell]!, LITTLE_ENDIAN);
  }
}
