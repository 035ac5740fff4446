/**
 * Values that each CPU has for itself.
 *
 * @module
 */

import { libbpf } from "./ffi/libbpf.ts";
import { checkReturn } from "./gate.ts";

/** Values of a per-CPU array: by index, and within that by CPU, `entries * cpus` values of `strideBytes`. */
export interface PerCpuValues {
  /** The values, one after the other. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** How many indices there are. */
  readonly entries: number;
  /** Number of possible CPUs: those that are offline have values too. */
  readonly cpus: number;
  /** Bytes from one value to the next: the map's value size, rounded up to 8. */
  readonly strideBytes: number;
}

/** Number of CPUs that the kernel keeps per-CPU values for (libbpf_num_possible_cpus). */
export function possibleCpus(): number {
  cpus ??= checkReturn(libbpf().libbpf_num_possible_cpus(), {
    operation: "libbpf_num_possible_cpus",
    action: "count",
    target: "the possible CPUs",
  });
  return cpus;
}

/** Bytes from one CPU's value to the next: the size rounded up to 8 (kernel/bpf/syscall.c, bpf_map_value_size). */
export function perCpuStride(valueSize: number): number {
  return Math.ceil(valueSize / 8) * 8;
}

/** The value of one index and CPU: a view, not a copy. */
export function perCpuValue(values: PerCpuValues, at: { index: number; cpu: number }): Uint8Array<ArrayBuffer> {
  const start = (at.index * values.cpus + at.cpu) * values.strideBytes;
  return values.bytes.subarray(start, start + values.strideBytes);
}

/**
 * Adds up values that consist of 64-bit counters over all CPUs: `strideBytes / 8` sums for each index, one after the
 * other.
 */
export function sumPerCpu(values: PerCpuValues): BigUint64Array<ArrayBuffer> {
  const words = values.strideBytes / 8;
  const input = new BigUint64Array(values.bytes.buffer, values.bytes.byteOffset, values.bytes.length / 8);
  const sums = new BigUint64Array(values.entries * words);
  for (let at = 0; at < input.length; at++) {
    const index = Math.floor(at / (words * values.cpus));
    const slot = index * words + at % words;
    sums[slot] = sums[slot]! + input[at]!;
  }
  return sums;
}

let cpus: number | undefined;
