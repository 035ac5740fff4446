/**
 * What a filter asks for that a program of certain flags does not read.
 *
 * @module
 */

import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Filter } from "../model/filter.ts";
import { fieldNamed, sidesOf } from "../model/fields.ts";
import type { ProgramFlags } from "../model/flags.ts";
import { ruleFinding } from "./rule_finding.ts";

/** An error for each rule that asks for a VLAN tag which is not to be read. */
export function checkFlags(filter: Filter, { noVlan }: Pick<ProgramFlags, "noVlan">): readonly Diagnostic[] {
  if (!noVlan) return [];
  return filter.rules.flatMap((rule, index) => {
    const match = rule.matches.find(({ field }) => isOfTags(field));
    if (match === undefined) return [];
    return [ruleFinding(rule, index, {
      severity: "error",
      code: "needs-vlan",
      message: `it asks for "${match.field}", and no VLAN tag is read`,
      hint: "leave out the rule, or the flag (--no-vlan, noVlan)",
    })];
  });
}

function isOfTags(name: string): boolean {
  return name === "vlan.count" || sidesOf(fieldNamed(name)).some(({ layer }) => layer === "svlan" || layer === "cvlan");
}
