/**
 * What stands before a rule's keys in tc: `[tc filter add dev D ingress] [pref N] protocol P flower`. Source: iproute2
 * tc.c, tc_filter.c.
 *
 * @module
 */

import { isProblem, problem, warning } from "../model/problem.ts";
import { parseCValue } from "./c_number.ts";
import type { Word } from "./statement.ts";
import { quoteWord, suggest } from "./suggest.ts";
import { beginningOf, type FlowerCursor, ignoredWarning } from "./tc_flower_cursor.ts";
import {
  findFlowerKeyword,
  type FlowerIgnoredKeyword,
  type FlowerKeyword,
  namesAtLevel,
} from "./tc_flower_keywords.ts";

/** `tc filter add` or `replace`. */
export type FlowerVerb = "add" | "replace";

/** What was said before the keys. */
export interface FlowerWhere {
  /** The command, when it is there. */
  readonly verb: FlowerVerb | undefined;
  /** `all` is meant when it is not there. */
  readonly protocol: Word | undefined;
  /** The value of `pref`, 1 to 0xffff. */
  readonly preference: number | undefined;
  readonly handle: Word | undefined;
  /** The device, when the rule is for what comes in at one. */
  readonly ingressDevice: string | undefined;
  /** The device or block and the direction, when they are said. */
  readonly place: { readonly text: string; readonly word: Word } | undefined;
}

/** Objects of tc, and commands of `tc filter`, in the order in which tc tries their beginnings. */
const OBJECTS = ["qdisc", "class", "filter", "chain", "actions", "monitor", "exec", "help"];
const COMMANDS = ["add", "change", "replace", "delete", "get", "list", "show", "lst", "help"];
const CLASSIFIERS = ["basic", "bpf", "cgroup", "flow", "fw", "matchall", "route", "rsvp", "rsvp6", "tcindex", "u32"];

/** Where a filter may be put; one of them. */
const DIRECTIONS: ReadonlySet<string> = new Set(["root", "ingress", "egress", "parent"]);
/** Handles of the two hooks, linux/pkt_sched.h: `ffff:` is the ingress qdisc's own. */
const HOOKS: ReadonlyMap<string, string> = new Map([
  ["parent ffff:", "ingress"],
  ["parent ffff:0", "ingress"],
  ["parent ffff:fff2", "ingress"],
  ["parent ffff:fff3", "egress"],
]);

/** What stands before the keys; undefined when no rule follows, which was reported unless it is to be passed over. */
export function readFlowerWhere(cursor: FlowerCursor): FlowerWhere | undefined {
  const head = cursor.next;
  if (head?.text === "tc" || head?.text === "filter") {
    const verb = readVerb(cursor);
    return verb && new WhereReader(cursor, verb).read();
  }
  if (head?.text === "protocol") return new WhereReader(cursor, undefined).read();
  const found = problem("unknown-rule", "a rule of tc starts with protocol", "protocol ip flower ... action drop");
  return void cursor.fail(found, head ?? cursor.end);
}

/** A command that adds a rule; others are refused, but for what makes the place for filters. */
function readVerb(cursor: FlowerCursor): FlowerVerb | undefined {
  // A file for tc -batch leaves the tc out.
  if (cursor.next?.text === "tc") cursor.skip(1);
  const object = cursor.take();
  const about = object && beginningOf(OBJECTS, object.text);
  if (object === undefined || about !== "filter") {
    if (object !== undefined && about === "qdisc" && cursor.has("clsact", "ingress")) {
      const found = warning("ignored-keyword", "tc qdisc is ignored: attach makes the place for a filter");
      return void cursor.report(found, object);
    }
    const message = `${quoteWord(object?.text ?? "tc")} of tc says no rule`;
    return void cursor.fail(problem("unsupported-command", message, "tc filter add"), object ?? cursor.end);
  }
  const command = cursor.take();
  const verb = command && beginningOf(COMMANDS, command.text);
  if (verb === "add" || verb === "replace") return verb;
  const message = `tc filter ${command?.text ?? ""} is not supported: a text says which rules there are`;
  return void cursor.fail(problem("unsupported-command", message, "tc filter add"), command ?? cursor.end);
}

class WhereReader {
  readonly #cursor: FlowerCursor;
  readonly #verb: FlowerVerb | undefined;
  readonly #said = new Map<string, Word>();
  #direction: string | undefined;
  #preference: number | undefined;

  constructor(cursor: FlowerCursor, verb: FlowerVerb | undefined) {
    this.#cursor = cursor;
    this.#verb = verb;
  }

  read(): FlowerWhere | undefined {
    if (!this.#readWords()) return undefined;
    const [device, block] = [this.#said.get("dev"), this.#said.get("block")];
    const hook = HOOKS.get(this.#direction ?? "") ?? this.#direction;
    const word = device ?? block;
    const text = `${device === undefined ? "block" : "dev"} ${word?.text} ${hook ?? ""}`.trim();
    return {
      verb: this.#verb,
      protocol: this.#said.get("protocol"),
      preference: this.#preference,
      handle: this.#said.get("handle"),
      ingressDevice: hook === "ingress" ? device?.text : undefined,
      place: word && { text, word },
    };
  }

  /** Up to `flower`, which may be left out where there is no command; false when no keys can be read. */
  #readWords(): boolean {
    const cursor = this.#cursor;
    const isOpen = this.#verb === undefined && !cursor.has("flower");
    for (let word = cursor.next; word !== undefined; word = cursor.next) {
      if (word.text === "flower") {
        cursor.skip(1);
        return true;
      }
      const keyword = findFlowerKeyword("command", word.text);
      const isWhole = keyword?.name === word.text || keyword?.aliases?.includes(word.text);
      if (keyword === undefined || isOpen && !isWhole) return isOpen || this.#failNotFlower(word);
      cursor.skip(1);
      cursor.note(keyword, word);
      if (!this.#readKeyword(keyword, word)) return false;
    }
    if (this.#verb === undefined) return true;
    cursor.fail(problem("missing-word", "there should be a classifier", "flower"), cursor.end);
    return false;
  }

  #failNotFlower(word: Word): false {
    if (CLASSIFIERS.includes(word.text)) {
      const hint = word.text === "matchall" ? "flower without keys" : undefined;
      const message = `${word.text} of tc is not supported: of its classifiers, flower is`;
      this.#cursor.fail(problem("unsupported-keyword", message, hint), word);
    } else {
      const hint = suggest(word.text, [...namesAtLevel("command"), "flower"]);
      const message = `there is no ${quoteWord(word.text)} before flower in tc`;
      this.#cursor.fail(problem("unknown-field", message, hint), word);
    }
    return false;
  }

  /** False when its value is missing. */
  #readKeyword(keyword: FlowerKeyword, word: Word): boolean {
    const { name } = keyword;
    if (DIRECTIONS.has(name)) this.#readDirection(name, word);
    if (keyword.class === "ignored" && name !== "chain") {
      const value = this.#cursor.ignore(keyword, word);
      if (value !== undefined) this.#said.set(name, value);
      return keyword.words === 0 || value !== undefined;
    }
    const value = this.#cursor.value(name);
    if (value === undefined) return false;
    if (keyword.class === "match") this.#said.set(name, value);
    else if (keyword.class === "order") this.#readPreference(value);
    else if (keyword.class === "ignored") this.#readChain(keyword, word, value);
    return true;
  }

  #readDirection(name: string, word: Word): void {
    if (this.#direction !== undefined) {
      this.#cursor.fail(problem("duplicate-field", `${name} is one parent too many`), word);
    }
    this.#direction = name === "parent" ? `parent ${this.#cursor.next?.text ?? ""}` : name;
  }

  #readChain(keyword: FlowerIgnoredKeyword, word: Word, value: Word): void {
    const chain = parseCValue({ name: "chain", format: "decimal", widthBits: 32 }, value.text, 0);
    if (isProblem(chain)) return this.#cursor.fail(chain, value);
    if (chain === 0n) return this.#cursor.report(ignoredWarning(keyword), word);
    const message = `chain ${value.text} of tc is refused: only goto leads there, which kefir has not`;
    this.#cursor.fail(problem("unsupported-keyword", message, "rules of chain 0 are tried"), value);
  }

  #readPreference(value: Word): void {
    const read = parseCValue({ name: "pref", format: "decimal", widthBits: 16 }, value.text, 0);
    if (isProblem(read)) this.#cursor.fail(read, value);
    // tc takes 0 as "not said".
    else if (read !== 0n) this.#preference = Number(read);
  }
}
