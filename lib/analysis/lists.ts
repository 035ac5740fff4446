/**
 * Lists: a match that refers to a file means nothing until the file is read.
 *
 * @module
 */

import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Filter } from "../model/filter.ts";
import { ruleFinding } from "./rule_finding.ts";

/** An error for each match whose list was not resolved. */
export function checkLists(filter: Filter): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const [index, rule] of filter.rules.entries()) {
    for (const { operand } of rule.matches) {
      if (operand.kind !== "list") continue;
      found.push(ruleFinding(rule, index, {
        severity: "error",
        code: "unresolved-list",
        message: `the list "@${operand.file}" was not read`,
        hint: "resolveLists() puts its entries into the filter",
      }));
    }
  }
  return found;
}
