/**
 * ethtool's ntuple rules: `[ethtool -U DEV] flow-type TYPE (FIELD VALUE [m MASK | FIELD-mask MASK])* [action N] [loc N]`,
 * with ethtool's meaning: bits that are set in a mask are ignored, numbers are C's. Source: ethtool(8), rxclass.c.
 *
 * @module
 */

import { fieldNamed } from "../model/fields.ts";
import type { Action } from "../model/hooks.ts";
import type { Match } from "../model/match.ts";
import { type Problem, problem, warning } from "../model/problem.ts";
import { freezeRule, type Rule } from "../model/rule.ts";
import {
  ETHTOOL_KEYWORD,
  ETHTOOL_KEYWORDS,
  type EthtoolKeyword,
  FLOW_TYPE,
  FLOW_TYPES,
  type FlowType,
} from "./ethtool_keywords.ts";
import { readEthtoolMatch } from "./ethtool_match.ts";
import { printEthtoolRule } from "./ethtool_print.ts";
import { readEthtoolNumber } from "./ethtool_values.ts";
import type { Report } from "./findings.ts";
import { equal } from "./implied.ts";
import type { Placed } from "./rule_order.ts";
import { type Statement, type Word, wordsOf } from "./statement.ts";
import { quoteWord, suggest } from "./suggest.ts";
import type { Syntax } from "./syntax.ts";

/** The row of ethtool's syntax. */
export const ETHTOOL: Syntax = Object.freeze({
  name: "ethtool",
  description: "ethtool ntuple: [ethtool -U DEV] flow-type TYPE (FIELD VALUE [m MASK])* action N [loc N]",
  recognises: (word: string): boolean => word === "flow-type" || isEthtool(word),
  parseRule: parseEthtoolRule,
  printRule: (rule: Rule): string | Problem => printEthtoolRule(rule, parseEthtoolRule),
});

/** The options that are about ntuple rules. */
const COMMANDS: ReadonlySet<string> = new Set(["-U", "-N", "--config-nfc", "--config-ntuple"]);

/** Options that such scripts have besides, `ethtool -K eth0 ntuple on`. */
const FEATURES: ReadonlySet<string> = new Set(["-K", "--features", "--offload"]);

/** `action -1` as the unsigned 64 bits that ethtool passes on: linux/ethtool.h RX_CLS_FLOW_DISC. */
const DISCARD = 0xffffffffffffffffn;
/** `action -2`, RX_CLS_FLOW_WAKE. */
const WAKE = 0xfffffffffffffffen;
const ACTION = { name: "action", format: "decimal", widthBits: 64 } as const;

const QUEUE = { name: "queue", format: "decimal", widthBits: 32 } as const;

/** linux/ethtool.h RX_CLS_LOC_ANY, as without `loc`; what else is beyond 31 bits has the card choose. */
const ANYWHERE = 0xffffffffn;
const LOCATION = { name: "loc", format: "decimal", widthBits: 31 } as const;

/** What a statement says: a rule, or that one goes; each word that cannot be read is reported. */
export function parseEthtoolRule(statement: Statement, report: Report): Placed | undefined {
  const end = { at: statement.text.length, length: 0 };
  const command = readCommand(wordsOf(statement), end, report);
  if (command === undefined) return undefined;
  const { words, place } = command;
  const [head, typeWord] = words;
  if (head?.text === "delete") return readDelete(command, end, report);
  if (head?.text !== "flow-type") return void report(notARule(head), head ?? end);
  if (typeWord === undefined) return void report(problem("missing-word", "there should be a flow type", names()), end);
  const flowType = FLOW_TYPE.get(typeWord.text);
  if (flowType === undefined) {
    const hint = suggest(typeWord.text, [...FLOW_TYPE.keys()]) ?? names();
    const found = problem("unknown-flow-type", `there is no flow type ${quoteWord(typeWord.text)}`, hint);
    return void report(found, typeWord);
  }
  const placed = new RuleReader(flowType, words, end, report).read();
  return placed && (place === undefined ? placed : { ...placed, place });
}

/** What follows `ethtool -U DEV`, and the device. */
interface CommandWords {
  readonly words: readonly Word[];
  readonly place?: NonNullable<Placed["place"]>;
}

/** The words behind `ethtool -U DEV`, which may be there: as libkefir has it, also without the device. */
function readCommand(words: readonly Word[], end: Place, report: Report): CommandWords | undefined {
  const [command, option, device] = words;
  if (command === undefined || !isEthtool(command.text)) return { words };
  if (option === undefined) {
    return void report(problem("missing-word", "there should be -U", "ethtool -U DEV ..."), end);
  }
  if (FEATURES.has(option.text) && !words.some(({ text }) => text === "flow-type")) {
    return void report(warning("ignored-keyword", `ethtool ${option.text} sets up the card: it says no rule`), option);
  }
  if (!COMMANDS.has(option.text)) {
    const found = problem(
      "unsupported-keyword",
      `ethtool ${option.text} has no rules`,
      "-U, -N or --config-ntuple has",
    );
    return void report(found, option);
  }
  if (device === undefined || device.text === "flow-type") return { words: words.slice(2) };
  // As tc calls the place where packets come in.
  return { words: words.slice(3), place: { text: `dev ${device.text} ingress`, word: device } };
}

/** `delete N`: the rule of that location goes, when the text has it. */
function readDelete({ words: [, number], place }: CommandWords, end: Place, report: Report): Placed | undefined {
  if (number === undefined) return void report(problem("missing-word", "there should be a location"), end);
  const location = readEthtoolNumber(LOCATION, number, report);
  if (location === undefined) return undefined;
  const message = `no rule before this one has loc ${location}: there is nothing to delete`;
  return {
    kind: "placed",
    order: Number(location),
    key: keyOf(location),
    notes: { missing: warning("nothing-deleted", message, "a filter begins empty, whatever the card has") },
    ...(place !== undefined && { place }),
  };
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
  #location: bigint | undefined;
  #index = 2;
  #failed = false;

  constructor(flowType: FlowType, words: readonly Word[], end: Place, report: Report) {
    this.#flowType = flowType;
    this.#words = words;
    this.#end = end;
    this.#report = report;
  }

  read(): Placed | undefined {
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
    this.#checkProtocol();
    const matches = [...this.#flowType.implied, ...this.#matches];
    return placeRule(freezeRule({ action: this.#action ?? "pass", matches }), this.#location);
  }

  #readKeyword(): void {
    const word = this.#words[this.#index++] as Word;
    const keyword = ETHTOOL_KEYWORD.get(word.text);
    const field = this.#flowType.fields.get(word.text);
    if (keyword === undefined || keyword.kind === "match" && field === undefined) {
      return this.#skip(unknownKeyword(word, this.#flowType), word);
    }
    if (keyword.kind === "refused") return this.#skip(refusal(keyword), word);
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
      if (keyword.name === "user-def") this.#report(userDefined(field), word);
      const matches = readEthtoolMatch(fieldNamed(field), value, mask, this.#report);
      if (matches === undefined) this.#failed = true;
      else this.#matches.push(...matches);
    } else if (mask !== undefined) {
      this.#fail(problem("misplaced-mask", `${keyword.name} has no mask`), mask);
    } else if (keyword.kind === "location") {
      this.#location = readLocation(value, this.#report);
      this.#failed ||= this.#location === undefined;
    } else {
      this.#action = keyword.name === "action" ? readAction(value, this.#report) : readQueue(value, this.#report);
      this.#failed ||= this.#action === undefined;
    }
  }

  /** Warns when ports are asked for and no protocol: TCP is what one thinks of, but others have ports too. */
  #checkProtocol(): void {
    const protocol = this.#flowType.fields.get("l4proto");
    if (protocol === undefined || this.#filled.has("l4proto")) return;
    const word = this.#words.find(({ text }) => text === "src-port" || text === "dst-port");
    if (word === undefined || !this.#matches.some(({ field }) => field.endsWith("port"))) return;
    this.#report(
      warning(
        "port-without-protocol",
        `${word.text} without l4proto holds for every protocol that has ports: UDP, SCTP and others as well as TCP`,
        `flow-type tcp${this.#flowType.name.at(-1)}, or l4proto 6`,
        equal(protocol, 6),
      ),
      word,
    );
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

/** Queue 0 is where packets go without a queue: to ethtool the same as `action 0`. */
function readQueue(word: Word, report: Report): Action | undefined {
  const value = readEthtoolNumber(QUEUE, word, report);
  if (value === undefined) return undefined;
  if (value === 0n) return "pass";
  report(problem("unsupported-keyword", `queue ${word.text}: kefir does not choose queues`, "action 0 passes"), word);
}

function readLocation(word: Word, report: Report): bigint | undefined {
  const isAnywhere = /^0x0*f{8}$/i.test(word.text) || word.text === String(ANYWHERE);
  return isAnywhere ? ANYWHERE : readEthtoolNumber(LOCATION, word, report);
}

/** The rule at its location; without one, behind those that have one, in the order of the text. */
function placeRule(rule: Rule, location: bigint | undefined): Placed {
  if (location === undefined || location === ANYWHERE) return { kind: "placed", rule, order: Infinity };
  const message = `the rule takes the place of the one before it with loc ${location}, as in ethtool`;
  return {
    kind: "placed",
    rule,
    order: Number(location),
    key: keyOf(location),
    notes: { replaced: warning("replaced-rule", message, "leave one of them out, or give it another loc") },
  };
}

function keyOf(location: bigint): string {
  return `loc ${location}`;
}

function notARule(head: Word | undefined): Problem {
  switch (head?.text) {
    case "rx-flow-hash":
      return problem("unsupported-keyword", "rx-flow-hash of ethtool spreads packets over queues: it is no rule");
    default:
      return problem("unknown-rule", "a rule of ethtool starts with flow-type", "flow-type tcp4 ... action -1");
  }
}

function userDefined(field: string): Problem {
  return warning("driver-defined", `each card's driver has its own meaning of user-def; here it is ${field}`);
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
