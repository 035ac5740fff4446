/**
 * The tables of places: how the class of a value is found.
 *
 * @module
 */

import type { IntervalInput } from "../interval_map/input.ts";
import type { WrittenMap } from "../interval_map/interval_map.ts";
import { type Memory, TableFull } from "../interval_map/memory.ts";
import type { ClassesPlaceStep, ClassesStepShape } from "../plan.ts";
import type { Dimension } from "./dimension.ts";
import type { Stretches } from "./sweep.ts";

/**
 * A table of all values; blocks of 256 of them, all those of one class being the same block; two levels of blocks, and always
 * both, since a branch on what a packet has is mispredicted; or an interval map.
 */
export type PlaceKind = ClassesPlaceStep["kind"];

/** Values of a block: its entries are classes, or numbers of blocks, which count from the start of the tables. */
export const BLOCK = 256;

/** Bytes of a block. */
const BLOCK_BYTES = 2 * BLOCK;

/** Bytes that a trie may take: an interval map has a longer way to the class, and is smaller where values are scattered. */
const TRIE_BYTES = 1 << 20;

/** How the classes of a place are found; given, when that is what a program does. */
export function kindOf({ widthBits, stretches }: Dimension, given: ClassesStepShape["kind"] | undefined): PlaceKind {
  if (widthBits < 16) return "table";
  if (widthBits === 16) return "blocks";
  if (widthBits > 32) return "map";
  if (given === "map" || given === "trie") return given;
  return trieBytes(stretches, widthBits) <= TRIE_BYTES ? "trie" : "map";
}

/** Loads until the class is known. */
export const PLACE_LOADS: Readonly<Record<PlaceKind, number>> = Object.freeze({ table: 1, blocks: 2, trie: 3, map: 5 });

/** Bytes of a trie at most. */
function trieBytes({ starts }: Stretches, widthBits: number): number {
  let blocks = 0;
  for (const block of [BLOCK, BLOCK * BLOCK]) {
    let last = -1;
    for (let index = 0; index < starts.length; index++) {
      const start = starts[index] as number;
      if (start % block === 0 || Math.floor(start / block) === last) continue;
      last = Math.floor(start / block);
      blocks++;
    }
  }
  return 2 * 2 ** widthBits / BLOCK / BLOCK + BLOCK_BYTES * blocks;
}

/** Writes the tables of a place, whose first one has its room already; says how many loads it takes. */
export function writePlaceTable(
  { stretches, widthBits }: Dimension,
  { kind, rootAt }: Exclude<ClassesPlaceStep, { readonly kind: "map" }>,
  memory: Memory,
): WrittenMap {
  const writer = new PlaceWriter(stretches, memory);
  if (kind === "table") {
    writer.writeLast(rootAt, 0, 2 ** widthBits);
  } else {
    writer.writeLinks(rootAt, { first: 0, block: kind === "trie" ? BLOCK * BLOCK : BLOCK, values: 2 ** widthBits });
  }
  return { loads: PLACE_LOADS[kind], maxLoads: PLACE_LOADS[kind] };
}

/** Goes through the values of a place once, in their order. */
class PlaceWriter {
  readonly #starts: ArrayLike<number>;
  readonly #classes: Uint32Array;
  readonly #memory: Memory;
  /** The stretch that the next value is in. */
  #index = 0;
  /** Blocks whose values are all of one class, by the number of their values and the class. */
  readonly #constants = new Map<string, number>();

  constructor({ starts, classes }: Stretches, memory: Memory) {
    this.#starts = starts as ArrayLike<number>;
    this.#classes = classes;
    this.#memory = memory;
  }

  /** Writes the entries of values from `first` on. */
  writeLast(at: number, first: number, count: number): void {
    const { u16 } = this.#memory;
    for (let value = first; value < first + count;) {
      const end = Math.min(this.#endOf(value), first + count);
      u16.fill(this.#classes[this.#index] as number, at / 2 + value - first, at / 2 + end - first);
      value = end;
    }
  }

  /** Writes the numbers of the blocks of values from `first` on, and the blocks. */
  writeLinks(at: number, { first, block, values }: { first: number; block: number; values: number }): void {
    for (let from = first; from < first + values;) {
      const index = at / 2 + (from - first) / block;
      const same = Math.floor((Math.min(this.#endOf(from), first + values) - from) / block);
      if (same > 0) {
        const number = this.#constant(block);
        this.#memory.u16.fill(number, index, index + same);
      } else {
        const number = this.#take();
        this.#memory.u16[index] = number;
        const blockAt = number * BLOCK_BYTES;
        if (block === BLOCK) this.writeLast(blockAt, from, BLOCK);
        else this.writeLinks(blockAt, { first: from, block: block / BLOCK, values: block });
      }
      from += Math.max(1, same) * block;
    }
  }

  /** The block of so many values that are all of the class of this stretch. */
  #constant(block: number): number {
    const is = this.#classes[this.#index] as number;
    const key = `${block} ${is}`;
    let number = this.#constants.get(key);
    if (number === undefined) {
      const entry = block === BLOCK ? is : this.#constant(block / BLOCK);
      number = this.#take();
      this.#memory.u16.fill(entry, number * BLOCK, (number + 1) * BLOCK);
      this.#constants.set(key, number);
    }
    return number;
  }

  #take(): number {
    const number = this.#memory.take(BLOCK_BYTES, BLOCK_BYTES) / BLOCK_BYTES;
    if (number > 0xffff) throw new TableFull(`over ${BLOCK_BYTES * 2 ** 16} bytes`);
    return number;
  }

  /** The first value that is not in the stretch of this one. */
  #endOf(value: number): number {
    while ((this.#starts[this.#index + 1] ?? Infinity) <= value) this.#index++;
    return this.#starts[this.#index + 1] ?? Infinity;
  }
}

/** Stretches as an interval map takes them. */
export function stretchesAsIntervals({ starts, classes }: Stretches, widthBits: number): IntervalInput {
  const last = (1n << BigInt(widthBits)) - 1n;
  const count = classes.length;
  if (widthBits <= 32) {
    const lo = Uint32Array.from(starts as ArrayLike<number>);
    const hi = Uint32Array.from({ length: count }, (_, index) => index + 1 < count ? lo[index + 1]! - 1 : Number(last));
    return { widthBits, lo, hi, class: classes };
  }
  const from = Array.from(starts as ArrayLike<number | bigint>, BigInt);
  const to = from.map((_, index) => index + 1 < count ? from[index + 1]! - 1n : last);
  if (widthBits <= 64) return { widthBits, lo: BigUint64Array.from(from), hi: BigUint64Array.from(to), class: classes };
  const halves = (values: readonly bigint[]) => ({
    high: BigUint64Array.from(values, (value) => value >> 64n),
    low: BigUint64Array.from(values),
  });
  return { widthBits, lo: halves(from), hi: halves(to), class: classes };
}
