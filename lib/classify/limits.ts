/**
 * The fixed capacities of the strategies, each with what sets it.
 *
 * @module
 */

/** What each strategy can hold. */
export const LIMITS = Object.freeze({
  /**
   * Comparisons of `inline`. The verifier gives up after a million instructions, and its work grows faster than the rules,
   * by how much depends on them: rules of seven comparisons take 100 000 at 450, of the ClassBench sets one takes 6 000 and
   * another 470 000 at 380.
   */
  inlineComparisons: 360,
  /** Up to so many comparisons `inline` beats a scan of records, and clang and the verifier stay fast. */
  inlineComfort: 96,
  /** Records of `linear`: a scan of more takes over a millisecond a packet. */
  linearRecords: 65_536,
  /** Matches of one record of `linear`: the verifier walks through each. */
  linearMatches: 512,
  /** Bytes of the map of `linear`. */
  linearBytes: 256 * 1024 * 1024,
  /** Counters of `classes`: an index and the action are 16 bits. */
  classesCounters: 32_768,
  /** Rows of `classes`: a set of rows is a word for each 32, and combining goes through all of them. */
  classesRows: 4_096,
  /** Classes of one table of `classes`: 15 bits in a trie. */
  classesClasses: 32_767,
  /** Words of row sets that building `classes` may go through: half a second or so. */
  classesWork: 250_000_000,
  /** Bytes of the tables of `classes`. */
  classesBytes: 8 * 1024 * 1024,
});
