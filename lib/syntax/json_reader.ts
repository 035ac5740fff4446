/**
 * JSON with the place of each value: RFC 8259, every error reported where it is, nesting bounded.
 *
 * @module
 */

import { problem } from "../model/problem.ts";
import type { Report } from "./findings.ts";

/** A JSON value and where it stands. */
export type JsonNode =
  & { readonly at: number; readonly length: number }
  & (
    | { readonly kind: "object"; readonly members: ReadonlyMap<string, JsonMember> }
    | { readonly kind: "array"; readonly items: readonly JsonNode[] }
    | { readonly kind: "string"; readonly value: string }
    | { readonly kind: "other"; readonly value: number | boolean | null }
  );

/** A member of an object, with its key's place. */
export interface JsonMember {
  readonly at: number;
  readonly length: number;
  readonly node: JsonNode;
}

/** Deeper than any document of kefir; without a limit, a text of brackets would exhaust the stack. */
const MAX_DEPTH = 32;
const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** Takes the items of an array one by one, so that they are not kept all at once. */
export interface ItemTaker {
  /** The keys of objects that lead to it from the document. */
  readonly path: readonly string[];
  /** Is given each item and its JSON path, in order; the array is then without any. */
  take(item: JsonNode, path: string): void;
}

/** The value that a text is; undefined after the first error, which is reported. */
export function readJson(text: string, report: Report, taker?: ItemTaker): JsonNode | undefined {
  try {
    return new JsonReader(text, report, taker).readDocument();
  } catch (error) {
    if (error instanceof NotJson) return undefined;
    throw error;
  }
}

/** Ends the reading: a text that is not JSON has no second error. */
class NotJson extends Error {}

class JsonReader {
  readonly #text: string;
  readonly #report: Report;
  readonly #taker: ItemTaker | undefined;
  #at = 0;

  constructor(text: string, report: Report, taker?: ItemTaker) {
    this.#text = text;
    this.#report = report;
    this.#taker = taker;
    if (text.startsWith("\uFEFF")) this.#at = 1;
  }

  readDocument(): JsonNode {
    const node = this.#readValue(0, []);
    this.#skipSpace();
    if (this.#at < this.#text.length) this.#fail("there should be nothing after the document");
    return node;
  }

  /** `path` has the keys of objects that lead here, or undefined behind an array. */
  #readValue(depth: number, path: readonly string[] | undefined): JsonNode {
    this.#skipSpace();
    const at = this.#at;
    switch (this.#text[at]) {
      case "{":
      case "[":
        if (depth === MAX_DEPTH) this.#fail(`values are nested more than ${MAX_DEPTH} deep`);
        return this.#text[at] === "{" ? this.#readObject(depth, path) : this.#readArray(depth, path);
      case '"':
        return { kind: "string", value: this.#readString(), at, length: this.#at - at };
    }
    SCALAR.lastIndex = at;
    const found = SCALAR.exec(this.#text)?.[0];
    if (found === undefined) {
      this.#fail("there should be a value", "an object, array, string, number, true, false or null");
    }
    this.#at += found.length;
    return { kind: "other", value: JSON.parse(found) as number | boolean | null, at, length: found.length };
  }

  #readObject(depth: number, path: readonly string[] | undefined): JsonNode {
    const at = this.#at++;
    const members = new Map<string, JsonMember>();
    this.#skipSpace();
    while (this.#text[this.#at] !== "}") {
      if (members.size > 0) this.#take(",", "there should be a , or } after a member");
      this.#skipSpace();
      const keyAt = this.#at;
      if (this.#text[keyAt] !== '"') this.#fail("there should be a key in double quotes");
      const key = this.#readString();
      const length = this.#at - keyAt;
      if (members.has(key)) this.#report(problem("duplicate-key", "this key is there twice"), { at: keyAt, length });
      this.#skipSpace();
      this.#take(":", "there should be a : after a key");
      members.set(key, { at: keyAt, length, node: this.#readValue(depth + 1, path && [...path, key]) });
      this.#skipSpace();
    }
    this.#at++;
    return { kind: "object", members, at, length: this.#at - at };
  }

  #readArray(depth: number, path: readonly string[] | undefined): JsonNode {
    const at = this.#at++;
    const items: JsonNode[] = [];
    const taker = path !== undefined && this.#isTaken(path) ? this.#taker : undefined;
    this.#skipSpace();
    for (let index = 0; this.#text[this.#at] !== "]"; index++) {
      if (index > 0) this.#take(",", "there should be a , or ] after an item");
      const item = this.#readValue(depth + 1, undefined);
      if (taker === undefined) items.push(item);
      else taker.take(item, `${taker.path.join(".")}[${index}]`);
      this.#skipSpace();
    }
    this.#at++;
    return { kind: "array", items, at, length: this.#at - at };
  }

  #isTaken(path: readonly string[]): boolean {
    const wanted = this.#taker?.path;
    return wanted?.length === path.length && wanted.every((key, index) => key === path[index]);
  }

  #readString(): string {
    const start = this.#at;
    for (let end = start + 1; end < this.#text.length; end++) {
      const character = this.#text[end] as string;
      if (character === "\\") end++;
      else if (character < " ") break;
      else if (character === '"') {
        this.#at = end + 1;
        return this.#unescape(start, this.#text.slice(start, end + 1));
      }
    }
    this.#fail("the string does not end on its line", 'write a closing ", and \\n for a line break');
  }

  #unescape(start: number, quoted: string): string {
    if (!quoted.includes("\\")) return quoted.slice(1, -1);
    const bad = /\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})/.exec(quoted.replace(/\\\\/g, "--"));
    if (bad !== null) {
      this.#at = start + bad.index;
      this.#fail("there is no such escape in JSON");
    }
    return JSON.parse(quoted) as string;
  }

  #take(mark: string, otherwise: string): void {
    if (this.#text[this.#at] !== mark) this.#fail(otherwise);
    this.#at++;
  }

  #skipSpace(): void {
    while (" \t\r\n".includes(this.#text[this.#at] ?? "x")) this.#at++;
  }

  #fail(message: string, hint?: string): never {
    this.#report(problem("bad-json", message, hint), { at: this.#at, length: this.#at < this.#text.length ? 1 : 0 });
    throw new NotJson();
  }
}
