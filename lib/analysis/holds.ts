/**
 * Rules that hold for no packet.
 *
 * @module
 */

import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Filter } from "../model/filter.ts";
import { isEmpty, type Region } from "./region.ts";
import { ruleFinding } from "./rule_finding.ts";

/** A warning for each rule whose matches exclude each other, or one of which never holds. */
export function checkHolds(filter: Filter, regions: readonly Region[]): readonly Diagnostic[] {
  return filter.rules.flatMap((rule, index) => {
    const region = regions[index] as Region;
    if (region.never < 0 && !isEmpty(region)) return [];
    const which = rule.matches[region.never];
    return [ruleFinding(rule, index, {
      severity: "warning",
      code: "never-holds",
      message: which === undefined
        ? "the rule holds for no packet: its matches exclude each other"
        : `the rule holds for no packet: nothing satisfies its match on ${which.field}`,
    })];
  });
}
