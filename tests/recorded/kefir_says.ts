/**
 * What kefir makes of a rule, in a form in which it can be compared with what a tool sends.
 *
 * @module
 */

import { FilterSyntaxError } from "../../lib/diagnostics/errors.ts";
import { parseFilter } from "../../lib/syntax/rule_file.ts";
import type { SyntaxName } from "../../lib/syntax/syntax.ts";
import { type Condition, conditionOf } from "./condition.ts";

/** `CONDITION, CONDITION => ACTION`, sorted; without one that a field is there when another one is on the same field. */
export function ruleText(conditions: readonly Condition[], action: string): string {
  const fieldOf = (condition: Condition) => condition.slice(0, condition.indexOf(" "));
  const said = conditions.filter((condition) =>
    !condition.endsWith(" 0x0/0x0") ||
    !conditions.some((other) => other !== condition && fieldOf(other) === fieldOf(condition))
  );
  return `${said.sort().join(", ")} => ${action}`;
}

/** {@link ruleText} of the rule that kefir reads, `no rule`, or `refuses CODE` with the code of the first error. */
export function kefirSays(words: string, syntax: SyntaxName): string {
  try {
    const rules = [...parseFilter(words, { syntax }).filter];
    if (rules.length > 1) throw new Error(`${words}: ${rules.length} rules`);
    return rules.map((rule) => ruleText(rule.matches.map(conditionOf), rule.action))[0] ?? "no rule";
  } catch (error) {
    if (error instanceof FilterSyntaxError) return `refuses ${error.diagnostics[0]?.code}`;
    throw error;
  }
}
