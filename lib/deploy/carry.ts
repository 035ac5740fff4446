/**
 * Carries counts over from a generation to the one that replaced it: a rule that stays keeps its count.
 *
 * @module
 */

import type { Counter } from "../counters.ts";
import type { Filter } from "../model/filter.ts";
import { ruleId } from "../model/rule.ts";
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

/** What each counter counts: the id of the rule, and which of the rules with that id; last the default with its action. */
function counterKeys(filter: Filter): string[] {
  const seen = new Map<string, number>();
  const keys = filter.rules.map((rule) => {
    const id = ruleId(rule);
    const occurrence = seen.get(id) ?? 0;
    seen.set(id, occurrence + 1);
    return `rule ${id} ${occurrence}`;
  });
  return [...keys, `default ${filter.defaultAction}`];
}
