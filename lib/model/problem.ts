/**
 * What is wrong with one value, before its place is known.
 *
 * @module
 */

import type { Diagnostic, Severity } from "../diagnostics/diagnostic.ts";
import type { Span } from "../diagnostics/span.ts";

/** A finding without a place; {@link placeProblem} makes it a Diagnostic. */
export interface Problem {
  readonly kind: "problem";
  readonly severity: Severity;
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

/** A problem that refuses the value. */
export function problem(code: string, message: string, hint?: string): Problem {
  return { kind: "problem", severity: "error", code, message, ...(hint !== undefined && { hint }) };
}

/** A problem that the value survives. */
export function warning(code: string, message: string, hint?: string): Problem {
  return { ...problem(code, message, hint), severity: "warning" };
}

/** Is a type guard for problems among other results. */
export function isProblem(value: unknown): value is Problem {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "problem";
}

/** The Diagnostic of a problem, at a place when there is one. */
export function placeProblem(found: Problem, place: { span?: Span | undefined; rule?: number } = {}): Diagnostic {
  const { severity, code, message, hint } = found;
  return Object.freeze({
    severity,
    code,
    message,
    ...(place.span !== undefined && { span: place.span }),
    ...(hint !== undefined && { hint }),
    ...(place.rule !== undefined && { rule: place.rule }),
  });
}
