/**
 * Several `any` matches in a rule are independent: one may hold for the outer tag and the other for the inner.
 *
 * @module
 */

import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Filter } from "../model/filter.ts";
import { fieldNamed } from "../model/fields.ts";
import { ruleFinding } from "./rule_finding.ts";

/** A warning for each rule with two matches on either tag, or on either end. */
export function checkAnyFields(filter: Filter): readonly Diagnostic[] {
  return filter.rules.flatMap((rule, index) => {
    // Most have none.
    if (!rule.matches.some(({ field }) => fieldNamed(field).kind === "any")) return [];
    const groups = new Map<string, string[]>();
    for (const { field } of rule.matches) {
      const row = fieldNamed(field);
      if (row.kind !== "any") continue;
      const group = row.sides.map((side) => side.slice(0, side.indexOf("."))).join(" or ");
      groups.set(group, [...groups.get(group) ?? [], field]);
    }
    return [...groups].filter(([, fields]) => fields.length > 1).map(([group, fields]) =>
      ruleFinding(rule, index, {
        severity: "warning",
        code: "independent-any",
        message: `${fields.join(" and ")} are independent: each may hold on another side`,
        hint: group === "svlan or cvlan"
          ? "svlan.* or cvlan.* ask for one tag"
          : "name the side: src or dst, one family",
      })
    );
  });
}
