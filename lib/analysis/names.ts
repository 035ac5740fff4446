/**
 * Names: counters follow a rule by its name, so no two rules may share one.
 *
 * @module
 */

import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Filter } from "../model/filter.ts";
import { nameRule, ruleFinding } from "./rule_finding.ts";

/** An error for each rule whose name an earlier one has. */
export function checkNames(filter: Filter): readonly Diagnostic[] {
  const first = new Map<string, number>();
  return filter.rules.flatMap((rule, index) => {
    if (rule.name === undefined) return [];
    const earlier = first.get(rule.name);
    if (earlier === undefined) {
      first.set(rule.name, index);
      return [];
    }
    return [ruleFinding(rule, index, {
      severity: "error",
      code: "duplicate-name",
      message: `the name "${rule.name}" is taken by ${nameRule(filter.at(earlier), earlier)}`,
      hint: "counters follow names: give each rule its own",
    })];
  });
}
