/**
 * The fixed capacities of interval maps, each with what sets it.
 *
 * @module
 */

/** What an interval map can hold. Read only; not frozen, for tests lower what takes too long to reach. */
export const INTERVAL_LIMITS = {
  /** Narrowest value: a table of all values is better below. */
  minWidthBits: 17,
  /** Widest value: two 64-bit words. */
  maxWidthBits: 128,
  /** Largest class: 16 bits in every leaf. */
  maxClass: 0xffff,
  /** Intervals, each of which may make two boundaries: what a table of `maxBytes` has room for at worst. */
  maxIntervals: 1 << 22,
  /** Bytes of a table: the verifier follows no offset of 2^29; a reference numbers 2^26 pieces of 16 bytes and more. */
  maxBytes: 1 << 28,
  /** Nodes above a leaf: the bound of the loops in C. */
  maxDepth: 12,
  /** Direct nodes above one another: below so many, a B-tree of all the entries there can be has room in `maxDepth`. */
  maxDirect: 4,
  /** Top bits that the root takes at least. */
  minRootBits: 6,
  /** Top bits that the root takes at most: it is to stay in the first-level cache. */
  maxRootBits: 12,
} as const;
