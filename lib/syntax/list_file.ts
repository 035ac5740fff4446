/**
 * List files: the sets that rules refer to, an entry a line.
 *
 * @module
 */

import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { logDiagnostics, logOf } from "../diagnostics/log.ts";
import { everyFew, type OnProgress } from "../diagnostics/progress.ts";
import { FilterSyntaxError } from "../diagnostics/errors.ts";
import { SourceText } from "../diagnostics/span.ts";
import { fieldNamed } from "../model/fields.ts";
import { createFilter, Filter, type FilterInput } from "../model/filter.ts";
import { freezeMatch, type ListOperand, type Match, type SetOperand } from "../model/match.ts";
import { type Lint, problem } from "../model/problem.ts";
import { freezeRule, type Rule } from "../model/rule.ts";
import { Findings } from "./findings.ts";
import { EntryColumns } from "./entry_columns.ts";
import { EntryWarnings } from "./readings.ts";
import { statementOfText } from "./statement.ts";

const log = logOf("syntax");

/** What {@link parseList} is told. */
export interface ListOptions {
  /** Name or alias of the field that the entries are values of. */
  readonly field: string;
  /** Name of the file, for messages. */
  readonly sourceName?: string;
  /** Bits of the field that are compared with the entries; a masked list is of one family. */
  readonly mask?: bigint;
  /** Is told how many characters of a large list were read. */
  readonly onProgress?: OnProgress;
}

/** What {@link parseList} and {@link resolveLists} return beside their result. */
export interface Warned {
  /** In the order of the text. */
  readonly warnings: readonly Lint[];
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
  const set = new EntryColumns(field, mask);
  // A line has a report of its own: there is a limit on the problems of one.
  const kept = new EntryWarnings(field, (found, place) => findings.reporter(statement)(found, place));
  const onLine = everyFew(options.onProgress, { what: `reading ${source.name}`, total: text.length, every: 16_384 });
  for (let start = 0; start <= text.length;) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    let [from, to] = [start, saidUpTo(text, start, end)];
    while (from < to && isSpace(text.charCodeAt(from))) from++;
    while (from < to && isSpace(text.charCodeAt(to - 1))) to--;
    if (from < to && !set.addAddress(text, from, to)) {
      readLine(text.slice(from, to), from);
    }
    onLine(end);
    start = end + 1;
  }
  findings.throwErrors();
  const operand = Object.freeze({ kind: "set", ...set.join(), ...(mask !== undefined && { mask }) } as const);
  const isFew = operand.ranges.length + (operand.ipv6Ranges?.length ?? 0) <= FEW_RANGES;
  kept.flush(isFew ? freezeMatch(field, "in", operand) : undefined);
  return { operand, warnings: findings.warnings };

  function readLine(line: string, at: number): void {
    const space = line.search(/\s/);
    if (space < 0) return void set.addEntry({ text: line, at, length: line.length }, kept.take);
    const place = { text: line.slice(space), at: at + space, length: line.length - space };
    kept.take(problem("unexpected-word", "there should be one entry a line"), place);
  }
}

/** Of longer lists, warnings do not say what one may read: each would go through the whole list. */
const FEW_RANGES = 256;

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
export function listReferences(filter: FilterInput): readonly ListReference[] {
  return createFilter(filter).rules.flatMap((rule, index) =>
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
  input: FilterInput,
  readList: (file: string) => string,
  { onProgress }: Pick<ListOptions, "onProgress"> = {},
): Warned & { readonly filter: Filter } {
  const filter = createFilter(input);
  const texts = new Map<string, string>();
  const sets = new Map<string, SetOperand | undefined>();
  const errors: Diagnostic[] = [];
  const warnings: Lint[] = [];
  const resolve = (match: Match, rule: number): Match => {
    const { field, operand, operator } = match;
    if (operand.kind !== "list") return match;
    const key = JSON.stringify([operand.file, field, operand.mask?.toString()]);
    if (!sets.has(key)) sets.set(key, parse(operand, match, rule));
    return freezeMatch(fieldNamed(field), operator, sets.get(key) ?? { kind: "set", ranges: [] });
  };
  const rules = filter.rules.map((rule, index) =>
    rule.matches.some((match) => match.operand.kind === "list")
      ? freezeRule({ ...rule, matches: rule.matches.map((match) => resolve(match, index)) })
      : rule
  );
  if (errors.length > 0) throw new FilterSyntaxError(errors);
  logDiagnostics(log, warnings);
  return { filter: new Filter({ rules, defaultAction: filter.defaultAction }), warnings: Object.freeze(warnings) };

  /** What is wrong with a list is about the first rule that refers to it. */
  function parse({ file, mask }: ListOperand, { field, operator }: Match, rule: number): SetOperand | undefined {
    const text = texts.get(file) ?? readList(file);
    texts.set(file, text);
    try {
      const parsed = parseList(text, {
        field,
        sourceName: file,
        ...(mask !== undefined && { mask }),
        ...(onProgress !== undefined && { onProgress }),
      });
      for (const { reading, ...warning } of parsed.warnings) {
        const asInRule = reading && { reading: freezeMatch(fieldNamed(field), operator, reading.operand) };
        warnings.push(Object.freeze({ ...warning, rule, ...asInRule }));
      }
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

/** Where a comment begins, or the end of the line. */
function saidUpTo(text: string, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === HASH || code === SEMICOLON) return at;
  }
  return end;
}

const HASH = 0x23;
const SEMICOLON = 0x3b;

/** As trim() has it. */
function isSpace(code: number): boolean {
  return code === 0x20 || code >= 9 && code <= 13 || code > 0x7f && /\s/.test(String.fromCharCode(code));
}
