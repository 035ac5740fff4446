/**
 * Texts to filters and rules: one rule a line in any syntax, or a document of one syntax.
 *
 * @module
 */

import { logDiagnostics, logOf } from "../diagnostics/log.ts";
import { everyFew, type OnProgress } from "../diagnostics/progress.ts";
import { SourceText } from "../diagnostics/span.ts";
import { Filter } from "../model/filter.ts";
import type { Action } from "../model/hooks.ts";
import { type Lint, problem } from "../model/problem.ts";
import { freezeRule, type Rule } from "../model/rule.ts";
import { Findings, type Report } from "./findings.ts";
import { isPlaced, orderRules, type Placed, type ReadRule, ruleOf } from "./rule_order.ts";
import {
  firstWordOf,
  lineOf,
  readStatements,
  type Statement,
  statementOfText,
  statementOfWords,
  type Word,
  wordsOf,
} from "./statement.ts";
import { nearest, quoteWord } from "./suggest.ts";
import type { Syntax, SyntaxName } from "./syntax.ts";
import { SYNTAXES, syntaxNamed } from "./syntaxes.ts";

/** How a text is read. */
export interface ParseOptions {
  /** The syntax of all rules; each is recognised by its first word unless given. */
  readonly syntax?: SyntaxName;
  /** Name of the source for messages and for the rules' `source.file`: a file name, or `-`. */
  readonly sourceName?: string;
  /** Is told how many characters of a large text were read. */
  readonly onProgress?: OnProgress;
}

/** What {@link parseFilter} returns. */
export interface ParsedFilter {
  /** The filter. */
  readonly filter: Filter;
  /** In the order of the text. */
  readonly warnings: readonly Lint[];
}

/** What {@link parseRule} returns. */
export interface ParsedRule {
  /** The rule. */
  readonly rule: Rule;
  /** In the order of the text. */
  readonly warnings: readonly Lint[];
}

/**
 * Parses the text of a rule file: a rule a line in any syntax, `#` comments, `\` at the end of a line that goes on,
 * `default pass` or `default drop`; or, when it starts with `{`, JSON of kefir or of libkefir. Lists (`in @file`) stay references.
 *
 * @throws FilterSyntaxError with every error of the text
 * @throws RangeError when options name a syntax that does not exist
 */
export function parseFilter(text: string, options: ParseOptions = {}): ParsedFilter {
  const given = options.syntax === undefined ? undefined : syntaxNamed(options.syntax);
  const source = new SourceText(options.sourceName ?? "filter", text);
  const findings = new Findings();
  const document = given ?? documentSyntaxOf(text);
  const onRule = everyFew(options.onProgress, { what: `reading ${source.name}`, total: text.length });
  const filter = document?.document
    ? parseDocument(document, source, findings, onRule)
    : parseLines(given, source, { findings, onRule, sourceName: options.sourceName });
  findings.throwErrors();
  if (filter === undefined) throw new Error("unreachable: a parser failed without an error");
  logDiagnostics(log, findings.warnings);
  log.info(`read ${source.name}: ${filter.size} rules, default ${filter.defaultAction}`);
  return { filter, warnings: findings.warnings };
}

const log = logOf("syntax");

/**
 * Parses one rule: a text, or its words as a shell separates them. Positions in words are those in the words joined
 * with single spaces.
 *
 * @throws FilterSyntaxError with every error of the rule
 * @throws RangeError when options name a syntax that does not exist
 */
export function parseRule(input: string | readonly string[], options: ParseOptions = {}): ParsedRule {
  const given = options.syntax === undefined ? undefined : syntaxNamed(options.syntax);
  const name = options.sourceName ?? "rule";
  const findings = new Findings();
  const statements = typeof input === "string"
    ? statementsOfRule(new SourceText(name, input), given)
    : [statementOfWords(name, input)];
  const [statement, second] = statements;
  const whole = typeof input === "string" ? input : "";
  const report = findings.reporter(statement ?? statementOfText(new SourceText(name, whole)));
  let rule: Rule | undefined;
  if (statement === undefined || statement.text.trim() === "") {
    report(problem("missing-word", "there should be a rule", "such as drop ip.src == 192.0.2.1"), { at: 0, length: 0 });
  } else {
    rule = ruleOf(parseStatement(statement, given, report, options.sourceName, 0)?.said);
    if (rule === undefined && !findings.hasErrors) {
      report(problem("not-a-rule", "this says no rule"), { at: 0, length: statement.text.length });
    }
    if (second !== undefined) {
      const found = problem("second-rule", "there should be one rule only", "a line that goes on ends with \\");
      findings.reporter(second)(found, { at: 0, length: second.text.length });
    }
  }
  findings.throwErrors();
  if (rule === undefined) throw new Error("unreachable: a parser failed without an error");
  logDiagnostics(log, findings.warnings);
  return { rule, warnings: findings.warnings };
}

function statementsOfRule(source: SourceText, given: Syntax | undefined): Statement[] {
  const syntax = given ?? documentSyntaxOf(source.text);
  return syntax?.document !== undefined ? [statementOfText(source)] : Array.from(readStatements(source));
}

/** The syntax of a text that is one document, or undefined. */
function documentSyntaxOf(text: string): Syntax | undefined {
  const trimmed = text.trimStart();
  return SYNTAXES.find((syntax) => syntax.document && syntax.recognises(trimmed.slice(0, 1), trimmed));
}

function parseDocument(
  syntax: Syntax,
  source: SourceText,
  findings: Findings,
  onRule: (offset: number) => void,
): Filter | undefined {
  const statement = statementOfText(source);
  return syntax.document?.parse(statement, findings.reporter(statement), onRule);
}

function parseLines(
  given: Syntax | undefined,
  source: SourceText,
  { findings, onRule, sourceName }: {
    readonly findings: Findings;
    readonly onRule: (offset: number) => void;
    readonly sourceName: string | undefined;
  },
): Filter {
  const read: ReadRule[] = [];
  let defaultAction: Action | undefined;
  let index = 0;
  for (const statement of readStatements(source)) {
    if (isDefault(statement)) {
      defaultAction = parseDefault(statement, defaultAction, findings.reporter(statement)) ?? defaultAction;
      continue;
    }
    const report = findings.reporter(statement, index);
    const parsed = parseStatement(statement, given, report, sourceName, index);
    if (parsed !== undefined) read.push({ ...parsed, report, index });
    onRule(statement.parts[0]?.offset ?? 0);
    index++;
  }
  const ordered = orderRules(read);
  findings.renumberRules(new Map(ordered.map((one, position) => [one.index, position])));
  const rules = ordered.map(({ rule }) => rule);
  return new Filter({ rules, ...(defaultAction !== undefined && { defaultAction }) });
}

function parseStatement(
  statement: Statement,
  given: Syntax | undefined,
  report: Report,
  sourceName: string | undefined,
  index: number,
): { readonly said: Rule | Placed; readonly syntax: SyntaxName } | undefined {
  const syntax = given ?? recognise(statement, report);
  const said = syntax?.parseRule(statement, report, index);
  if (said === undefined || syntax === undefined) return undefined;
  const rule = ruleOf(said);
  // A document says itself where its rules come from.
  if (rule === undefined || syntax.document !== undefined) return { said, syntax: syntax.name };
  const source = {
    text: statement.text,
    ...(sourceName !== undefined && { file: sourceName }),
    line: lineOf(statement),
  };
  const sourced = freezeRule({ ...rule, source });
  return { said: isPlaced(said) ? { ...said, rule: sourced } : sourced, syntax: syntax.name };
}

function recognise(statement: Statement, report: Report): Syntax | undefined {
  const word = firstWordOf(statement);
  const syntax = SYNTAXES.find((one) => one.recognises(word, statement.text));
  if (syntax !== undefined) return syntax;
  const at = statement.text.indexOf(word);
  if (word === "default") {
    report(problem("not-a-rule", "the default action belongs to a filter, not to a rule"), { at, length: word.length });
    return undefined;
  }
  const hint = didYouMean(word) ?? "a rule starts with pass, drop, NAME:, flow-type or protocol";
  report(problem("unknown-rule", `no rule starts with ${quoteWord(word)}`, hint), { at, length: word.length });
  return undefined;
}

function didYouMean(word: string): string | undefined {
  const near = nearest(word, ["pass", "drop", "default", "flow-type", "protocol"]);
  return near && `did you mean ${JSON.stringify(near)}?`;
}

function isDefault(statement: Statement): boolean {
  return firstWordOf(statement) === "default";
}

function parseDefault(statement: Statement, before: Action | undefined, report: Report): Action | undefined {
  const [first, action, ...rest] = wordsOf(statement) as [Word, ...Word[]];
  if (before !== undefined) report(problem("second-default", "the default action was given before"), first);
  if (action?.text !== "pass" && action?.text !== "drop") {
    const found = problem("bad-action", "default has an action after it", "pass or drop");
    report(found, action ?? { at: statement.text.length, length: 0 });
    return "pass";
  }
  const [extra] = rest;
  if (extra !== undefined) {
    report(problem("unexpected-word", `${quoteWord(extra.text)} cannot stand here`, "the end of the line"), extra);
  }
  return action.text;
}
