/**
 * References: what a chunk, an inner node or the equality with a key leads to.
 *
 *     bit 31: not a class but a tree of lower halves, bit 30: or a tail
 *     bits 26 to 29: 0 for a leaf, 15 for a direct node, else the height of a B-tree
 *     bits 0 to 25: where it is, in pieces from the start of the table
 *
 * @module
 */

/** Bits of the index. */
export const REFERENCE_BITS = 26;
/** Marks what is not a class but refers to the lower half of a value. */
export const REFERENCE_SUBTREE = 0x8000_0000;
/** Marks that it is a tail. */
export const REFERENCE_TAIL = 0x4000_0000;
/** In place of a height: a direct node. */
export const KIND_DIRECT = 15;

/** The reference of a tree. */
export function treeReference(index: number, kind: number): number {
  return (kind << REFERENCE_BITS) | index;
}

/** A tree that was written. */
export interface Tree {
  readonly reference: number;
  /** Most loads above its leaves. */
  readonly depth: number;
  /** Loads above its leaves, the sum over entries. */
  readonly levels: number;
}

/** What the trees of all chunks came to. */
export interface Filled {
  /** Most loads above a leaf. */
  readonly depth: number;
  /** Loads of a lookup, the mean over entries. */
  readonly loads: number;
}
