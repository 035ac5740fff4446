/**
 * What the template of the `tuple` strategy asks for.
 *
 * @module
 */

import {
  DE_BRUIJN,
  HAS_VECTORS,
  hashFactor,
  type LaneFormat,
  type Piece,
  TUPLE_LIMITS,
  TUPLE_RECORD,
  type TupleFormat,
  type TuplePlan,
  WINDOW_BITS,
  WINDOWS,
} from "../classify/plan.ts";
import type { Hook } from "../model/hooks.ts";
import { allOnes } from "../net/bytes.ts";
import type { TemplateScope } from "./template.ts";

/** The values of templates/include/kefir/tuple.h. */
export function tupleScope(plan: TuplePlan, hook: Hook): TemplateScope {
  const { format, layout } = plan;
  const words = Array.from({ length: format.words }, (_, word) => word);
  const laneBytes = format.lanes.reduce((sum, { bytes }) => sum + 2 * bytes, 0);
  const padding = format.recordBytes - TUPLE_RECORD.values - 16 * format.words - laneBytes;
  const front = format.words <= INLINE_WORDS && comparisonsOf(format) <= INLINE_COMPARISONS;
  return {
    words: format.words,
    key_room: keyRoom(format.words),
    has_vectors: HAS_VECTORS,
    windows: WINDOWS,
    values: 1 << WINDOW_BITS,
    last_value: (1 << WINDOW_BITS) - 1,
    group_windows: Array.from({ length: WINDOWS }, (_, index) => ({
      index,
      key_word: format.words === 1
        ? 0
        : format.words === 2
        ? Math.floor(2 * index / WINDOWS)
        : `(vectors->windows[${index}] >> 6) & ${keyRoom(format.words) - 1}`,
    })),
    front,
    ...(front && { inline_tables: TUPLE_LIMITS.inlineTables, inline_records: TUPLE_LIMITS.inlineRecords }),
    inline_bytes: TUPLE_LIMITS.inlineTables * format.tableBytes,
    later_steps: TUPLE_LIMITS.laterSteps,
    de_bruijn: `0x${DE_BRUIJN.toString(16)}ull`,
    last_factor: hashFactor(format.words),
    key_words: words.map((word) => ({ word, factor: hashFactor(word) })),
    // Those that are only room too: the verifier lets nothing be read that was not written.
    all_words: Array.from({ length: keyRoom(format.words) }, (_, word) => ({
      word,
      value: layout.pieces.filter((piece) => piece.unit >> 1 === word).map(readPiece).join(" | ") || "0",
    })),
    lanes: format.lanes.map(laneScope),
    narrow_lanes: format.lanes.some(({ bytes }) => bytes < 16),
    wide_lanes: format.lanes.some(({ bytes }) => bytes === 16),
    padded: padding > 0,
    ...(padding > 0 && { padding }),
    drop: hook.verdictNames.drop,
    pass: hook.verdictNames.pass,
  };
}

/**
 * Words of a key that is on the stack, together with the headers that it is made of. A program and all that it calls have 512
 * bytes: with three words some 450 of them are used, what the compiler puts aside included, and five are refused by a few.
 */
const STACK_WORDS = 3;

/** Whether headers and key are in a map's value of the CPU. */
export function isRoomy({ format }: TuplePlan): boolean {
  return format.words > STACK_WORDS;
}

/**
 * Comparisons of a record, ranges of 128 bits counted threefold, up to which the lookup is in line: the verifier walks through
 * each of them, for each of the records and tables in line, and clang has to keep their values on the stack.
 */
const INLINE_COMPARISONS = 24;
/** Words of a key up to which the lookup is in line: the compiler puts each aside on the stack. */
const INLINE_WORDS = 12;

function comparisonsOf({ words, lanes }: TupleFormat): number {
  return lanes.reduce((sum, { bytes }) => sum + (bytes === 16 ? 3 : 1), words);
}

/** Words that the array of the key has: an index is masked for the verifier. */
function keyRoom(words: number): number {
  let room = 1;
  while (room < words) room *= 2;
  return room;
}

function readPiece({ place, fromBit, widthBits, unit, unitBit }: Piece): string {
  const shift = unitBit + 32 * (unit & 1);
  const moved = (value: string): string => shift === 0 ? value : `${value} << ${shift}`;
  if (place === undefined) return moved("(__u64)h->present");
  const from = fromBit === 0 ? `h->${place.name}` : `(h->${place.name} >> ${fromBit})`;
  // What is above the piece belongs to the next one.
  const isTop = fromBit + widthBits === place.widthBits;
  return moved(isTop ? `(__u64)${from}` : `(__u64)(__u32)${from}`);
}

function laneScope({ place, bytes }: LaneFormat): TemplateScope {
  const { name, widthBits } = place;
  const offset = `((__u64)h->${name} - record->${name}_lo) & 0x${allOnes(widthBits).toString(16)}ull`;
  return {
    name,
    type: bytes === 16 ? "__u64" : `__u${8 * bytes}`,
    count: bytes === 16 ? "[2]" : "",
    outside: bytes === 16
      ? `kefir_is_beyond(h->${name}, record->${name}_lo, record->${name}_span, 0x${
        allOnes(widthBits - 64).toString(16)
      }ull)`
      : `kefir_is_above(${offset}, record->${name}_span)`,
  };
}
