/**
 * What a parser says about a text, as `line:column+length code`: codes and places are stable, prose is not.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { Diagnostic } from "../../lib/diagnostics/diagnostic.ts";
import { FilterSyntaxError } from "../../lib/diagnostics/errors.ts";
import { parseFilter, parseRule } from "../../lib/syntax/rule_file.ts";
import { printRule } from "../../lib/syntax/print.ts";
import type { SyntaxName } from "../../lib/syntax/syntax.ts";

/** The errors of a rule file, one text each. */
export function refusals(text: string, syntax?: SyntaxName): string[] {
  return errorsOf(() => parseFilter(text, syntax === undefined ? {} : { syntax }));
}

/** The errors of a rule in words. */
export function refusalsOfWords(words: readonly string[], syntax?: SyntaxName): string[] {
  return errorsOf(() => parseRule(words, syntax === undefined ? {} : { syntax }));
}

/** The errors that a call throws. */
export function errorsOf(call: () => unknown): string[] {
  try {
    call();
  } catch (error) {
    assert.ok(error instanceof FilterSyntaxError, `it threw ${String(error)}`);
    return error.diagnostics.map(short);
  }
  assert.fail("it threw nothing");
}

/** The warnings of a rule file. */
export function warningsOf(text: string): string[] {
  return parseFilter(text).warnings.map(short);
}

/** What a rule means, in kefir's own syntax. */
export function meaning(rule: string | readonly string[]): string {
  return printRule(parseRule(rule).rule, "kefir");
}

/** `line:column+length code`. */
export function short({ span, code }: Diagnostic): string {
  return `${span?.line}:${span?.column}+${span?.length} ${code}`;
}
