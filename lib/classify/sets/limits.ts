/**
 * The fixed capacities of large sets, each with what sets it.
 *
 * @module
 */

/** What large sets take, and from which size a set is one. Read only; not frozen, for tests lower what takes long to reach. */
export const SET_LIMITS = {
  /** Ranges of a set in `tuple` beyond which it is looked up: each takes a row otherwise. */
  plainRanges: 16,
  /** Rows that the sets of one rule may take together in `tuple` before all of over two ranges are looked up. */
  plainProduct: 64,
  /** Ranges of a set in `linear` beyond which it is looked up: each takes a step otherwise. */
  linearRanges: 64,
  /** Ranges of a set in `classes` beyond which it is looked up: its sweep takes more time, the lookup a load less. */
  classesRanges: 256,
  /** Classes of a lookup, the one of what no set has left out: 16 bits. */
  classes: 0xffff,
  /** Words that say which sets each class of a lookup is in, while it is built. */
  members: 1 << 24,
  /** Sets of a lookup that have a bit each however they overlap. */
  bitsAlways: 16,
  /** Sets that have a bit, of all lookups: four words of the key of `tuple`, which has sixteen. */
  bits: 256,
  /** Lookups of a packet: the program has each in line. */
  lookups: 16,
  /** Bytes of the tables of all lookups: what a million IPv6 addresses take fits several times. */
  bytes: 1 << 28,
} as const;
