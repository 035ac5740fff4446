/**
 * Rules that hold for no packet.
 *
 * @module
 */

import { neverHolds, normalizeRule } from "../model/normal_form.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Filter } from "../model/filter.ts";
import { isEmpty, regionOf } from "./region.ts";
import { ruleFinding } from "./rule_finding.ts";

/** A warning for each rule whose matches exclude each other, or one of which never holds. */
export function checkHolds(filter: Filter): readonly Diagnostic[] {
  return filter.rules.flatMap((rule, index) => {
    const terms = normalizeRule(rule);
    const never = terms.findIndex(neverHolds);
    if (never < 0 && !isEmpty(regionOf(terms))) return [];
    const which = rule.matches[never];
    return [ruleFinding(rule, index, {
      severity: "warning",
      code: "never-holds",
      message: which === undefined
        ? "the rule holds for no packet: its matches exclude each other"
        : `the rule holds for no packet: nothing satisfies its match on ${which.field}`,
    })];
  });
}
