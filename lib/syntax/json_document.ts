/**
 * Reads the parts of a JSON document: what is missing, unknown or of another type is reported with its JSON path.
 *
 * @module
 */

import type { Filter } from "../model/filter.ts";
import { problem } from "../model/problem.ts";
import type { Rule } from "../model/rule.ts";
import type { Report } from "./findings.ts";
import { type JsonNode, readJson } from "./json_reader.ts";
import type { Statement, Word } from "./statement.ts";
import { quoteWord, suggest } from "./suggest.ts";

/** A JSON object and where it stands. */
export type ObjectNode = Extract<JsonNode, { kind: "object" }>;

/** The keys that an object has to have, and those that it may have. */
export interface Keys {
  readonly required: readonly string[];
  readonly optional?: readonly string[];
}

/** Reads what is the syntax's own. */
export interface RuleReader {
  /** The rule that a node is, which stands at a JSON path. */
  rule(node: JsonNode, path: string): Rule | undefined;
  /** The filter of a document whose rules were read before. */
  filter(node: JsonNode, rules: readonly Rule[]): Filter | undefined;
}

/** The rule that a text is, or undefined after an error. */
export function parseJsonRule(
  statement: Statement,
  report: Report,
  reader: (json: JsonDocument) => RuleReader,
): Rule | undefined {
  const node = readJson(statement.text, report);
  const json = new JsonDocument(report);
  const rule = node && reader(json).rule(node, "rule");
  return json.failed ? undefined : rule;
}

/** The filter that a text is, or undefined after an error. */
export function parseJsonFilter(
  statement: Statement,
  report: Report,
  { array, reader, onRule }: {
    /** The keys that lead to the rules. */
    readonly array: readonly string[];
    readonly reader: (json: JsonDocument) => RuleReader;
    /** Gets the offset of each rule that was read. */
    readonly onRule: (offset: number) => void;
  },
): Filter | undefined {
  // What is wrong with rules counts once the text turned out to be JSON.
  const held: Parameters<Report>[] = [];
  const json = new JsonDocument((...one) => held.push(one));
  const read = reader(json);
  const rules: Rule[] = [];
  // Rules are read as they come, so that the nodes of a large document are not kept all at once.
  const take = (item: JsonNode, path: string): void => {
    const rule = read.rule(item, path);
    if (rule !== undefined) rules.push(rule);
    onRule(item.at);
  };
  const node = readJson(statement.text, report, { path: array, take });
  const filter = node && read.filter(node, rules);
  if (node !== undefined) held.forEach(([found, place]) => report(found, place));
  return json.failed ? undefined : filter;
}

/** Reads nodes; what is wrong is reported with its JSON path, and gives undefined. */
export class JsonDocument {
  /** Takes what is wrong, at the place of a node. */
  readonly report: Report;
  #failed = false;

  constructor(report: Report) {
    this.report = (found, place) => {
      this.#failed ||= found.severity === "error";
      report(found, place);
    };
  }

  /** Whether an error was reported. */
  get failed(): boolean {
    return this.#failed;
  }

  /** Reports an error about a node; gives undefined. */
  fail(
    code: string,
    node: { readonly at: number; readonly length: number },
    message: string,
    hint?: string,
  ): undefined {
    this.report(problem(code, message, hint), node);
    return undefined;
  }

  /** The object; required keys that are missing and keys that are not allowed are reported. */
  object(node: JsonNode, path: string, { required, optional = [] }: Keys): ObjectNode | undefined {
    if (node.kind !== "object") return this.fail("bad-type", node, `${path}: there should be an object`);
    const allowed = [...required, ...optional];
    for (const [key, member] of node.members) {
      if (allowed.includes(key)) continue;
      this.fail("unknown-key", member, `${path}: there is no key ${quoteWord(key)}`, suggest(key, allowed));
    }
    for (const key of required) {
      if (node.members.has(key)) continue;
      this.fail("missing-key", { at: node.at, length: 1 }, `${path}: there should be a key "${key}"`);
    }
    return node;
  }

  /** The items of the array that a member is, or undefined when it is none or an item is undefined. */
  list<T>(
    object: ObjectNode,
    { key, path }: { readonly key: string; readonly path: string },
    read: (item: JsonNode, path: string) => T | undefined,
  ): T[] | undefined {
    const node = object.members.get(key)?.node;
    if (node?.kind !== "array") return this.fail("bad-type", node ?? object, `${path}: there should be an array`);
    const items = node.items.map((item, index) => read(item, `${path}[${index}]`));
    return items.every((item) => item !== undefined) ? items as T[] : undefined;
  }

  /** The text of a member; undefined when there is no such member. */
  member(object: ObjectNode, key: string, path: string): Word | undefined {
    const node = object.members.get(key)?.node;
    return node && this.string(node, `${path}.${key}`);
  }

  /** The text that a node is. */
  string(node: JsonNode, path: string): Word | undefined {
    if (node.kind === "string") return { text: node.value, at: node.at, length: node.length };
    return this.fail("bad-type", node, `${path}: there should be a string`);
  }

  /** A report that puts the path before each message. */
  at(path: string): Report {
    return (found, place) => this.report({ ...found, message: `${path}: ${found.message}` }, place);
  }
}
