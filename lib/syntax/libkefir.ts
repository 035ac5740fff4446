/**
 * libkefir's JSON, as `kefir_filter_save_to_file` writes it: `{"libkefir_version": [0, 1, 0], "libkefir_filter": {"rules":
 * [{"matches": [{"match_type": 5, "comp_operator": 0, "value": [10, 0, 0, 1], "mask": 0, "flags": 0}], "action_code":
 * 0}]}}`. A match is taken at its word: the field of its number, bits set in a mask are compared. What libkefir would load
 * although it means nothing is an error.
 *
 * @module
 */

import { Filter } from "../model/filter.ts";
import type { Field } from "../model/field.ts";
import { bytesForField, FIELDS } from "../model/fields.ts";
import { freezeMatch, type Match } from "../model/match.ts";
import { warning } from "../model/problem.ts";
import { freezeRule, type Rule } from "../model/rule.ts";
import { checkWidth, formatMask, formatValue } from "../model/value_text.ts";
import { bytesToBigint } from "../net/bytes.ts";
import type { Report } from "./findings.ts";
import { type JsonDocument, type Keys, type ObjectNode, parseJsonFilter, parseJsonRule } from "./json_document.ts";
import type { JsonNode } from "./json_reader.ts";
import {
  LIBKEFIR_ACTIONS,
  LIBKEFIR_MASK_BYTES,
  LIBKEFIR_MAX_MATCHES,
  LIBKEFIR_OPERATORS,
  LIBKEFIR_USE_MASK,
} from "./libkefir_numbers.ts";
import { printLibkefirFilter, printLibkefirRule } from "./libkefir_print.ts";
import type { Statement } from "./statement.ts";
import { hostBitsWarning } from "./readings.ts";
import type { Syntax } from "./syntax.ts";

/** The row of libkefir's JSON. */
export const LIBKEFIR: Syntax = Object.freeze({
  name: "libkefir",
  description: 'libkefir\'s JSON: {"libkefir_version": [0, 1, 0], "libkefir_filter": {"rules": [...]}}',
  recognises: (word: string, text: string): boolean => word.startsWith("{") && OWN_KEY.test(text),
  parseRule: (statement: Statement, report: Report): Rule | undefined =>
    parseJsonRule(statement, report, (json) => new LibkefirJson(json)),
  printRule: printLibkefirRule,
  document: Object.freeze({
    parse: (statement: Statement, report: Report, onRule: (offset: number) => void): Filter | undefined =>
      parseJsonFilter(statement, report, {
        array: ["libkefir_filter", "rules"],
        reader: (json) => new LibkefirJson(json),
        onRule,
      }),
    print: printLibkefirFilter,
  }),
});

/** A key that no other document has: within a string its quotes would be escaped, and no colon follows a value. */
const OWN_KEY = /"(?:libkefir_version|libkefir_filter|match_type|action_code)"\s*:/;

const BY_NUMBER: ReadonlyMap<number, Field> = new Map(
  FIELDS.flatMap((field) => field.libkefir === undefined ? [] : [[field.libkefir.number, field] as const]),
);

/** Rules and filters of libkefir's JSON. */
class LibkefirJson {
  readonly #json: JsonDocument;

  constructor(json: JsonDocument) {
    this.#json = json;
  }

  /** The filter of a document whose rules were read before. */
  filter(node: JsonNode, rules: readonly Rule[]): Filter | undefined {
    const object = this.#json.object(node, "the document", { required: ["libkefir_version", "libkefir_filter"] });
    if (object === undefined) return undefined;
    const version = object.members.get("libkefir_version")?.node;
    if (version !== undefined) this.#version(version);
    const filter = object.members.get("libkefir_filter")?.node;
    const inner = filter && this.#json.object(filter, "libkefir_filter", { required: ["rules"] });
    if (inner?.members.has("rules")) {
      this.#json.list(inner, { key: "rules", path: "libkefir_filter.rules" }, () => undefined);
    }
    return new Filter({ rules });
  }

  rule(node: JsonNode, path: string): Rule | undefined {
    const object = this.#json.object(node, path, { required: ["matches", "action_code"] });
    if (object === undefined) return undefined;
    const action = this.#choice(object, { key: "action_code", path, code: "bad-action" }, LIBKEFIR_ACTIONS);
    const matches = this.#matches(object, `${path}.matches`);
    return action === undefined || matches === undefined ? undefined : freezeRule({ matches, action });
  }

  #version(node: JsonNode): void {
    const isNumber = (item: JsonNode) => item.kind === "other" && isInteger(item.value) && item.value >= 0;
    if (node.kind !== "array" || node.items.length !== 3 || !node.items.every(isNumber)) {
      return this.#json.fail("bad-version", node, "libkefir_version: there should be three numbers", "[0, 1, 0]");
    }
    const [major] = node.items;
    if (major === undefined || isZero(major)) return;
    const message = "libkefir_version: libkefir ended with 0.1.0; this file is read as if it were of that version";
    this.#json.report(warning("unknown-version", message), node);
  }

  #matches(rule: ObjectNode, path: string): Match[] | undefined {
    const node = rule.members.get("matches")?.node;
    if (node === undefined) return undefined;
    if (node.kind === "array" && node.items.length > LIBKEFIR_MAX_MATCHES) {
      const message =
        `${path}: libkefir has ${LIBKEFIR_MAX_MATCHES} matches in a rule at most, not ${node.items.length}`;
      return this.#json.fail("too-many-matches", node, message);
    }
    return this.#json.list(rule, { key: "matches", path }, (item, at) => this.#match(item, at));
  }

  #match(node: JsonNode, path: string): Match | undefined {
    const object = this.#json.object(node, path, MATCH_KEYS);
    if (object === undefined) return undefined;
    const number = this.#number(object, "match_type", path);
    const field = number && BY_NUMBER.get(number.value);
    if (number !== undefined && field === undefined) {
      const message = `${path}.match_type: libkefir has no field of the number ${number.value}`;
      this.#json.fail("unknown-field", number.node, message, `1 to ${BY_NUMBER.size}`);
    }
    const operator = this.#choice(
      object,
      { key: "comp_operator", path, code: "unknown-operator" },
      LIBKEFIR_OPERATORS,
    );
    this.#maxValue(object, path);
    const mask = this.#mask(object, { path, field });
    const value = this.#value(object, { path: `${path}.value`, field });
    this.#flags(object, { path, mask });
    if (field === undefined || operator === undefined || value === undefined || mask === undefined) return undefined;
    if (mask === "none") return freezeMatch(field, operator, { kind: "value", value });
    const written = `${formatValue(field, value)}/${formatMask(field, mask)}`;
    const cleared = hostBitsWarning(written, { field, operator, value, mask });
    if (cleared !== undefined) this.#json.at(`${path}.value`)(cleared, object.members.get("value")?.node ?? object);
    return freezeMatch(field, operator, { kind: "value", value: value & mask, mask });
  }

  /** The value: as many bytes as the field has, or 0 for as many zeros. */
  #value(
    match: ObjectNode,
    { path, field }: { readonly path: string; readonly field: Field | undefined },
  ): bigint | undefined {
    const node = match.members.get("value")?.node;
    if (node === undefined) return undefined;
    if (isZero(node)) return 0n;
    const bytes = this.#bytes(node, path);
    if (bytes === undefined || field === undefined) return undefined;
    const wanted = bytesForField(field);
    if (bytes.length !== wanted) {
      const message = `${path}: ${field.name} takes ${wanted} bytes, not ${bytes.length}`;
      return this.#json.fail("bad-length", node, message, "in network order");
    }
    return this.#fitting(node, path, { field, value: bytesToBigint(bytes) });
  }

  /** The mask, its missing bytes zero; "none" where libkefir compares all bits; undefined after an error. */
  #mask(
    match: ObjectNode,
    { path, field }: { readonly path: string; readonly field: Field | undefined },
  ): bigint | "none" | undefined {
    const node = match.members.get("mask")?.node;
    if (node === undefined) return undefined;
    if (isZero(node)) return "none";
    const bytes = this.#bytes(node, `${path}.mask`);
    if (bytes === undefined) return undefined;
    if (bytes.length === 0 || bytes.length > LIBKEFIR_MASK_BYTES) {
      const message = `${path}.mask: a mask has 1 to ${LIBKEFIR_MASK_BYTES} bytes, not ${bytes.length}`;
      return this.#json.fail("bad-length", node, message, "0 for none");
    }
    if (field === undefined) return undefined;
    const length = bytesForField(field);
    if (bytes.subarray(length).some((byte) => byte !== 0)) {
      const message = `${path}.mask: it goes on behind the ${length} bytes of ${field.name}`;
      return this.#json.fail("bad-mask", node, message);
    }
    const own = new Uint8Array(length);
    own.set(bytes.subarray(0, length));
    const mask = this.#fitting(node, `${path}.mask`, { field, value: bytesToBigint(own) });
    if (mask !== 0n) return mask;
    const found = warning("zero-mask", `${path}.mask: libkefir takes a mask of zeros as none`, "write 0");
    this.#json.report(found, node);
    return "none";
  }

  /** libkefir sets flags anew from the mask, so they say nothing; what contradicts the mask is not what it wrote. */
  #flags(
    match: ObjectNode,
    { path, mask }: { readonly path: string; readonly mask: bigint | "none" | undefined },
  ): void {
    const flags = this.#number(match, "flags", path);
    if (flags === undefined || flags.value === 0 && (mask === undefined || mask === "none")) return;
    const { node, value } = flags;
    if (value !== 0 && value !== LIBKEFIR_USE_MASK) {
      this.#json.fail("bad-flags", node, `${path}.flags: ${value} means nothing`, "1 with a mask, 0 without");
    } else if (value === LIBKEFIR_USE_MASK && mask === "none") {
      this.#json.fail("bad-flags", node, `${path}.flags: they ask for a mask, and there is none`, "0");
    } else if (value === 0 && mask !== undefined) {
      const message = `${path}.flags: the mask is compared all the same, as libkefir does`;
      this.#json.report(warning("mask-flag", message, "1 with a mask"), node);
    }
  }

  /** Older versions wrote the upper end of a range, which none of them compared. */
  #maxValue(match: ObjectNode, path: string): void {
    const node = match.members.get("max_value")?.node;
    if (node === undefined || isZero(node)) return;
    this.#json.fail("bad-range", node, `${path}.max_value: libkefir never compared ranges`, "0, or leave it out");
  }

  #fitting(
    node: JsonNode,
    path: string,
    { field, value }: { readonly field: Field; readonly value: bigint },
  ): bigint | undefined {
    const found = checkWidth(field, value);
    if (found === undefined) return value;
    this.#json.at(path)(found, node);
    return undefined;
  }

  #bytes(node: JsonNode, path: string): Uint8Array | undefined {
    if (node.kind !== "array") {
      return this.#json.fail("bad-type", node, `${path}: there should be an array of bytes, or 0`);
    }
    let failed = false;
    const bytes = node.items.map((item, index) => {
      if (item.kind === "other" && isInteger(item.value) && item.value >= 0 && item.value <= 255) return item.value;
      failed = true;
      this.#json.fail("bad-byte", item, `${path}[${index}]: there should be a byte`, "0 to 255");
      return 0;
    });
    return failed ? undefined : Uint8Array.from(bytes);
  }

  /** What the number of a member stands for. */
  #choice<T>(
    object: ObjectNode,
    { key, path, code }: { readonly key: string; readonly path: string; readonly code: string },
    choices: readonly T[],
  ): T | undefined {
    const number = this.#number(object, key, path);
    if (number === undefined) return undefined;
    const hint = choices.map((choice, index) => `${index} ${choice}`).join(", ");
    return choices[number.value] ??
      this.#json.fail(code, number.node, `${path}.${key}: ${number.value} means nothing`, hint);
  }

  #number(
    object: ObjectNode,
    key: string,
    path: string,
  ): { readonly node: JsonNode; readonly value: number } | undefined {
    const node = object.members.get(key)?.node;
    if (node === undefined) return undefined;
    if (node.kind === "other" && isInteger(node.value)) return { node, value: node.value };
    return this.#json.fail("bad-type", node, `${path}.${key}: there should be a whole number`);
  }
}

const MATCH_KEYS: Keys = {
  required: ["match_type", "comp_operator", "value", "mask", "flags"],
  optional: ["max_value"],
};

function isZero(node: JsonNode): boolean {
  return node.kind === "other" && node.value === 0;
}

function isInteger(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value);
}
