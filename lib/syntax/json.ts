/**
 * kefir's own JSON: `{"kefir": 1, "default": "pass", "rules": [{"action": "drop", "matches": [{"field": "tcp.dstport",
 * "operator": "==", "value": "80"}]}]}`, with values as kefir's own syntax has them. It round-trips exactly.
 *
 * @module
 */

import { findField } from "../model/fields.ts";
import { Filter } from "../model/filter.ts";
import type { Action } from "../model/hooks.ts";
import type { Match } from "../model/match.ts";
import { isSetOperator, OPERATORS } from "../model/operator.ts";
import { freezeRule, type Rule, RULE_NAME, type RuleSource } from "../model/rule.ts";
import type { Report } from "./findings.ts";
import { JsonDocument, type ObjectNode, parseJsonFilter, parseJsonRule } from "./json_document.ts";
import { printJsonFilter, printJsonRule } from "./json_print.ts";
import type { JsonNode } from "./json_reader.ts";
import { buildListMatch, buildSetMatch, buildValueMatch, type MatchWords } from "./match_words.ts";
import type { Statement } from "./statement.ts";
import { quoteWord, suggestField } from "./suggest.ts";
import type { Syntax } from "./syntax.ts";

/** The row of kefir's JSON. */
export const JSON_SYNTAX: Syntax = Object.freeze({
  name: "json",
  description: 'kefir\'s JSON: {"kefir": 1, "default": ..., "rules": [...]}, round-trips exactly',
  recognises: (word: string): boolean => word.startsWith("{"),
  parseRule: (statement: Statement, report: Report): Rule | undefined =>
    parseJsonRule(statement, report, (json) => new KefirJson(json)),
  printRule: printJsonRule,
  document: Object.freeze({
    parse: (statement: Statement, report: Report, onRule: (offset: number) => void): Filter | undefined =>
      parseJsonFilter(statement, report, { array: ["rules"], reader: (json) => new KefirJson(json), onRule }),
    print: printJsonFilter,
  }),
});

/** Rules and filters of kefir's JSON. */
class KefirJson {
  readonly #json: JsonDocument;

  constructor(json: JsonDocument) {
    this.#json = json;
  }

  /** The filter of a document whose rules were read before. */
  filter(node: JsonNode, rules: readonly Rule[]): Filter | undefined {
    const object = this.#json.object(node, "the document", { required: ["kefir", "rules"], optional: ["default"] });
    if (object === undefined) return undefined;
    const version = object.members.get("kefir")?.node;
    if (version !== undefined && (version.kind !== "other" || version.value !== 1)) {
      this.#json.fail("bad-version", version, "this version of the JSON is not known", "1");
    }
    const defaultNode = object.members.get("default")?.node;
    const defaultAction = defaultNode && this.#action(defaultNode, "default");
    if (object.members.has("rules")) this.#json.list(object, { key: "rules", path: "rules" }, () => undefined);
    return new Filter({ rules, ...(defaultAction !== undefined && { defaultAction }) });
  }

  rule(node: JsonNode, path: string): Rule | undefined {
    const object = this.#json.object(node, path, { required: ["action"], optional: ["name", "matches", "source"] });
    if (object === undefined) return undefined;
    const { members } = object;
    const name = this.#json.member(object, "name", path);
    if (name !== undefined && !RULE_NAME.test(name.text)) {
      const message = `${path}.name: ${quoteWord(name.text)} is not a name`;
      this.#json.fail("bad-name", name, message, "letters, digits, _ . -");
    }
    const actionNode = members.get("action")?.node;
    const action = actionNode && this.#action(actionNode, `${path}.action`);
    const matches = members.has("matches")
      ? this.#json.list(object, { key: "matches", path: `${path}.matches` }, (item, at) => this.#match(item, at))
      : [];
    const sourceNode = members.get("source")?.node;
    const source = sourceNode && this.#source(sourceNode, `${path}.source`);
    if (action === undefined || matches === undefined) return undefined;
    return freezeRule({ ...(name && { name: name.text }), matches, action, ...(source && { source }) });
  }

  #match(node: JsonNode, path: string): Match | undefined {
    const keys = { required: ["field", "operator"], optional: ["value", "set", "list", "mask"] };
    const object = this.#json.object(node, path, keys);
    if (object === undefined) return undefined;
    const { members } = object;
    const fieldWord = this.#json.member(object, "field", path);
    const operatorWord = this.#json.member(object, "operator", path);
    const mask = this.#json.member(object, "mask", path);
    if (fieldWord === undefined || operatorWord === undefined) return undefined;
    const field = findField(fieldWord.text);
    if (field === undefined) {
      const message = `${path}.field: there is no field ${quoteWord(fieldWord.text)}`;
      this.#json.fail("unknown-field", fieldWord, message, suggestField(fieldWord.text));
    }
    const operator = OPERATORS.find((one) => one === operatorWord.text);
    if (operator === undefined) {
      const message = `${path}.operator: there is no operator ${quoteWord(operatorWord.text)}`;
      this.#json.fail("unknown-operator", operatorWord, message, `one of ${OPERATORS.join(" ")}`);
    }
    const given = ["value", "set", "list"].filter((key) => members.has(key));
    const wanted = operator && isSetOperator(operator) ? ["set", "list"] : ["value"];
    const [key] = given;
    if (operator !== undefined && (key === undefined || given.length > 1 || !wanted.includes(key))) {
      const place = members.get(given.find((one) => !wanted.includes(one)) ?? key ?? "") ?? object;
      const message = `${path}: ${operator} takes ${wanted.join(" or ")}`;
      return this.#json.fail("bad-operand", place, message, `one of ${wanted.join(" ")}`);
    }
    if (field === undefined || operator === undefined || key === undefined) return undefined;
    return this.#operand(object, { key, path }, { field, operator, mask });
  }

  #operand(
    object: ObjectNode,
    { key, path }: { readonly key: string; readonly path: string },
    parts: MatchWords,
  ): Match | undefined {
    const report = this.#json.at(`${path}.${key}`);
    if (key === "set") {
      const place = { key, path: `${path}.set` };
      const entries = this.#json.list(object, place, (item, at) => this.#json.string(item, at));
      return entries && buildSetMatch(parts, entries, report);
    }
    const word = this.#json.member(object, key, path);
    if (word === undefined) return undefined;
    if (key === "value") return buildValueMatch(parts, word, report);
    if (word.text !== "") return buildListMatch(parts, word.text, report);
    return this.#json.fail("bad-file", word, `${path}.list: the name of a list file is empty`);
  }

  #source(node: JsonNode, path: string): RuleSource | undefined {
    const object = this.#json.object(node, path, { required: ["text"], optional: ["file", "line"] });
    if (object === undefined) return undefined;
    const text = this.#json.member(object, "text", path);
    const file = this.#json.member(object, "file", path);
    const lineNode = object.members.get("line")?.node;
    const line = lineNode?.kind === "other" && typeof lineNode.value === "number" ? lineNode.value : undefined;
    const isLine = line !== undefined && Number.isSafeInteger(line) && line >= 1;
    if (lineNode !== undefined && !isLine) {
      this.#json.fail("bad-type", lineNode, `${path}.line: there should be a line number`, "1 or above");
    }
    if (text === undefined) return undefined;
    return { text: text.text, ...(file && { file: file.text }), ...(line !== undefined && { line }) };
  }

  #action(node: JsonNode, path: string): Action | undefined {
    const word = this.#json.string(node, path);
    if (word === undefined || word.text === "pass" || word.text === "drop") return word?.text as Action | undefined;
    return this.#json.fail("bad-action", word, `${path}: ${quoteWord(word.text)} is not an action`, "pass or drop");
  }
}
