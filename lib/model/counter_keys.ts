/**
 * Counters follow rules, not positions.
 *
 * @module
 */

import type { Filter } from "./filter.ts";
import { ruleId } from "./rule.ts";

/**
 * What each counter of a filter counts, in the order of the rules and then of the default: the rule's id, which of the rules
 * with that id it is, and of the default its action. The same key in another filter is the same counter.
 */
export function counterKeys(filter: Filter): readonly string[] {
  const seen = new Map<string, number>();
  const keys = filter.rules.map((rule) => {
    const id = ruleId(rule);
    const occurrence = seen.get(id) ?? 0;
    seen.set(id, occurrence + 1);
    return `rule ${id} ${occurrence}`;
  });
  return [...keys, `default ${filter.defaultAction}`];
}
