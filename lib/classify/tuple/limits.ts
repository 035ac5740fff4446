/**
 * The fixed capacities of `tuple`, each with what sets it. A filter that needs more is refused, with the reason's code.
 *
 * @module
 */

import { FEW_PRESENCES } from "../../model/presence_bits.ts";

/** What `tuple` can hold. Read only; not frozen, for tests lower what takes too long to reach. */
export const TUPLE_LIMITS = {
  /** Headers and slices that rules look for: bits of what a packet has, in a number when the tables are built. */
  headers: FEW_PRESENCES,
  /** Rules: their priorities, with a gap between any two, have 31 bits. */
  rules: 1 << 24,
  /** Rows, of all rules: what a build may take in time and memory. */
  rows: 1 << 20,
  /** Rows of one rule: sets and ranges of several fields multiply. */
  rowsOfRule: 1 << 16,
  /** Words of 64 bits that the compared places are packed into: all fields are 23, and the rest is for derived places. */
  words: 64,
  /** Tables: the last one takes whatever the others leave. */
  tables: 31,
  /** Records of a group: bits of a vector. What is more in a slot is in further groups. */
  groupRecords: 64,
  /** Tables that are looked at in line, all before any record of them. */
  inlineTables: 8,
  /** Records of those tables that are compared in line: the verifier walks through each. */
  inlineRecords: 8,
  /** Slots and records that a packet looks at by bpf_loop beyond that: all, at most; BPF_MAX_LOOPS is 8 388 608. */
  laterSteps: 1 << 21,
  /** Bytes of the value; offsets into it have 32 bits, in units of eight bytes. */
  bytes: 1 << 27,
} as const;
