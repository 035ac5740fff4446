/**
 * List files: the sets that rules refer to, an entry a line.
 *
 * @module
 */

import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { FilterSyntaxError } from "../diagnostics/errors.ts";
import { SourceText } from "../diagnostics/span.ts";
import { fieldNamed } from "../model/fields.ts";
import { Filter } from "../model/filter.ts";
import { freezeMatch, type ListOperand, type Match, type SetOperand } from "../model/match.ts";
import { problem } from "../model/problem.ts";
import { freezeRule, type Rule } from "../model/rule.ts";
import { Findings, type Report } from "./findings.ts";
import { readEntries } from "./match_words.ts";
import { statementOfText, type Word } from "./statement.ts";

/** What {@link parseList} is told. */
export interface ListOptions {
  /** Name or alias of the field that the entries are values of. */
  readonly field: string;
  /** Name of the file, for messages. */
  readonly sourceName?: string;
  /** Bits of the field that are compared with the entries; a masked list is of one family. */
  readonly mask?: bigint;
}

/** What {@link parseList} and {@link resolveLists} return beside their result. */
export interface Warned {
  /** In the order of the text. */
  readonly warnings: readonly Diagnostic[];
}

/**
 * Parses a list: a value, range (`lo..hi`) or prefix a line; `#` and `;` start a comment. Entries may be of both
 * families where the field has a counterpart (`ip.src`).
 *
 * @throws FilterSyntaxError with every error of the text
 * @throws RangeError when there is no such field
 */
export function parseList(text: string, options: ListOptions): Warned & { readonly operand: SetOperand } {
  const field = fieldNamed(options.field);
  const source = new SourceText(options.sourceName ?? "list", text);
  const findings = new Findings();
  const { mask } = options;
  const statement = statementOfText(source);
  const entries: Word[] = [];
  // One report a line: a limit on problems is one on those of a line.
  const reports = new Map<number, Report>();
  for (const entry of readLines(source)) {
    const report = findings.reporter(statement);
    const space = entry.text.search(/\s/);
    if (space >= 0) {
      const at = entry.at + space;
      report(problem("unexpected-word", "there should be one entry a line"), { at, length: entry.length - space });
    } else {
      reports.set(entry.at, report);
      entries.push(entry);
    }
  }
  const set = readEntries(field, entries, (one, place) => reports.get(place.at)?.(one, place), mask);
  findings.throwErrors();
  if (set === undefined) throw new Error("unreachable: a list failed without an error");
  const operand = Object.freeze({ kind: "set", ...set, ...(mask !== undefined && { mask }) } as const);
  return { operand, warnings: findings.warnings };
}

/** A reference to a list, and the rule that has it. */
export interface ListReference {
  /** Name of the file, as the rule has it. */
  readonly file: string;
  /** Index of the rule, from 0. */
  readonly rule: number;
  /** Where the rule is, as `file:line`, when that is known. */
  readonly place?: string;
}

/** The lists that a filter refers to, in the order of its rules; a file may be there several times. */
export function listReferences(filter: Filter): readonly ListReference[] {
  return filter.rules.flatMap((rule, index) =>
    rule.matches.filter((match) => match.operand.kind === "list").map((match): ListReference => {
      const place = placeOf(rule);
      return { file: (match.operand as ListOperand).file, rule: index, ...(place !== undefined && { place }) };
    })
  );
}

/**
 * A filter with the entries of each list in place of the reference to it. `readList` gets a file's name as the rule has
 * it; it is asked once for each name, and what it throws is passed on.
 *
 * @throws FilterSyntaxError with every error of every list
 */
export function resolveLists(
  filter: Filter,
  readList: (file: string) => string,
): Warned & { readonly filter: Filter } {
  const texts = new Map<string, string>();
  const sets = new Map<string, SetOperand | undefined>();
  const errors: Diagnostic[] = [];
  const warnings: Diagnostic[] = [];
  const resolve = (match: Match): Match => {
    const { field, operand, operator } = match;
    if (operand.kind !== "list") return match;
    const key = JSON.stringify([operand.file, field, operand.mask?.toString()]);
    if (!sets.has(key)) sets.set(key, parse(operand, field));
    return freezeMatch(fieldNamed(field), operator, sets.get(key) ?? { kind: "set", ranges: [] });
  };
  const rules = filter.rules.map((rule) =>
    rule.matches.some((match) => match.operand.kind === "list")
      ? freezeRule({ ...rule, matches: rule.matches.map(resolve) })
      : rule
  );
  if (errors.length > 0) throw new FilterSyntaxError(errors);
  return { filter: new Filter({ rules, defaultAction: filter.defaultAction }), warnings: Object.freeze(warnings) };

  function parse({ file, mask }: ListOperand, field: string): SetOperand | undefined {
    const text = texts.get(file) ?? readList(file);
    texts.set(file, text);
    try {
      const parsed = parseList(text, { field, sourceName: file, ...(mask !== undefined && { mask }) });
      for (const warning of parsed.warnings) warnings.push(warning);
      return parsed.operand;
    } catch (error) {
      if (!(error instanceof FilterSyntaxError)) throw error;
      for (const one of error.diagnostics) errors.push(one);
      return undefined;
    }
  }
}

/** The place of a rule as `file:line`, when it is known. */
function placeOf({ source }: Rule): string | undefined {
  if (source?.line === undefined) return source?.file;
  return source.file === undefined ? `line ${source.line}` : `${source.file}:${source.line}`;
}

/** The lines that say something, without comment, each as a word of the whole text. */
function* readLines(source: SourceText): Generator<Word> {
  const { text } = source;
  for (let start = 0; start <= text.length;) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(start, end);
    const comment = line.search(/[#;]/);
    const said = (comment < 0 ? line : line.slice(0, comment)).trim();
    if (said !== "") {
      const at = start + line.indexOf(said);
      yield { text: said, at, length: said.length };
    }
    start = end + 1;
  }
}
