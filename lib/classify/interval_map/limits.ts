/**
 * The fixed capacities of interval maps, each with what sets it.
 *
 * @module
 */

/** What an interval map can hold. */
export const INTERVAL_LIMITS = Object.freeze({
  /** Narrowest value: a table of all values is better below. */
  minWidthBits: 17,
  /** Widest value: two 64-bit words. */
  maxWidthBits: 128,
  /** Largest class: 16 bits in every leaf. */
  maxClass: 0xffff,
  /** Boundaries, two an interval unless they touch: more than tables of `maxBytes` could hold. */
  maxBoundaries: 1 << 25,
  /** Bytes of a table: the verifier follows no offset beyond 2^29. */
  maxBytes: 1 << 28,
  /** Nodes and tails: 26 bits of a reference. */
  maxNodes: 1 << 26,
  /** Inner nodes above a leaf: 4 bits of a reference, and the bound of the loop in C. 4 * 8^9 entries. */
  maxHeight: 9,
  /** Top bits that the root table takes at least. */
  minRootBits: 6,
  /** Top bits that the root table may take: it is to stay in the first-level cache. */
  maxRootBits: 12,
});
