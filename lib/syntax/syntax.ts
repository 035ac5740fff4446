/**
 * What a row of SYNTAXES says: a way to write rules.
 *
 * @module
 */

import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Filter } from "../model/filter.ts";
import type { Problem } from "../model/problem.ts";
import type { Rule } from "../model/rule.ts";
import type { Report } from "./findings.ts";
import type { Placed } from "./rule_order.ts";
import type { Statement } from "./statement.ts";

/** Name of a syntax. */
export type SyntaxName = "kefir" | "ethtool" | "tc-flower" | "classbench" | "json" | "libkefir";

/** A row of SYNTAXES. */
export interface Syntax {
  /** What options and `--to` call it. */
  readonly name: SyntaxName;
  /** One line for help: the form of a rule. */
  readonly description: string;
  /** Whether a statement that starts with this word is in the syntax; a document is told from others by its whole text. */
  recognises(firstWord: string, text: string): boolean;
  /**
   * The rule that a statement says, with its place where it asks for one; undefined after an error was reported, or when
   * the statement is about something else. `index` is its place among the rules of its text, from 0.
   */
  parseRule(statement: Statement, report: Report, index?: number): Rule | Placed | undefined;
  /** The rule as text, or the reason why the syntax cannot say it at that place among the rules of a text. */
  printRule(rule: Rule, index?: number): string | Problem;
  /** A syntax whose file is one document; the others have one rule a line. */
  readonly document?: {
    /**
     * The filter that a whole text says, or undefined after an error was reported. `onRule` gets the offset of each rule
     * that was read.
     */
    parse(statement: Statement, report: Report, onRule: (offset: number) => void): Filter | undefined;
    /** The filter as text, or what the syntax cannot say of it. */
    print(filter: Filter): string | readonly Diagnostic[];
  };
}
