/**
 * Counters of a running filter.
 *
 * @module
 */

import type { CounterPlaces } from "./classify/counters.ts";
import type { BpfMap } from "./kernel/map.ts";
import { sumPerCpu } from "./kernel/per_cpu.ts";

/** Program runs that a rule, or the default, decided, and the bytes of their frames; exact up to 2^53. */
export interface Counter {
  /** Program runs. */
  readonly packets: number;
  /** Bytes of their frames: XDP the whole buffer, TC skb->len plus 4 for a tag in metadata. */
  readonly bytes: number;
}

/** Name of the counters' map in every generated program. */
export const COUNTERS_MAP = "kefir_counters";

/** All counters, summed over the CPUs: of each rule in the order of the filter, then of the default. */
export function readCounters(map: BpfMap, places: CounterPlaces): Counter[] {
  const sums = sumPerCpu(map.readAllPerCpu());
  return places.indexes.map((index) => ({
    packets: Number(sums[2 * index]),
    bytes: Number(sums[2 * index + 1]),
  }));
}

/** Sets counters to zero. Whatever could still count in them must have ended before. */
export function clearCounters(map: BpfMap, places: readonly number[]): void {
  map.updateAll(new Uint8Array(Uint32Array.from(places).buffer), new Uint8Array(places.length * map.lookupSize));
}
