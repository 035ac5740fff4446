/**
 * A statement of tc's flower classifier in its parts: `[tc filter add] WHERE... [flower] KEY... action ACTION`, in the
 * order that tc takes. Source: iproute2 tc_filter.c, f_flower.c, m_action.c, m_gact.c.
 *
 * @module
 */

import type { Action } from "../model/hooks.ts";
import { isProblem, type Problem, problem, warning } from "../model/problem.ts";
import { parseCValue } from "./c_number.ts";
import type { Report } from "./findings.ts";
import type { Statement, Word } from "./statement.ts";
import { wordsOf } from "./statement.ts";
import { quoteWord, suggest } from "./suggest.ts";
import {
  findFlowerKeyword,
  FLOWER_ACTIONS,
  FLOWER_KEYWORDS,
  type FlowerKeyword,
  type FlowerLevel,
  type FlowerMatchKeyword,
  OTHER_ACTIONS,
} from "./tc_flower_keywords.ts";

/** A key with its value. */
export interface FlowerPart {
  readonly keyword: FlowerMatchKeyword;
  readonly name: Word;
  readonly value: Word;
  /** Of a key about a label stack entry: which, from 1. */
  readonly depth?: number;
}

/** What a statement says, before its values are read. */
export interface FlowerWords {
  /** `all` when it is not there. */
  readonly protocol: Word | undefined;
  readonly parts: readonly FlowerPart[];
  /** Undefined after an error. */
  readonly action: Action | undefined;
  /** `tc filter add` or `replace`, when the command is there. */
  readonly verb: "add" | "replace" | undefined;
  /** The value of `pref`, 1 to 0xffff. */
  readonly preference: number | undefined;
  readonly handle: Word | undefined;
  /** The device or block and the direction, when they are said. */
  readonly place: { readonly text: string; readonly word: Word } | undefined;
  /** Whether an error was reported. */
  readonly failed: boolean;
}

/** The parts of a statement; undefined when it is no rule of flower, which was reported unless it is to be passed over. */
export function readFlowerWords(statement: Statement, report: Report): FlowerWords | undefined {
  return new FlowerReader(statement, report).read();
}

/** Objects of tc, and commands of `tc filter`, in the order in which tc tries their beginnings. */
const OBJECTS = ["qdisc", "class", "filter", "chain", "actions", "monitor", "exec", "help"];
const COMMANDS = ["add", "change", "replace", "delete", "get", "list", "show", "lst", "help"];
const CLASSIFIERS = ["basic", "bpf", "cgroup", "flow", "fw", "matchall", "route", "rsvp", "rsvp6", "tcindex", "u32"];
/** What begins like one of these behind `action` is a command to tc, and no action. */
const ACTION_COMMANDS = ["change", "replace", "delete", "get", "add"];
const DIRECTIONS: ReadonlySet<string> = new Set(["root", "ingress", "egress", "parent"]);
/** Handles of the ingress hook, linux/pkt_sched.h: `ffff:` is the ingress qdisc's own. */
const INGRESS: ReadonlySet<string> = new Set(["ingress", "parent ffff:", "parent ffff:0", "parent ffff:fff2"]);

class FlowerReader {
  readonly #words: readonly Word[];
  readonly #end: { readonly at: number; readonly length: number };
  readonly #report: Report;
  #index = 0;
  #failed = false;
  readonly #seen = new Set<string>();
  readonly #where = new Map<string, Word>();
  #direction: string | undefined;
  #preference: number | undefined;
  readonly #parts: FlowerPart[] = [];
  #action: Action | undefined;

  constructor(statement: Statement, report: Report) {
    this.#words = wordsOf(statement);
    this.#end = { at: statement.text.length, length: 0 };
    this.#report = report;
  }

  read(): FlowerWords | undefined {
    const head = this.#words[0];
    let verb: "add" | "replace" | undefined;
    if (head?.text === "tc" || head?.text === "filter") {
      verb = this.#readCommand();
      if (verb === undefined) return undefined;
    } else if (head?.text !== "protocol") {
      const found = problem("unknown-rule", "a rule of tc starts with protocol", "protocol ip flower ... action drop");
      return void this.#report(found, head ?? this.#end);
    }
    if (!this.#readWhere(verb !== undefined)) return undefined;
    this.#readKeys();
    if (!this.#seen.has("key action")) {
      const found = problem("missing-action", "there should be an action", "tc passes such packets: say action pass");
      this.#fail(found, this.#end);
    }
    return {
      protocol: this.#where.get("protocol"),
      parts: this.#parts,
      action: this.#action,
      verb,
      preference: this.#preference,
      handle: this.#where.get("handle"),
      place: this.#place(),
      failed: this.#failed,
    };
  }

  #fail(found: Problem, place: { readonly at: number; readonly length: number }): void {
    this.#failed = true;
    this.#report(found, place);
  }

  /** The next word, or undefined with a complaint. */
  #value(name: string): Word | undefined {
    const word = this.#words[this.#index++];
    if (word === undefined) this.#fail(problem("missing-word", `there should be a value of ${name}`), this.#end);
    return word;
  }

  /** `tc filter add` and `replace`; anything else is refused, but for what makes the place for filters. */
  #readCommand(): "add" | "replace" | undefined {
    // A file for tc -batch leaves the tc out.
    const start = this.#words[0]?.text === "tc" ? 1 : 0;
    const [object, command] = this.#words.slice(start);
    const about = object && beginning(OBJECTS, object.text);
    if (object === undefined || about !== "filter") {
      if (about === "qdisc" && this.#words.some(({ text }) => text === "clsact" || text === "ingress")) {
        const found = warning("ignored-keyword", "tc qdisc is ignored: attach makes the place for a filter");
        return void this.#report(found, object as Word);
      }
      const found = problem(
        "unsupported-command",
        `${quoteWord(object?.text ?? "tc")} of tc says no rule`,
        "tc filter add",
      );
      return void this.#report(found, object ?? this.#end);
    }
    const verb = command && beginning(COMMANDS, command.text);
    this.#index = start + 2;
    if (verb === "add" || verb === "replace") return verb;
    const message = `tc filter ${command?.text ?? ""} is not supported: a text says which rules there are`;
    return void this.#report(problem("unsupported-command", message, "tc filter add"), command ?? this.#end);
  }

  /** The words before `flower`, which may be left out when there is no command. */
  #readWhere(isCommand: boolean): boolean {
    const isOpen = !isCommand && !this.#words.some(({ text }) => text === "flower");
    for (let word = this.#words[this.#index]; word !== undefined; word = this.#words[this.#index]) {
      if (word.text === "flower") {
        this.#index++;
        return true;
      }
      const keyword = findFlowerKeyword("command", word.text);
      const isWhole = keyword?.name === word.text || keyword?.aliases?.includes(word.text);
      if (keyword === undefined || isOpen && !isWhole) {
        return isOpen || this.#notFlower(word);
      }
      this.#index++;
      if (!this.#once(keyword, word)) return false;
      if (!this.#readWherePart(keyword, word)) return false;
    }
    if (isCommand) {
      const found = problem("missing-word", "there should be a classifier", "flower");
      this.#report(found, this.#end);
    }
    return !isCommand;
  }

  #notFlower(word: Word): false {
    if (CLASSIFIERS.includes(word.text)) {
      const hint = word.text === "matchall" ? "flower without keys" : undefined;
      this.#report(problem("unsupported-keyword", `${word.text} of tc is not supported, but for flower`, hint), word);
    } else {
      const hint = suggest(word.text, [...namesAt("command"), "flower"]);
      this.#report(problem("unknown-field", `there is no ${quoteWord(word.text)} before flower in tc`, hint), word);
    }
    return false;
  }

  /** False when nothing behind it can be read. */
  #readWherePart(keyword: FlowerKeyword, word: Word): boolean {
    const { name } = keyword;
    if (DIRECTIONS.has(name)) {
      if (this.#direction !== undefined) this.#fail(problem("duplicate-field", `${name} is one parent too many`), word);
      this.#direction = name === "parent" ? `parent ${this.#words[this.#index]?.text ?? ""}` : name;
    }
    if (keyword.class === "ignored" && name !== "chain") {
      const value = this.#ignore(keyword, word);
      if (value !== undefined) this.#where.set(name, value);
      return keyword.words === 0 || value !== undefined;
    }
    const value = this.#value(name === "protocol" ? "protocol" : name);
    if (value === undefined) return false;
    if (name === "protocol") this.#where.set(name, value);
    else if (name === "chain") this.#readChain(keyword, word, value);
    else this.#readPreference(value);
    return true;
  }

  #readChain(keyword: FlowerKeyword, word: Word, value: Word): void {
    const chain = parseCValue({ name: "chain", format: "decimal", widthBits: 32 }, value.text, 0);
    if (isProblem(chain)) return this.#fail(chain, value);
    if (chain === 0n) return this.#report(ignoredWarning(keyword), word);
    const message = `chain ${value.text} of tc is refused: only goto leads there, which kefir has not`;
    this.#fail(problem("unsupported-keyword", message, "rules of chain 0 are tried"), value);
  }

  #readPreference(value: Word): void {
    const read = parseCValue({ name: "pref", format: "decimal", widthBits: 16 }, value.text, 0);
    if (isProblem(read)) this.#fail(read, value);
    // tc takes 0 as "not said".
    else if (read !== 0n) this.#preference = Number(read);
  }

  #readKeys(): void {
    for (let name = this.#words[this.#index]; name !== undefined; name = this.#words[this.#index]) {
      this.#index++;
      const keyword = findFlowerKeyword("key", name.text);
      if (keyword === undefined) {
        this.#unknown(name);
        continue;
      }
      this.#once(keyword, name);
      if (keyword.class === "match" && keyword.value === "parts") this.#readParts(keyword, name);
      else this.#readKey(keyword, name);
    }
  }

  #unknown(name: Word): void {
    const hint = suggest(name.text, [...namesAt("key"), "flower"]);
    this.#fail(problem("unknown-field", `there is no key ${quoteWord(name.text)} in tc flower`, hint), name);
    // What stands behind it is taken as its value, unless it is a key itself.
    if (namesAt("key").includes(this.#words[this.#index]?.text ?? "")) return;
    this.#index++;
  }

  #readKey(keyword: FlowerKeyword, name: Word, depth?: number): void {
    switch (keyword.class) {
      case "ignored":
        return void this.#ignore(keyword, name);
      case "refused": {
        const value = this.#words[this.#index];
        this.#index += keyword.words;
        if (keyword.isDevice && value !== undefined && this.#isOwnDevice(value.text)) {
          return this.#report(ignoredWarning({ ...keyword, reason: "it is the device of the command" }), name);
        }
        const message = `${keyword.name} of tc is refused: ${keyword.reason}`;
        return this.#fail(problem("unsupported-keyword", message, keyword.hint), name);
      }
      case "match": {
        if (keyword.name.startsWith("mpls_") && this.#seen.has("key mpls")) this.#fail(besideStack(), name);
        const value = this.#value(name.text);
        if (value === undefined) return;
        return void this.#parts.push({ keyword, name, value, ...(depth !== undefined && { depth }) });
      }
    }
  }

  #readParts(keyword: FlowerMatchKeyword, name: Word): void {
    if (keyword.name === "action") return this.#readAction();
    if (keyword.name === "cfm") {
      for (let part = this.#partAt("cfm"); part !== undefined; part = this.#partAt("cfm")) this.#readKey(...part);
      return;
    }
    if (this.#parts.some((part) => part.keyword.name.startsWith("mpls_"))) this.#fail(besideStack(), name);
    const depths = new Set<number>();
    let hasEntry = false;
    for (let lse = this.#words[this.#index]; lse && "lse".startsWith(lse.text); lse = this.#words[this.#index]) {
      this.#index++;
      hasEntry = true;
      this.#readEntry(lse, depths);
    }
    if (!hasEntry) {
      this.#fail(problem("missing-word", "there should be lse behind mpls"), this.#words[this.#index] ?? this.#end);
    }
  }

  /** `lse depth N ...`: the depth may stand anywhere among them. */
  #readEntry(lse: Word, depths: Set<number>): void {
    const parts: [FlowerMatchKeyword, Word, Word][] = [];
    let depth: number | undefined;
    for (let part = this.#partAt("lse"); part !== undefined; part = this.#partAt("lse")) {
      const [keyword, name] = part;
      const value = this.#value(name.text);
      if (value === undefined) return;
      if (keyword.value !== "depth") {
        if (parts.some(([other]) => other === keyword)) this.#twice(name);
        parts.push([keyword, name, value]);
        continue;
      }
      if (depth !== undefined) this.#twice(name);
      const read = parseCValue({ name: "depth", format: "decimal", widthBits: 3 }, value.text, 10);
      if (isProblem(read)) return this.#fail(read, value);
      if (read === 0n) return this.#fail(problem("out-of-range", "the first entry has depth 1"), value);
      depth = Number(read);
      if (depths.has(depth)) this.#twice(name);
      depths.add(depth);
      parts.push([keyword, name, value]);
    }
    if (depth === undefined) return this.#fail(problem("missing-word", "lse needs a depth", "lse depth 1"), lse);
    const hasMore = parts.length > 1;
    for (const [keyword, name, value] of parts) {
      // Alone, the depth says that the entry is there.
      if (keyword.value !== "depth" || !hasMore) this.#parts.push({ keyword, name, value, depth });
    }
  }

  /** The keyword behind `lse` or `cfm` that comes next, if one does. */
  #partAt(level: "lse" | "cfm"): [FlowerMatchKeyword, Word] | undefined {
    const name = this.#words[this.#index];
    const keyword = name && findFlowerKeyword(level, name.text);
    if (name === undefined || keyword?.class !== "match" || keyword.name === "lse") return undefined;
    if (level === "cfm") this.#once(keyword, name);
    this.#index++;
    return [keyword, name];
  }

  #readAction(): void {
    let word = this.#value("action");
    while (word?.text === "action") word = this.#value("action");
    const isGeneric = word !== undefined && word.text !== "" && beginning(verdictNames(), word.text) === undefined &&
      "gact".startsWith(word.text);
    if (isGeneric) word = this.#value("action gact");
    if (word === undefined) return;
    const isCommand = !isGeneric && beginning(ACTION_COMMANDS, word.text) !== undefined;
    const verdict = isCommand ? undefined : beginning(verdictNames(), word.text);
    const row = FLOWER_ACTIONS.find(({ name }) => name === verdict);
    if (row?.action !== undefined) this.#action = row.action;
    else this.#fail(badAction(word.text, isGeneric, row?.meaning), word);
    this.#index += verdict === "goto" ? 2 : verdict === "jump" || isIndex(word, isGeneric) ? 1 : 0;
    for (let next = this.#words[this.#index]; next !== undefined; next = this.#words[this.#index]) {
      const keyword = findFlowerKeyword("action", next.text);
      if (keyword === undefined) return;
      this.#index++;
      this.#readKey(keyword, next);
      // `random TYPE ACTION NUMBER`.
      if (keyword.name === "random") this.#index += 3;
    }
  }

  /** Passes over what does not change the verdict; its value, when it has one. */
  #ignore(keyword: FlowerKeyword & { class: "ignored" }, name: Word): Word | undefined {
    let value: Word | undefined;
    for (let count = 0; count < keyword.words; count++) {
      value = this.#value(keyword.name);
      if (value === undefined) return undefined;
      if (keyword.isValue?.(value.text) !== false) continue;
      this.#fail(problem("bad-value", `${quoteWord(value.text)} is not what ${keyword.name} of tc takes`), value);
    }
    this.#report(ignoredWarning(keyword), name);
    return value;
  }

  /** Whether a keyword comes for the first time. */
  #once(keyword: FlowerKeyword, word: Word): boolean {
    const key = `${keyword.level} ${keyword.name}`;
    if (this.#seen.has(key)) this.#twice(word);
    this.#seen.add(key);
    return true;
  }

  #twice(word: Word): void {
    this.#fail(problem("duplicate-field", `${word.text} is given twice`), word);
  }

  #isOwnDevice(name: string): boolean {
    return this.#where.get("dev")?.text === name && this.#direction !== undefined && INGRESS.has(this.#direction);
  }

  #place(): FlowerWords["place"] {
    const [device, block] = [this.#where.get("dev"), this.#where.get("block")];
    const word = device ?? block;
    if (word === undefined) return undefined;
    const direction = this.#direction === undefined ? "" : INGRESS.has(this.#direction) ? "ingress" : this.#direction;
    const text = `${device === undefined ? "block" : "dev"} ${word.text} ${direction}`.trim();
    return { text: text.replace("parent ffff:fff3", "egress"), word };
  }
}

function besideStack(): Problem {
  return problem("duplicate-field", "mpls cannot stand beside mpls_label, mpls_tc, mpls_bos and mpls_ttl, as in tc");
}

function ignoredWarning({ name, reason }: { readonly name: string; readonly reason?: string }): Problem {
  return warning("ignored-keyword", `${name} of tc is ignored: ${reason ?? "it does not change the verdict"}`);
}

function badAction(text: string, isGeneric: boolean, meaning: string | undefined): Problem {
  const hint = "action pass or drop";
  if (meaning !== undefined) {
    return problem("unsupported-keyword", `action ${text} of tc is not supported: it ${meaning}`, hint);
  }
  if (isIndex({ text }, isGeneric)) {
    const message = "action gact index of tc is not supported: what the action does is said elsewhere";
    return problem("unsupported-keyword", message, hint);
  }
  if (OTHER_ACTIONS.includes(text)) {
    return problem("unsupported-keyword", `action ${text} of tc is not supported: kefir passes and drops`, hint);
  }
  return problem("bad-action", `${quoteWord(text)} is not an action`, suggest(text, ["pass", "ok", "drop", "shot"]));
}

/** Whether `action gact` goes on with the number of an action that is there. */
function isIndex({ text }: Pick<Word, "text">, isGeneric: boolean): boolean {
  return isGeneric && text !== "" && "index".startsWith(text);
}

function verdictNames(): readonly string[] {
  return FLOWER_ACTIONS.map(({ name }) => name);
}

function namesAt(level: FlowerLevel): readonly string[] {
  return FLOWER_KEYWORDS.filter((row) => row.level === level).map(({ name }) => name);
}

/** The first name that begins with the word, or is it. */
function beginning(names: readonly string[], word: string): string | undefined {
  if (word === "") return undefined;
  return names.find((name) => name === word) ?? names.find((name) => name.startsWith(word));
}
