/**
 * What a check or a parser has to say about a filter.
 *
 * @module
 */

import type { Span } from "./span.ts";

/** `error`: the filter cannot be used; `warning`: it can, but may not mean what its author thinks. */
export type Severity = "error" | "warning";

/** One finding. Its code is stable, its prose is not. */
export interface Diagnostic {
  /** Whether the filter can be used all the same. */
  readonly severity: Severity;
  /** Stable slug, such as `shadowed-rule`. */
  readonly code: string;
  /** One sentence without a full stop. */
  readonly message: string;
  /** Where, when the finding is about a text. */
  readonly span?: Span;
  /** What to do about it. */
  readonly hint?: string;
  /** Index of the rule in its filter, from 0, when the finding is about a rule. */
  readonly rule?: number;
}

/** The place of a diagnostic as `file:line:column`, or undefined without one. */
export function formatPlace(diagnostic: Diagnostic): string | undefined {
  const span = diagnostic.span;
  return span && `${span.source}:${span.line}:${span.column}`;
}
