/**
 * Findings about a rule, at the place where the rule was written.
 *
 * @module
 */

import type { Severity } from "../diagnostics/diagnostic.ts";
import type { Lint } from "../model/problem.ts";
import type { Rule } from "../model/rule.ts";

/** What {@link ruleFinding} says. */
export interface FindingText {
  readonly severity: Severity;
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

/** A finding about the rule at `index`, with the rule's line as its place when it has one. */
export function ruleFinding(rule: Rule, index: number, text: FindingText): Lint {
  const { source } = rule;
  return Object.freeze({
    ...text,
    rule: index,
    ...(source?.line !== undefined && {
      span: Object.freeze({
        source: source.file ?? "rule",
        offset: 0,
        length: source.text.length,
        line: source.line,
        column: 1,
        lineText: source.text,
      }),
    }),
  });
}

/** How a message names a rule: by its line, or else by its index. */
export function nameRule(rule: Rule | undefined, index: number): string {
  return rule?.source?.line === undefined ? `rule ${index}` : `rule ${index} (line ${rule.source.line})`;
}
