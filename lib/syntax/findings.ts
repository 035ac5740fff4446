/**
 * What parsers find: problems get their place, errors and warnings are kept apart.
 *
 * @module
 */

import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { FilterSyntaxError } from "../diagnostics/errors.ts";
import { type Lint, placeProblem, type Problem, problem } from "../model/problem.ts";
import { spanOf, type Statement } from "./statement.ts";

/** Takes a problem with a stretch of the statement that it is about. */
export type Report = (found: Problem, place: { readonly at: number; readonly length: number }) => void;

/** A span has its whole line: without a limit, a long line full of errors would take quadratic time. */
const MAX_PER_STATEMENT = 100;
/** Warnings that are the same for many rules of a text, and are given for the first of them. */
const GIVEN_ONCE: ReadonlySet<string> = new Set(["driver-defined", "ignored-keyword", "outer-headers"]);
const TOO_MANY = problem("too-many-problems", "there are more problems here");

/** Collects the problems of a text. */
export class Findings {
  readonly #errors: Diagnostic[] = [];
  #warnings: Lint[] = [];
  readonly #given = new Set<string>();

  /** The warnings so far, in the order of the text. */
  get warnings(): readonly Lint[] {
    return Object.freeze([...this.#warnings]);
  }

  /** Whether an error was found. */
  get hasErrors(): boolean {
    return this.#errors.length > 0;
  }

  /** Gives warnings about rules the rules' indexes in the filter, by those in the text. */
  renumberRules(positions: ReadonlyMap<number, number>): void {
    this.#warnings = this.#warnings.map(({ rule, ...found }) => {
      const position = rule === undefined ? undefined : positions.get(rule);
      return Object.freeze({ ...found, ...(position !== undefined && { rule: position }) });
    });
  }

  /** A callback for the problems of a statement; `rule` is the index of the rule that it is. */
  reporter(statement: Statement, rule?: number): Report {
    const counts = { error: 0, warning: 0 };
    return (found, { at, length }) => {
      const { severity } = found;
      if (GIVEN_ONCE.has(found.code)) {
        const text = `${found.code} ${found.message}`;
        if (this.#given.has(text)) return;
        this.#given.add(text);
      }
      // Each kind has its own limit, so that no number of warnings hides an error.
      const count = ++counts[severity];
      if (count > MAX_PER_STATEMENT) return;
      const shown = count < MAX_PER_STATEMENT ? found : { ...TOO_MANY, severity };
      const diagnostic = placeProblem(shown, {
        span: spanOf(statement, at, length),
        ...(rule !== undefined && { rule }),
      });
      (severity === "error" ? this.#errors : this.#warnings).push(diagnostic);
    };
  }

  /**
   * Ends the parsing when an error was found.
   *
   * @throws FilterSyntaxError with every error, in the order of the text
   */
  throwErrors(): void {
    if (this.#errors.length === 0) return;
    throw new FilterSyntaxError(this.#errors.sort((a, b) => (a.span?.offset ?? 0) - (b.span?.offset ?? 0)));
  }
}
