/**
 * The tables of set lookups, in one memory: from the value of a place to its class, and from the class to the bits of its
 * sets.
 *
 * @module
 */

import { LITTLE_ENDIAN } from "../../net/bytes.ts";
import {
  type IntervalInput,
  LONGEST_BYTES,
  type Memory,
  rootBytes,
  type ValueColumn,
  writeIntervalMap,
  type WrittenMap,
} from "../interval_map/interval_map.ts";
import type { ClassTable } from "./lookup.ts";
import { isMember, type Partition } from "./partition.ts";

/** Takes the memory of a table, or of the root of a map, which is where the program finds it. */
export function takeTable(table: ClassTable, widthBits: number, memory: Memory): number {
  return memory.take(table.kind === "direct" ? 2 << widthBits : rootBytes(table.rootBits));
}

/** Writes the classes of a place into their memory. Returns the dependent loads of a lookup. */
export function writeTable(
  partition: Partition,
  place: { readonly table: ClassTable; readonly at: number; readonly widthBits: number },
  memory: Memory,
): WrittenMap {
  const { table, at, widthBits } = place;
  if (table.kind === "intervals") {
    return writeIntervalMap(intervalsOf(partition, widthBits), { rootBits: table.rootBits, rootAt: at }, memory);
  }
  const entries = memory.u16.subarray(at / 2, at / 2 + 2 ** widthBits);
  const starts = partition.words[0]!;
  partition.classes.forEach((number, index) => entries.fill(number, starts[index]!, starts[index + 1]));
  return { loads: 1, maxLoads: 1 };
}

/** Ends the memory: nothing may begin in the last bytes that the program reads at once. */
export function endTables(memory: Memory): void {
  memory.take(LONGEST_BYTES);
}

/** Writes for each class 16 bits for each place: those of its sets, by the positions that these have. */
export function writeBits(
  partition: Partition,
  positions: ReadonlyMap<number, number>,
  { at, places }: { readonly at: number; readonly places: number },
  memory: Memory,
): void {
  for (let number = 0; number < partition.classCount; number++) {
    for (const [set, position] of positions) {
      if (!isMember(partition, number, set)) continue;
      const word = at / 2 + number * places + (position >> 4);
      memory.u16[word] = memory.u16[word]! | 1 << (position & 15);
    }
  }
}

/** The stretches that are in some set, in columns. */
function intervalsOf({ words, classes }: Partition, widthBits: number): IntervalInput {
  const count = classes.length;
  let kept = 0;
  for (let index = 0; index < count; index++) if (classes[index] !== 0) kept++;
  const lo = words.map(() => new Uint32Array(kept));
  const hi = words.map(() => new Uint32Array(kept));
  const numbers = new Uint32Array(kept);
  const last = words.map((_, word) => {
    const bits = widthBits - 32 * (words.length - 1 - word);
    return bits >= 32 ? 0xffff_ffff : 2 ** bits - 1;
  });
  for (let index = 0, at = 0; index < count; index++) {
    if (classes[index] === 0) continue;
    numbers[at] = classes[index]!;
    // The stretch ends one before the next one starts.
    let borrow = 1;
    for (let word = words.length - 1; word >= 0; word--) {
      const column = words[word]!;
      lo[word]![at] = column[index]!;
      if (index + 1 === count) {
        hi[word]![at] = last[word]!;
        continue;
      }
      const next = column[index + 1]!;
      hi[word]![at] = next - borrow;
      if (next !== 0) borrow = 0;
    }
    at++;
  }
  return { widthBits, lo: columnOf(lo), hi: columnOf(hi), class: numbers };
}

function columnOf(words: readonly Uint32Array<ArrayBuffer>[]): ValueColumn {
  const [first, second, third, fourth] = words;
  if (second === undefined) return first!;
  if (third === undefined) return doubleColumn(first!, second);
  return { high: doubleColumn(first!, second), low: doubleColumn(third, fourth!) };
}

function doubleColumn(high: Uint32Array, low: Uint32Array): BigUint64Array<ArrayBuffer> {
  const halves = new Uint32Array(2 * high.length);
  for (let index = 0; index < high.length; index++) {
    halves[2 * index] = LITTLE_ENDIAN ? low[index]! : high[index]!;
    halves[2 * index + 1] = LITTLE_ENDIAN ? high[index]! : low[index]!;
  }
  return new BigUint64Array(halves.buffer);
}
