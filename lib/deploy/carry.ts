/**
 * Carries counts over from a generation to the one that replaced it: a rule that stays keeps its count.
 *
 * @module
 */

import type { Counter } from "../counters.ts";
import { counterKeys } from "../model/counter_keys.ts";
import { type Generation, openCarried, totalCounters } from "./generation.ts";

/**
 * Sets the new generation's earlier counts to all that the old one counted. Assigns and does not add, so that doing it
 * again after an interruption is harmless.
 */
export function carryCounters(from: Generation, to: Generation): void {
  const totals = totalCounters(from);
  const byKey = new Map<string, Counter>();
  counterKeys(from.manifest.filter).forEach((key, index) => {
    const total = totals[index];
    if (total !== undefined) byKey.set(key, total);
  });
  const values = new BigUint64Array(
    counterKeys(to.manifest.filter).flatMap((key) => {
      const total = byKey.get(key);
      return [BigInt(total?.packets ?? 0), BigInt(total?.bytes ?? 0)];
    }),
  );
  using carried = openCarried(to);
  carried.writeAll(new Uint8Array(values.buffer));
}
