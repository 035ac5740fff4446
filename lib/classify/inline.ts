/**
 * The `inline` strategy: each rule becomes straight C comparisons with constants.
 *
 * @module
 */

import type { Filter } from "../model/filter.ts";
import type { Rule } from "../model/rule.ts";
import { neverHolds, normalizeRule, type Term } from "../model/normal_form.ts";
import { plainPlaces } from "./counters.ts";
import { LIMITS } from "./limits.ts";
import type { InlinePlan, InlineRule, Refusal } from "./plan.ts";
import { demandOf } from "../model/places.ts";
import { tooManyPresences } from "../model/presence_bits.ts";

/** The inline plan of a filter, or why the strategy cannot hold it; `textOf` gives the words above each rule. */
export function planInline(filter: Filter, textOf: (rule: Rule) => string, reason: string): InlinePlan | Refusal {
  const rules: InlineRule[] = [];
  let comparisons = 0;
  for (const [index, rule] of filter.rules.entries()) {
    const terms = normalizeRule(rule);
    if (terms.some(neverHolds)) continue;
    comparisons += countComparisons(terms);
    if (comparisons > LIMITS.inlineComparisons) {
      const what = `rule ${index} makes ${comparisons} comparisons, ${LIMITS.inlineComparisons} at most`;
      return { refused: "too-many-comparisons", what };
    }
    rules.push({ index, action: rule.action, terms, text: textOf(rule) });
    if (terms.length === 0) break;
  }
  const demand = demandOf(rules.flatMap((rule) => rule.terms));
  const refusal = tooManyPresences(demand, LIMITS.inlineHeaders);
  if (refusal !== undefined) return refusal;
  return {
    strategy: "inline",
    rules,
    defaultAction: filter.defaultAction,
    counters: plainPlaces(filter),
    demand,
    comparisons,
    reason,
  };
}

/** Number of comparisons that the conditions take: one for presence, then one a range, two where it takes two words. */
export function countComparisons(terms: readonly Term[]): number {
  let count = 0;
  for (const term of terms) {
    for (const side of term.sides) count += 1 + side.ranges.length * (side.field.widthBits > 64 ? 2 : 1);
  }
  return count;
}
