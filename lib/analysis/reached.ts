/**
 * Rules that never decide, because earlier ones take every packet that they hold for.
 *
 * @module
 */

import { normalizeRule } from "../model/normal_form.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Filter } from "../model/filter.ts";
import { type Rule, ruleId } from "../model/rule.ts";
import { contains, type Region, regionOf } from "./region.ts";
import { nameRule, ruleFinding } from "./rule_finding.ts";

/** Pairs of rules are compared up to this many rules: the comparison is quadratic. */
const MAX_COMPARED = 2_000;

/** A warning for each rule that an earlier one repeats (`duplicate-rule`) or covers (`shadowed-rule`). */
export function checkReached(filter: Filter): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const byId = new Map<string, number>();
  const earlier: { readonly index: number; readonly region: Region }[] = [];
  for (const [index, rule] of filter.rules.entries()) {
    const id = ruleId({ matches: rule.matches, action: rule.action });
    const same = byId.get(id);
    byId.set(id, same ?? index);
    const region = regionOf(normalizeRule(rule));
    const cover = same ?? earlier.find((one) => contains(one.region, region))?.index;
    if (cover !== undefined) {
      found.push(covered(rule, { index, by: filter.at(cover), byIndex: cover, same: cover === same }));
    } // A rule without matches covers all that follow, however many; others are compared while they are few.
    else if (region.exact && (index < MAX_COMPARED || rule.matches.length === 0)) earlier.push({ index, region });
  }
  return found;
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
