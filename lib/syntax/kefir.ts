/**
 * kefir's own syntax: `[NAME:] pass|drop [MATCH (and MATCH)*]`, where a match is `FIELD [& MASK] OP VALUE[/MASK]` or
 * `FIELD [& MASK] [not] in SET`. It says all that the model can.
 *
 * @module
 */

import type { Field } from "../model/field.ts";
import { findField } from "../model/fields.ts";
import type { Match } from "../model/match.ts";
import { isSetOperator, type Operator, OPERATORS } from "../model/operator.ts";
import { type Problem, problem } from "../model/problem.ts";
import { freezeRule, type Rule, RULE_NAME } from "../model/rule.ts";
import type { Report } from "./findings.ts";
import { printKefirRule } from "./kefir_print.ts";
import { readTokens, type Token } from "./kefir_tokens.ts";
import { buildListMatch, buildSetMatch, buildValueMatch, type MatchWords } from "./match_words.ts";
import type { Statement, Word } from "./statement.ts";
import { quoteWord, suggest, suggestField } from "./suggest.ts";
import type { Syntax } from "./syntax.ts";

/** The row of kefir's own syntax. */
export const KEFIR: Syntax = Object.freeze({
  name: "kefir",
  description: "kefir's own: [NAME:] pass|drop [FIELD OP VALUE and ...], fields named as in Wireshark",
  recognises: (word: string): boolean => word === "pass" || word === "drop" || /^[^{":]+:/.test(word),
  parseRule: parseKefirRule,
  printRule: printKefirRule,
});

const OPERATOR_WORDS: ReadonlyMap<string, Operator> = new Map([
  ["eq", "=="],
  ["ne", "!="],
  ["lt", "<"],
  ["le", "<="],
  ["gt", ">"],
  ["ge", ">="],
  ["in", "in"],
]);
/** The rule that a statement says; each match that cannot be read is reported. */
function parseKefirRule(statement: Statement, report: Report): Rule | undefined {
  const label = /^\s*([^\s:]*):/.exec(statement.text.slice(0, 1000));
  const name = label?.[1];
  const isBadName = name !== undefined && !RULE_NAME.test(name);
  if (label !== null && isBadName) {
    const found = problem(
      "bad-name",
      `${quoteWord(name)} is not a name for a rule`,
      "letters, digits, _ . -, 63 at most",
    );
    report(found, { at: label[0].length - name.length - 1, length: name.length });
  }
  const tokens = readTokens(statement, label === null ? 0 : label[0].length, report);
  const reader = new Reader(tokens, statement.text.length, report);
  const rule = reader.readRule();
  if (rule === undefined || isBadName) return undefined;
  return freezeRule({ ...(name !== undefined && { name }), ...rule });
}

class Reader {
  readonly #tokens: readonly Token[];
  readonly #end: number;
  readonly #report: Report;
  #next = 0;

  constructor(tokens: readonly Token[], end: number, report: Report) {
    this.#tokens = tokens;
    this.#end = end;
    this.#report = report;
  }

  readRule(): Pick<Rule, "action" | "matches"> | undefined {
    const action = this.#take("word");
    if (action === undefined || action.text !== "pass" && action.text !== "drop") {
      const word = action?.text ?? this.#peek()?.text ?? "";
      if (action !== undefined) this.#next--;
      return this.#fail(problem("bad-action", "a rule starts with its action", suggest(word, ["pass", "drop"])));
    }
    const matches: Match[] = [];
    let failed = false;
    while (this.#peek() !== undefined) {
      const match = this.#readMatch();
      if (match === undefined) failed = true;
      else matches.push(match);
      if (!this.#readAnd(match === undefined)) failed = true;
    }
    return failed ? undefined : { action: action.text, matches };
  }

  /** Takes the `and` before a further match; after an error, skips to the next one. */
  #readAnd(failed: boolean): boolean {
    const token = this.#peek();
    if (token === undefined) return true;
    if (!failed && token.kind === "word" && token.text === "and") {
      this.#next++;
      return this.#peek() !== undefined || this.#fail(missing("a match after and")) === true;
    }
    if (!failed) {
      const isOr = token.text === "or" || token.text === "||" || token.text === "|";
      this.#fail(
        isOr
          ? problem("no-or", "a rule is a conjunction: there is no or", "write a second rule, or a set: in { a, b }")
          : problem("unexpected-word", `${quoteWord(token.text)} cannot stand here`, "and, or the end of the rule"),
      );
    }
    for (let skipped = this.#peek(); skipped !== undefined; skipped = this.#peek()) {
      this.#next++;
      if (skipped.kind === "word" && skipped.text === "and") break;
    }
    return false;
  }

  #readMatch(): Match | undefined {
    const field = this.#readField();
    if (field === undefined) return undefined;
    let mask: Word | undefined;
    if (this.#takeMark("&")) {
      mask = this.#take("word");
      if (mask === undefined) return this.#fail(missing("a mask after &", "such as & 0xfc"));
    }
    const operator = this.#readOperator();
    if (operator === undefined) return undefined;
    const parts: MatchWords = { field, operator, mask };
    if (!isSetOperator(operator)) return this.#readValue(parts);
    const file = this.#take("file");
    if (file !== undefined) return buildListMatch(parts, file.text, this.#report);
    const entries = this.#readEntries(field);
    return entries && buildSetMatch(parts, entries, this.#report);
  }

  #readField(): Field | undefined {
    const token = this.#peek();
    if (token === undefined || token.kind !== "word") return this.#fail(missing("a field", "such as ip.src"));
    const field = findField(token.text);
    if (field === undefined) {
      if (token.text === "not") {
        return this.#fail(problem("no-not", "a match is not negated as a whole", "use != or not in"));
      }
      const hint = suggestField(token.text);
      return this.#fail(problem("unknown-field", `there is no field ${quoteWord(token.text)}`, hint));
    }
    this.#next++;
    return field;
  }

  #readOperator(): Operator | undefined {
    const token = this.#peek();
    if (token?.kind === "operator") {
      this.#next++;
      return token.text as Operator;
    }
    if (token?.kind !== "word") return this.#fail(missing("an operator", OPERATORS.join(" ")));
    if (token.text === "not") {
      this.#next++;
      const following = this.#peek();
      if (following?.text !== "in") return this.#fail(missing("in after not", "not in"));
      this.#next++;
      return "not in";
    }
    const operator = OPERATOR_WORDS.get(token.text);
    if (operator === undefined) {
      const hint = `one of ${OPERATORS.join(" ")}`;
      return this.#fail(problem("unknown-operator", `there is no operator ${quoteWord(token.text)}`, hint));
    }
    this.#next++;
    return operator;
  }

  #readValue(parts: MatchWords): Match | undefined {
    const { field, operator } = parts;
    const token = this.#peek();
    if (token?.kind === "file" || token?.text === "{") {
      const hint = `use ${operator === "!=" ? "not in" : "in"}`;
      return this.#fail(problem("set-needs-in", `${field.name} ${operator} takes one value, not a set`, hint));
    }
    if (token?.kind !== "word") return this.#fail(missing(`a value of ${field.name}`));
    this.#next++;
    if (token.text.includes("..")) {
      const hint = `use ${operator === "!=" ? "not in" : "in"}`;
      const found = problem("set-needs-in", `${field.name} ${operator} takes one value, not a range`, hint);
      return void this.#report(found, token);
    }
    return buildValueMatch(parts, token, this.#report);
  }

  #readEntries(field: Field): readonly Word[] | undefined {
    if (!this.#takeMark("{")) {
      const single = this.#take("word");
      return single === undefined
        ? this.#fail(missing(`a set of ${field.name}`, "{ a, b..c }, @file or one entry"))
        : [single];
    }
    const entries: Word[] = [];
    if (this.#takeMark("}")) return entries;
    while (true) {
      const entry = this.#take("word");
      if (entry === undefined) {
        if (this.#peek()?.kind !== "file") {
          return this.#fail(missing("an entry of the set", "a value, lo..hi or prefix"));
        }
        return this.#fail(problem("list-in-set", "a list file is a set of its own", "write in @file, without braces"));
      }
      entries.push(entry);
      if (this.#takeMark("}")) return entries;
      if (!this.#takeMark(",")) return this.#fail(missing("a , or } after an entry of the set"));
    }
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#next];
  }

  #take(kind: Token["kind"]): Token | undefined {
    const token = this.#tokens[this.#next];
    if (token?.kind !== kind) return undefined;
    this.#next++;
    return token;
  }

  #takeMark(text: string): boolean {
    const token = this.#peek();
    if (token?.kind !== "mark" || token.text !== text) return false;
    this.#next++;
    return true;
  }

  /** Reports at the next token, or at the end; a token that could not be read was reported before. */
  #fail(found: Problem): undefined {
    if (this.#peek()?.kind === "bad") return undefined;
    this.#report(found, this.#peek() ?? { at: this.#end, length: 0 });
    return undefined;
  }
}

function missing(what: string, hint?: string): Problem {
  return problem("missing-word", `there should be ${what}`, hint);
}
