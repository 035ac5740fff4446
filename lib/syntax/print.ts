/**
 * Filters and rules to text, in any syntax.
 *
 * @module
 */

import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { FilterError } from "../diagnostics/errors.ts";
import type { Filter } from "../model/filter.ts";
import { isProblem, placeProblem } from "../model/problem.ts";
import { type Rule, RULE_NAME } from "../model/rule.ts";
import type { Syntax, SyntaxName } from "./syntax.ts";
import { syntaxNamed } from "./syntaxes.ts";

/**
 * Prints a rule so that {@link parseRule} reads it back.
 *
 * @throws FilterError with the reason (`cannot-express`) when the syntax cannot say it
 * @throws RangeError when there is no such syntax
 */
export function printRule(rule: Rule, syntax: SyntaxName): string {
  const printed = syntaxNamed(syntax).printRule(rule);
  if (isProblem(printed)) throw new FilterError([placeProblem(printed)]);
  return printed;
}

/**
 * Prints a filter so that {@link parseFilter} reads it back: a rule a line, or a document. A name that the syntax has no
 * place for becomes a comment.
 *
 * @throws FilterError with a diagnostic (`cannot-express`, `rule`) for each rule that the syntax cannot say, and for the default
 * action if it cannot
 * @throws RangeError when there is no such syntax
 */
export function printFilter(filter: Filter, syntax: SyntaxName): string {
  const row = syntaxNamed(syntax);
  if (row.document !== undefined) {
    const printed = row.document.print(filter);
    if (typeof printed !== "string") throw new FilterError(printed);
    return printed;
  }
  const lines: string[] = filter.defaultAction === "pass" ? [] : [`default ${filter.defaultAction}`];
  const failed: Diagnostic[] = [];
  let index = 0;
  for (const rule of filter) {
    const printed = row.printRule(rule, index);
    if (isProblem(printed)) failed.push(placeProblem(printed, { rule: index }));
    else lines.push(...nameComment(rule, row), printed);
    index++;
  }
  if (failed.length > 0) throw new FilterError(failed);
  return lines.map((line) => `${line}\n`).join("");
}

/** The name of a rule, where only a comment can keep it. */
function nameComment(rule: Rule, syntax: Syntax): string[] {
  return rule.name !== undefined && syntax.name !== "kefir" && RULE_NAME.test(rule.name) ? [`# ${rule.name}`] : [];
}
