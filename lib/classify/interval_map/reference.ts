/**
 * References to trees: the index of the topmost node, and the height above the leaves.
 *
 * @module
 */

/** Bits of the index. */
export const REFERENCE_BITS = 26;
/** Marks what is not a class but refers to the lower half of a value. */
export const REFERENCE_SUBTREE = 0x8000_0000;
/** Marks that it is a tail. */
export const REFERENCE_TAIL = 0x4000_0000;

/** The reference of a tree. */
export function treeReference(node: number, height: number): number {
  return (height << REFERENCE_BITS) | node;
}

/** What the trees of all chunks came to. */
export interface Filled {
  /** References, by chunk. */
  readonly chunks: Uint32Array<ArrayBuffer>;
  /** Greatest height. */
  readonly height: number;
  /** Loads of a lookup, the mean over entries. */
  readonly loads: number;
}
