/**
 * A statement of tc's flower classifier in its parts: `[tc filter add] WHERE... [flower] KEY... action ACTION`. Source:
 * iproute2 f_flower.c.
 *
 * @module
 */

import { assertNever } from "../diagnostics/assert_never.ts";
import type { Action } from "../model/hooks.ts";
import { isProblem, type Problem, problem } from "../model/problem.ts";
import { parseCValue } from "./c_number.ts";
import type { Report } from "./findings.ts";
import type { Statement, Word } from "./statement.ts";
import { quoteWord, suggest } from "./suggest.ts";
import { readFlowerAction } from "./tc_flower_action.ts";
import { type FlowerWhere, readFlowerWhere } from "./tc_flower_command.ts";
import { beginningOf, FlowerCursor, ignoredWarning } from "./tc_flower_cursor.ts";
import { findFlowerKeyword, type FlowerKeyword, type FlowerMatchKeyword, namesAtLevel } from "./tc_flower_keywords.ts";

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
  readonly where: FlowerWhere;
  readonly parts: readonly FlowerPart[];
  /** Undefined after an error. */
  readonly action: Action | undefined;
  /** Whether an error was reported. */
  readonly failed: boolean;
}

/** The parts of a statement; undefined when it is no rule of flower, which was reported unless it is to be passed over. */
export function readFlowerWords(statement: Statement, report: Report): FlowerWords | undefined {
  const cursor = new FlowerCursor(statement, report);
  const where = readFlowerWhere(cursor);
  return where && new KeyReader(cursor, where).read();
}

class KeyReader {
  readonly #cursor: FlowerCursor;
  readonly #where: FlowerWhere;
  readonly #parts: FlowerPart[] = [];
  #action: Action | undefined;

  constructor(cursor: FlowerCursor, where: FlowerWhere) {
    this.#cursor = cursor;
    this.#where = where;
  }

  read(): FlowerWords {
    const cursor = this.#cursor;
    for (let name = cursor.take(); name !== undefined; name = cursor.take()) {
      const keyword = findFlowerKeyword("key", name.text);
      if (keyword === undefined) {
        this.#failUnknown(name);
        continue;
      }
      cursor.note(keyword, name);
      this.#readKey(keyword, name);
    }
    if (!cursor.said("action")) {
      const hint = "tc passes such packets: say action pass";
      cursor.fail(problem("missing-action", "there should be an action", hint), cursor.end);
    }
    return { where: this.#where, parts: this.#parts, action: this.#action, failed: cursor.failed };
  }

  #failUnknown(name: Word): void {
    const hint = suggest(name.text, [...namesAtLevel("key"), "flower"]);
    const found = problem("unknown-field", `there is no key ${quoteWord(name.text)} in tc flower`, hint);
    this.#cursor.fail(found, name);
    // What stands behind it is taken as its value, unless it is a key itself.
    if (!namesAtLevel("key").includes(this.#cursor.next?.text ?? "")) this.#cursor.skip(1);
  }

  #readKey(keyword: FlowerKeyword, name: Word): void {
    switch (keyword.class) {
      case "ignored":
        return void this.#cursor.ignore(keyword, name);
      case "refused": {
        const { next } = this.#cursor;
        if (!keyword.isDevice || next === undefined || next.text !== this.#where.ingressDevice) {
          return this.#cursor.refuse(keyword, name);
        }
        this.#cursor.skip(1);
        return this.#cursor.report(ignoredWarning({ ...keyword, reason: "it is the device of the command" }), name);
      }
      case "match":
        if (keyword.value === "parts") return this.#readParts(keyword.name, name);
        return this.#readValue(keyword, name);
      case "order":
        return;
      default:
        return assertNever(keyword);
    }
  }

  #readValue(keyword: FlowerMatchKeyword, name: Word): void {
    if (keyword.name.startsWith("mpls_") && this.#cursor.said("mpls")) this.#cursor.fail(besideStack(), name);
    const value = this.#cursor.value(name.text);
    if (value !== undefined) this.#parts.push({ keyword, name, value });
  }

  #readParts(name: string, word: Word): void {
    if (name === "action") this.#action = readFlowerAction(this.#cursor);
    else if (name === "mpls") this.#readStack(word);
    else this.#readCfm();
  }

  #readCfm(): void {
    for (let part = this.#partAt("cfm"); part !== undefined; part = this.#partAt("cfm")) {
      this.#cursor.note(...part);
      this.#readValue(...part);
    }
  }

  /** `mpls lse ... lse ...` */
  #readStack(word: Word): void {
    const cursor = this.#cursor;
    if (this.#parts.some(({ keyword }) => keyword.name.startsWith("mpls_"))) cursor.fail(besideStack(), word);
    if (!isEntry(cursor.next)) {
      return cursor.fail(problem("missing-word", "there should be lse behind mpls"), cursor.next ?? cursor.end);
    }
    const depths = new Set<number>();
    while (isEntry(cursor.next)) this.#readEntry(cursor.take() as Word, depths);
  }

  /** `lse depth N ...`: the depth may stand anywhere among them. */
  #readEntry(lse: Word, depths: Set<number>): void {
    const parts: Omit<FlowerPart, "depth">[] = [];
    let depth: number | undefined;
    for (let part = this.#partAt("lse"); part !== undefined; part = this.#partAt("lse")) {
      const [keyword, name] = part;
      const value = this.#cursor.value(name.text);
      if (value === undefined) return;
      if (parts.some((other) => other.keyword === keyword)) this.#cursor.failTwice(name);
      parts.push({ keyword, name, value });
      if (keyword.value !== "depth") continue;
      depth = this.#readDepth(value);
      if (depth === undefined) return;
      if (depths.has(depth)) this.#cursor.failTwice(name);
      depths.add(depth);
    }
    if (depth === undefined) {
      return this.#cursor.fail(problem("missing-word", "lse needs a depth", "lse depth 1"), lse);
    }
    for (const part of parts) {
      // Alone, the depth says that the entry is there.
      if (part.keyword.value !== "depth" || parts.length === 1) this.#parts.push({ ...part, depth });
    }
  }

  #readDepth(value: Word): number | undefined {
    const read = parseCValue({ name: "depth", format: "decimal", widthBits: 3 }, value.text, 10);
    if (isProblem(read)) return void this.#cursor.fail(read, value);
    if (read === 0n) return void this.#cursor.fail(problem("out-of-range", "the first entry has depth 1"), value);
    return Number(read);
  }

  /** The keyword behind `lse` or `cfm` that comes next, if one does. */
  #partAt(level: "lse" | "cfm"): [FlowerMatchKeyword, Word] | undefined {
    const name = this.#cursor.next;
    const keyword = name && findFlowerKeyword(level, name.text);
    if (name === undefined || keyword?.class !== "match" || keyword.value === "parts") return undefined;
    this.#cursor.skip(1);
    return [keyword, name];
  }
}

function isEntry(word: Word | undefined): boolean {
  return word !== undefined && beginningOf(["lse"], word.text) !== undefined;
}

function besideStack(): Problem {
  return problem("duplicate-field", "mpls cannot stand beside mpls_label, mpls_tc, mpls_bos and mpls_ttl, as in tc");
}
