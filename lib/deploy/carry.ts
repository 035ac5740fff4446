/**
 * Carries counts over from a generation to the one that replaced it: a rule that stays keeps its count.
 *
 * @module
 */

import type { Counter } from "../counters.ts";
import { type Generation, readRules, totalCounters, writeCarried } from "./generation.ts";

/**
 * Sets the new generation's earlier counts to all that the old one counted. Assigns and does not add, so that doing it
 * again after an interruption is harmless.
 */
export function carryCounters(from: Generation, to: Generation): void {
  const rules = readRules(from);
  const totals = totalCounters(from, rules);
  writeCarried(to, new Map(rules.keys.map((key, index) => [key, totals[index] as Counter])));
}
