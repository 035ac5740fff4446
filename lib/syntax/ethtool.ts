/**
 * ethtool's ntuple rules: `[ethtool -U DEV] flow-type TYPE (FIELD VALUE [m MASK | FIELD-mask MASK])* [action N]`, with
 * ethtool's meaning: bits that are set in a mask are ignored, numbers are C's. Source: ethtool(8), rxclass.c.
 *
 * @module
 */

import type { Field } from "../model/field.ts";
import { fieldNamed } from "../model/fields.ts";
import type { Action } from "../model/hooks.ts";
import { freezeMatch, type Match } from "../model/match.ts";
import { type Problem, problem, warning } from "../model/problem.ts";
import { freezeRule, type Rule } from "../model/rule.ts";
import { hostBits } from "../model/value_text.ts";
import { allOnes } from "../net/bytes.ts";
import {
  ETHTOOL_KEYWORD,
  ETHTOOL_KEYWORDS,
  type EthtoolKeyword,
  FLOW_TYPE,
  FLOW_TYPES,
  type FlowType,
} from "./ethtool_keywords.ts";
import { printEthtoolRule } from "./ethtool_print.ts";
import { readEthtoolNumber, readEthtoolValue } from "./ethtool_values.ts";
import type { Report } from "./findings.ts";
import { type Statement, type Word, wordsOf } from "./statement.ts";
import { quoteWord, suggest } from "./suggest.ts";
import type { Syntax } from "./syntax.ts";

/** The row of ethtool's syntax. */
export const ETHTOOL: Syntax = Object.freeze({
  name: "ethtool",
  description: "ethtool ntuple: flow-type TYPE (FIELD VALUE [m MASK])* action N",
  recognises: (word: string): boolean => word === "flow-type" || isEthtool(word),
  parseRule: parseEthtoolRule,
  printRule: (rule: Rule): string | Problem => printEthtoolRule(rule, parseEthtoolRule),
});

/** The options that are about ntuple rules. */
const COMMANDS: ReadonlySet<string> = new Set(["-U", "-N", "--config-nfc", "--config-ntuple"]);

/** `action -1` as the unsigned 64 bits that ethtool passes on: linux/ethtool.h RX_CLS_FLOW_DISC. */
const DISCARD = 0xffffffffffffffffn;
/** `action -2`, RX_CLS_FLOW_WAKE. */
const WAKE = 0xfffffffffffffffen;
const ACTION = { name: "action", format: "decimal", widthBits: 64 } as const;

/** The rule that a statement says; each word that cannot be read is reported. */
export function parseEthtoolRule(statement: Statement, report: Report): Rule | undefined {
  const end = { at: statement.text.length, length: 0 };
  const words = withoutCommand(wordsOf(statement), end, report);
  if (words === undefined) return undefined;
  const [head, typeWord] = words;
  if (head?.text !== "flow-type") return void report(notARule(head), head ?? end);
  if (typeWord === undefined) return void report(problem("missing-word", "there should be a flow type", names()), end);
  const flowType = FLOW_TYPE.get(typeWord.text);
  if (flowType === undefined) {
    const hint = suggest(typeWord.text, [...FLOW_TYPE.keys()]) ?? names();
    const found = problem("unknown-flow-type", `there is no flow type ${quoteWord(typeWord.text)}`, hint);
    return void report(found, typeWord);
  }
  return new RuleReader(flowType, words, end, report).read();
}

/** The words behind `ethtool -U DEV`, which may be there: as libkefir has it, also without the device. */
function withoutCommand(words: readonly Word[], end: Place, report: Report): readonly Word[] | undefined {
  const [command, option, device] = words;
  if (command === undefined || !isEthtool(command.text)) return words;
  if (option === undefined) {
    return void report(problem("missing-word", "there should be -U", "ethtool -U DEV ..."), end);
  }
  if (!COMMANDS.has(option.text)) {
    const found = problem(
      "unsupported-keyword",
      `ethtool ${option.text} has no rules`,
      "-U, -N or --config-ntuple has",
    );
    return void report(found, option);
  }
  const isDevice = device !== undefined && device.text !== "flow-type";
  return words.slice(isDevice ? 3 : 2);
}

type Place = Pick<Word, "at" | "length">;

/** Reads the words behind a flow type. */
class RuleReader {
  readonly #flowType: FlowType;
  readonly #words: readonly Word[];
  readonly #end: Place;
  readonly #report: Report;
  readonly #matches: Match[] = [];
  readonly #filled = new Set<string>();
  #action: Action | undefined;
  #index = 2;
  #failed = false;

  constructor(flowType: FlowType, words: readonly Word[], end: Place, report: Report) {
    this.#flowType = flowType;
    this.#words = words;
    this.#end = end;
    this.#report = report;
  }

  read(): Rule | undefined {
    while (this.#index < this.#words.length) this.#readKeyword();
    if (this.#failed) return undefined;
    if (!this.#filled.has("action")) {
      const found = warning(
        "no-action",
        "ethtool takes a rule without action as action 0: it passes",
        "action -1 drops",
      );
      this.#report(found, this.#end);
    }
    return freezeRule({ action: this.#action ?? "pass", matches: [...this.#flowType.implied, ...this.#matches] });
  }

  #readKeyword(): void {
    const word = this.#words[this.#index++] as Word;
    const keyword = ETHTOOL_KEYWORD.get(word.text);
    const field = this.#flowType.fields.get(word.text);
    if (keyword === undefined || keyword.kind === "match" && field === undefined) {
      return this.#skip(unknownKeyword(word, this.#flowType), word);
    }
    if (keyword.kind === "refused" || keyword.kind === "location") return this.#skip(refusal(keyword), word);
    const value = this.#words[this.#index++];
    if (value === undefined) {
      return this.#fail(problem("missing-word", `there should be a value of ${keyword.name}`), this.#end);
    }
    this.#fill(keyword, word);
    const mask = this.#takeMask(keyword);
    if (mask === "missing") {
      return this.#fail(problem("missing-word", `there should be a mask of ${keyword.name}`), this.#end);
    }
    if (field !== undefined) {
      const match = readMatch(fieldNamed(field), value, mask, this.#report);
      if (match === undefined) this.#failed = true;
      else this.#matches.push(match);
    } else if (mask !== undefined) {
      this.#fail(problem("misplaced-mask", `${keyword.name} has no mask`), mask);
    } else {
      this.#action = readAction(value, this.#report);
      this.#failed ||= this.#action === undefined;
    }
  }

  /** The mask that may follow a value. */
  #takeMask({ name }: EthtoolKeyword): Word | "missing" | undefined {
    const marker = this.#words[this.#index];
    if (marker === undefined || marker.text !== "m" && marker.text !== `${name}-mask`) return undefined;
    this.#index += 2;
    return this.#words[this.#index - 1] ?? "missing";
  }

  #fill({ name, parts }: EthtoolKeyword, word: Word): void {
    if (parts.some((part) => this.#filled.has(part))) {
      this.#fail(problem("duplicate-field", `${name} is given twice, or beside a field of the same bytes`), word);
    }
    for (const part of parts) this.#filled.add(part);
  }

  /** Fails, and goes on behind the value of the keyword, and behind its mask. */
  #skip(found: Problem, word: Word): void {
    this.#fail(found, word);
    this.#index++;
    if (!isMask(word) && isMask(this.#words[this.#index])) this.#index += 2;
  }

  #fail(found: Problem, place: Place): void {
    this.#failed = true;
    this.#report(found, place);
  }
}

function readMatch(field: Field, word: Word, maskWord: Word | undefined, report: Report): Match | undefined {
  const value = readEthtoolValue(field, word, report);
  const ignored = maskWord === undefined ? 0n : readEthtoolValue(field, maskWord, report);
  if (value === undefined || ignored === undefined) return undefined;
  if (maskWord === undefined) return freezeMatch(field, "==", { kind: "value", value });
  const mask = allOnes(field.widthBits) ^ ignored;
  const cleared = hostBits(field, word.text, value, mask);
  if (cleared !== undefined) report(cleared, word);
  return freezeMatch(field, "==", { kind: "value", value: value & mask, mask });
}

function readAction(word: Word, report: Report): Action | undefined {
  const value = readEthtoolNumber(ACTION, word, (found, place) => {
    if (found.severity === "warning") return report(found, place);
    const hint = "action -1 drops, action 0 passes";
    report(problem("bad-action", `${quoteWord(word.text)} is not an action`, hint), place);
  });
  if (value === undefined) return undefined;
  if (value === DISCARD) return "drop";
  if (value === 0n) return "pass";
  const message = value === WAKE
    ? "action -2 (wake on LAN) needs a network card"
    : `action ${word.text} steers to a queue, which kefir does not`;
  report(problem("unsupported-keyword", message, "action 0 passes"), word);
}

function notARule(head: Word | undefined): Problem {
  switch (head?.text) {
    case "rx-flow-hash":
      return problem("unsupported-keyword", "rx-flow-hash spreads packets over queues: it is no rule");
    case "delete":
      return problem("unsupported-keyword", "delete is about a card's rules; a file says which there are");
    default:
      return problem("unknown-rule", "a rule of ethtool starts with flow-type", "flow-type tcp4 ... action -1");
  }
}

function refusal({ name, meaning }: EthtoolKeyword): Problem {
  return problem("unsupported-keyword", `${name} of ethtool is not supported: ${meaning}`);
}

function unknownKeyword(word: Word, flowType: FlowType): Problem {
  const others = ETHTOOL_KEYWORDS.filter(({ kind }) => kind !== "match").map(({ name }) => name);
  const known = [...flowType.fields.keys(), ...others];
  if (ETHTOOL_KEYWORD.has(word.text)) {
    return problem("wrong-field", `flow-type ${flowType.name} has no ${word.text}`, `it has ${known.join(" ")}`);
  }
  if (isMask(word)) {
    return problem("misplaced-mask", "a mask stands after the value of its field", "FIELD VALUE m MASK");
  }
  const hint = suggest(word.text, known) ?? `it has ${known.join(" ")}`;
  return problem("unknown-field", `there is no field ${quoteWord(word.text)} in ethtool`, hint);
}

function isEthtool(word: string): boolean {
  return word === "ethtool" || word.endsWith("/ethtool");
}

function isMask(word: Word | undefined): boolean {
  return word !== undefined && (word.text === "m" || word.text.endsWith("-mask"));
}

function names(): string {
  return `one of ${FLOW_TYPES.map((one) => one.name).join(" ")}`;
}
