/**
 * The fixed capacities of the strategies, each with what sets it.
 *
 * @module
 */

import { MOST_PRESENCES } from "../model/presence_bits.ts";

/** What each strategy can hold. Read only; not frozen, for tests lower what takes too long to reach. */
export const LIMITS = {
  /** Headers and slices that rules of `inline` look for: bits of what a packet has, in one word. */
  inlineHeaders: MOST_PRESENCES,
  /** The same of `linear`. */
  linearHeaders: MOST_PRESENCES,
  /** The same of `classes`, which has a table of all that a packet may have. */
  classesHeaders: 16,
  /**
   * Comparisons of `inline`. The verifier gives up after a million instructions, and how its work grows depends on the rules:
   * of sets and ClassBench rules, 800 comparisons take it 3 000 to 45 000 instructions, 1 700 at most 200 000, but for one
   * set that is then beyond the million.
   */
  inlineComparisons: 512,
  /** Comparisons up to which `auto` takes `inline`: clang takes them in a fifth of a second. */
  inlineComfort: 160,
  /** Steps of `linear`: what a packet takes at most, 4 to 10 ns each. bpf_loop goes no further (BPF_MAX_LOOPS). */
  linearSteps: 1 << 23,
  /**
   * Steps of `linear` without bpf_loop, where the verifier goes through each of them, and the program has each when it is to
   * have no loop.
   */
  linearStepsInLine: 512,
  /** Bytes of the map of `linear`: all steps that there may be, with 128-bit values. */
  linearBytes: 1 << 29,
  /** Counters of `classes`: an index and the action are 16 bits. */
  classesCounters: 32_768,
  /** Rows of `classes`: a set of rows is a word for each 32, and combining goes through all of them. */
  classesRows: 16_384,
  /** Classes of one table of `classes`: 16 bits of an entry. */
  classesClasses: 65_536,
  /** Words of row sets that building `classes` may go through: a third of a second or so. */
  classesWork: 100_000_000,
  /** Bytes of the tables of `classes`. */
  classesBytes: 16 * 1024 * 1024,
} as const;

/**
 * Bytes that the maps of a strategy may take for `auto` to choose it, by the number of rules and entries of sets. Counters are
 * apart.
 */
export function memoryLimit(entries: number): number {
  return MEMORY.find((row) => entries <= row.entries)?.bytes ?? LARGEST;
}

/** Tables are powers of two with a little behind. */
const BEHIND = 1 << 12;
const MEMORY = [
  { entries: 1_000, bytes: (8 << 20) + BEHIND },
  { entries: 10_000, bytes: (16 << 20) + BEHIND },
  { entries: 100_000, bytes: (64 << 20) + BEHIND },
] as const;
const LARGEST = (128 << 20) + BEHIND;
