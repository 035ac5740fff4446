/**
 * Filters and rules to text, in any syntax.
 *
 * @module
 */

import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { FilterError } from "../diagnostics/errors.ts";
import { createFilter, type FilterInput } from "../model/filter.ts";
import { isProblem, placeProblem } from "../model/problem.ts";
import { createMatch, type Match, type MatchInput } from "../model/match.ts";
import { createRule, type Rule, RULE_NAME, type RuleInput } from "../model/rule.ts";
import { printKefirMatch } from "./kefir_print.ts";
import type { Syntax, SyntaxName } from "./syntax.ts";
import { syntaxNamed } from "./syntaxes.ts";

/**
 * Prints a rule so that {@link parseRule} reads it back.
 *
 * @throws FilterError with the reason (`cannot-express`) when the syntax cannot say it, or for a structure that is no rule
 * @throws RangeError when there is no such syntax
 */
export function printRule(rule: RuleInput, syntax: SyntaxName): string {
  const printed = syntaxNamed(syntax).printRule(createRule(rule));
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
export function printFilter(input: FilterInput, syntax: SyntaxName): string {
  const filter = createFilter(input);
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

/**
 * Prints a match as kefir's own syntax has it.
 *
 * @throws FilterError for a structure that is no match
 */
export function printMatch(match: Match | MatchInput): string {
  return printKefirMatch(createMatch(match));
}

/** The name of a rule, where only a comment can keep it. */
function nameComment(rule: Rule, syntax: Syntax): string[] {
  return rule.name !== undefined && syntax.name !== "kefir" && RULE_NAME.test(rule.name) ? [`# ${rule.name}`] : [];
}
