/**
 * Rules that never decide, because earlier ones take every packet that they hold for.
 *
 * @module
 */

import { normalizeRule } from "../model/normal_form.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Filter } from "../model/filter.ts";
import { type Rule, ruleKey } from "../model/rule.ts";
import { contains, isEmpty, type Region, regionOf } from "./region.ts";
import { nameRule, ruleFinding } from "./rule_finding.ts";

/** So many pairs of rules are compared: with more rules than a thousand or so, the rest are compared with none. */
const MAX_COMPARISONS = 1_000_000;

/** A warning for each rule that an earlier one repeats (`duplicate-rule`) or covers (`shadowed-rule`). */
export function checkReached(filter: Filter): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const seen = new Map<string, number>();
  const earlier: { readonly index: number; readonly region: Region }[] = [];
  let comparisons = 0;
  for (const [index, rule] of filter.rules.entries()) {
    const key = ruleKey(rule);
    const same = seen.get(key);
    seen.set(key, same ?? index);
    const region = regionOf(normalizeRule(rule));
    if (isEmpty(region)) continue;
    let cover = same;
    if (cover === undefined && comparisons < MAX_COMPARISONS) {
      comparisons += earlier.length;
      cover = earlier.find((one) => contains(one.region, region))?.index;
    }
    if (cover !== undefined) {
      found.push(covered(rule, { index, by: filter.at(cover), byIndex: cover, same: cover === same }));
    } else if (region.exact && comparisons < MAX_COMPARISONS) {
      earlier.push({ index, region });
    }
    // Nothing gets past a rule without matches: what follows need not be looked at one by one.
    if (rule.matches.length === 0) return [...found, ...afterAll(filter, index)];
  }
  return found;
}

/** A warning for each rule after one that holds for every packet. */
function afterAll(filter: Filter, last: number): readonly Diagnostic[] {
  return filter.rules.slice(last + 1).map((rule, offset) =>
    covered(rule, { index: last + 1 + offset, by: filter.at(last), byIndex: last, same: false })
  );
}

function covered(
  rule: Rule,
  place: { readonly index: number; readonly by: Rule | undefined; readonly byIndex: number; readonly same: boolean },
): Diagnostic {
  const by = nameRule(place.by, place.byIndex);
  return ruleFinding(rule, place.index, {
    severity: "warning",
    code: place.same ? "duplicate-rule" : "shadowed-rule",
    message: place.same
      ? `the rule repeats ${by}`
      : `the rule never decides: ${by} takes every packet that it holds for`,
    hint: place.same ? "leave one of them out" : "put it before that rule, or leave it out",
  });
}
