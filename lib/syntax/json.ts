/**
 * kefir's own JSON: `{"kefir": 1, "default": "pass", "rules": [{"action": "drop", "matches": [{"field": "tcp.dstport",
 * "operator": "==", "value": "80"}]}]}`, with values as kefir's own syntax has them. It round-trips exactly.
 *
 * @module
 */

import { FIELDS, findField } from "../model/fields.ts";
import { Filter } from "../model/filter.ts";
import type { Action } from "../model/hooks.ts";
import type { Match } from "../model/match.ts";
import { isSetOperator, OPERATORS } from "../model/operator.ts";
import { problem } from "../model/problem.ts";
import { freezeRule, type Rule, RULE_NAME, type RuleSource } from "../model/rule.ts";
import type { Report } from "./findings.ts";
import { printJsonFilter, printJsonRule } from "./json_print.ts";
import { type JsonNode, readJson } from "./json_reader.ts";
import { buildListMatch, buildSetMatch, buildValueMatch, type MatchWords } from "./match_words.ts";
import type { Statement, Word } from "./statement.ts";
import { quoteWord, suggest } from "./suggest.ts";
import type { Syntax } from "./syntax.ts";

/** The row of kefir's JSON. */
export const JSON_SYNTAX: Syntax = Object.freeze({
  name: "json",
  description: 'kefir\'s JSON: {"kefir": 1, "default": ..., "rules": [...]}, round-trips exactly',
  recognises: (word: string): boolean => word.startsWith("{"),
  parseRule: (statement: Statement, report: Report): Rule | undefined => {
    const node = readJson(statement.text, report);
    return node && new Document(report).read((document) => document.rule(node, "rule"));
  },
  printRule: printJsonRule,
  document: Object.freeze({
    parse: (statement: Statement, report: Report, onRule: (offset: number) => void): Filter | undefined => {
      // What is wrong with rules counts once the text turned out to be JSON.
      const held: Parameters<Report>[] = [];
      const document = new Document((...one) => held.push(one));
      const rules: (Rule | undefined)[] = [];
      const take = (item: JsonNode, index: number): void => {
        rules.push(document.rule(item, `rules[${index}]`));
        onRule(item.at);
      };
      const node = readJson(statement.text, report, { key: "rules", take });
      const filter = node && document.read(() => document.filter(node, rules));
      if (node !== undefined) held.forEach(([found, place]) => report(found, place));
      return filter;
    },
    print: printJsonFilter,
  }),
});

const FIELD_NAMES = FIELDS.flatMap((field) => [field.name, ...field.aliases]);

type ObjectNode = Extract<JsonNode, { kind: "object" }>;

/** Reads nodes; what is wrong is reported with its JSON path, and gives undefined. */
class Document {
  readonly #report: Report;
  #failed = false;

  constructor(report: Report) {
    this.#report = (found, place) => {
      this.#failed ||= found.severity === "error";
      report(found, place);
    };
  }

  /** What `read` gives, or undefined when it reported an error. */
  read<T>(read: (document: Document) => T | undefined): T | undefined {
    const result = read(this);
    return this.#failed ? undefined : result;
  }

  /** The filter of a document whose rules were read before. */
  filter(node: JsonNode, rules: readonly (Rule | undefined)[]): Filter | undefined {
    const object = this.#object(node, "the document", ["kefir", "rules"], ["default"]);
    if (object === undefined) return undefined;
    const version = object.members.get("kefir")?.node;
    if (version !== undefined && (version.kind !== "other" || version.value !== 1)) {
      this.#report(problem("bad-version", "this version of the JSON is not known", "1"), version);
    }
    const defaultNode = object.members.get("default")?.node;
    const defaultAction = defaultNode && this.#action(defaultNode, "default");
    if (!object.members.has("rules") || this.#list(object, "rules", "", () => undefined) === undefined) {
      return undefined;
    }
    const read = rules.filter((rule) => rule !== undefined);
    return new Filter({ rules: read, ...(defaultAction !== undefined && { defaultAction }) });
  }

  rule(node: JsonNode, path: string): Rule | undefined {
    const object = this.#object(node, path, ["action"], ["name", "matches", "source"]);
    if (object === undefined) return undefined;
    const { members } = object;
    const nameNode = members.get("name")?.node;
    const name = nameNode && this.#string(nameNode, `${path}.name`);
    if (name !== undefined && !RULE_NAME.test(name.text)) {
      const found = problem(
        "bad-name",
        `${path}.name: ${quoteWord(name.text)} is not a name`,
        "letters, digits, _ . -",
      );
      this.#report(found, name);
    }
    const actionNode = members.get("action")?.node;
    const action = actionNode && this.#action(actionNode, `${path}.action`);
    const matches = members.has("matches")
      ? this.#list(object, "matches", `${path}.`, (item, itemPath) => this.#match(item, itemPath))
      : [];
    const sourceNode = members.get("source")?.node;
    const source = sourceNode && this.#source(sourceNode, `${path}.source`);
    if (action === undefined || matches === undefined) return undefined;
    return freezeRule({ ...(name && { name: name.text }), matches, action, ...(source && { source }) });
  }

  #match(node: JsonNode, path: string): Match | undefined {
    const object = this.#object(node, path, ["field", "operator"], ["value", "set", "list", "mask"]);
    if (object === undefined) return undefined;
    const { members } = object;
    const fieldWord = this.#member(object, "field", path);
    const operatorWord = this.#member(object, "operator", path);
    const mask = this.#member(object, "mask", path);
    if (fieldWord === undefined || operatorWord === undefined) return undefined;
    const field = findField(fieldWord.text);
    if (field === undefined) {
      const hint = suggest(fieldWord.text, FIELD_NAMES);
      const found = problem("unknown-field", `${path}.field: there is no field ${quoteWord(fieldWord.text)}`, hint);
      this.#report(found, fieldWord);
    }
    const operator = OPERATORS.find((one) => one === operatorWord.text);
    if (operator === undefined) {
      const hint = `one of ${OPERATORS.join(" ")}`;
      const text = `${path}.operator: there is no operator ${quoteWord(operatorWord.text)}`;
      this.#report(problem("unknown-operator", text, hint), operatorWord);
    }
    const given = ["value", "set", "list"].filter((key) => members.has(key));
    const wanted = operator && isSetOperator(operator) ? ["set", "list"] : ["value"];
    const [key] = given;
    if (operator !== undefined && (key === undefined || given.length > 1 || !wanted.includes(key))) {
      const found = problem(
        "bad-operand",
        `${path}: ${operator} takes ${wanted.join(" or ")}`,
        `one of ${wanted.join(" ")}`,
      );
      this.#report(found, members.get(given.find((one) => !wanted.includes(one)) ?? key ?? "") ?? object);
      return undefined;
    }
    if (field === undefined || operator === undefined || key === undefined) return undefined;
    return this.#operand(object, key, path, { field, operator, mask });
  }

  #operand(object: ObjectNode, key: string, path: string, parts: MatchWords): Match | undefined {
    if (key === "set") {
      const entries = this.#list(object, "set", `${path}.`, (item, itemPath) => this.#string(item, itemPath));
      return entries && buildSetMatch(parts, entries, this.#at(`${path}.set`));
    }
    const word = this.#member(object, key, path);
    if (word === undefined) return undefined;
    if (key === "value") return buildValueMatch(parts, word, this.#at(`${path}.value`));
    if (word.text !== "") return buildListMatch(parts, word.text, this.#at(`${path}.list`));
    return void this.#report(problem("bad-file", `${path}.list: the name of a list file is empty`), word);
  }

  #source(node: JsonNode, path: string): RuleSource | undefined {
    const object = this.#object(node, path, ["text"], ["file", "line"]);
    if (object === undefined) return undefined;
    const { members } = object;
    const text = this.#member(object, "text", path);
    const file = this.#member(object, "file", path);
    const lineNode = members.get("line")?.node;
    const line = lineNode?.kind === "other" && typeof lineNode.value === "number" ? lineNode.value : undefined;
    const isLine = line !== undefined && Number.isSafeInteger(line) && line >= 1;
    if (lineNode !== undefined && !isLine) {
      this.#report(problem("bad-type", `${path}.line: there should be a line number`, "1 or above"), lineNode);
    }
    if (text === undefined) return undefined;
    return { text: text.text, ...(file && { file: file.text }), ...(line !== undefined && { line }) };
  }

  /** The object; required keys that are missing and keys that are not allowed are reported. */
  #object(
    node: JsonNode,
    path: string,
    required: readonly string[],
    optional: readonly string[],
  ): ObjectNode | undefined {
    if (node.kind !== "object") {
      return void this.#report(problem("bad-type", `${path}: there should be an object`), node);
    }
    const allowed = [...required, ...optional];
    for (const [key, member] of node.members) {
      if (allowed.includes(key)) continue;
      const found = problem("unknown-key", `${path}: there is no key ${quoteWord(key)}`, suggest(key, allowed));
      this.#report(found, member);
    }
    for (const key of required) {
      if (node.members.has(key)) continue;
      this.#report(problem("missing-key", `${path}: there should be a key "${key}"`), { at: node.at, length: 1 });
    }
    return node;
  }

  #list<T>(object: ObjectNode, key: string, prefix: string, read: (item: JsonNode, path: string) => T | undefined) {
    const node = object.members.get(key)?.node;
    if (node?.kind !== "array") {
      this.#report(problem("bad-type", `${prefix}${key}: there should be an array`), node ?? object);
      return undefined;
    }
    const items = node.items.map((item, index) => read(item, `${prefix}${key}[${index}]`));
    return items.every((item) => item !== undefined) ? items as T[] : undefined;
  }

  #member(object: ObjectNode, key: string, path: string): Word | undefined {
    const node = object.members.get(key)?.node;
    return node && this.#string(node, `${path}.${key}`);
  }

  #string(node: JsonNode, path: string): Word | undefined {
    if (node.kind === "string") return { text: node.value, at: node.at, length: node.length };
    return void this.#report(problem("bad-type", `${path}: there should be a string`), node);
  }

  #action(node: JsonNode, path: string): Action | undefined {
    const word = this.#string(node, path);
    if (word === undefined || word.text === "pass" || word.text === "drop") return word?.text as Action | undefined;
    const found = problem("bad-action", `${path}: ${quoteWord(word.text)} is not an action`, "pass or drop");
    return void this.#report(found, word);
  }

  /** A report that puts the path before each message. */
  #at(path: string): Report {
    return (found, place) => this.#report({ ...found, message: `${path}: ${found.message}` }, place);
  }
}
