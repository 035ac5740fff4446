/**
 * What is wrong with one value, before its place is known.
 *
 * @module
 */

import type { Diagnostic, Severity } from "../diagnostics/diagnostic.ts";
import type { Span } from "../diagnostics/span.ts";
import type { Match } from "./match.ts";

/** A finding without a place; {@link placeProblem} makes it a Diagnostic. */
export interface Problem {
  readonly kind: "problem";
  readonly severity: Severity;
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  /** As {@link Lint} has it. */
  readonly reading?: Match | null;
}

/** A warning about a rule that one may take for another rule. `exampleOf` finds a packet that shows it. */
export interface Lint extends Diagnostic {
  /**
   * What one may read: this match in place of the rule's matches on its field, or beside them when there are none; null
   * when it is that the rule holds for no packet.
   */
  readonly reading?: Match | null;
}

/** A problem that refuses the value. */
export function problem(code: string, message: string, hint?: string): Problem {
  return { kind: "problem", severity: "error", code, message, ...(hint !== undefined && { hint }) };
}

/** A problem that the value survives. */
export function warning(code: string, message: string, hint?: string, reading?: Match | null): Problem {
  return { ...problem(code, message, hint), severity: "warning", ...(reading !== undefined && { reading }) };
}

/** Is a type guard for problems among other results. */
export function isProblem(value: unknown): value is Problem {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "problem";
}

/** The Diagnostic of a problem, at a place when there is one. */
export function placeProblem(found: Problem, place: { span?: Span | undefined; rule?: number } = {}): Lint {
  const { severity, code, message, hint, reading } = found;
  return Object.freeze({
    severity,
    code,
    message,
    ...(place.span !== undefined && { span: place.span }),
    ...(hint !== undefined && { hint }),
    ...(place.rule !== undefined && { rule: place.rule }),
    ...(reading !== undefined && { reading }),
  });
}
