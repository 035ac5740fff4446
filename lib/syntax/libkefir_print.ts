/**
 * Filters and rules as libkefir's JSON, laid out as its own writer does.
 *
 * @module
 */

import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { bytesForField, fieldNamed } from "../model/fields.ts";
import type { Filter } from "../model/filter.ts";
import { freezeMatch, type Match } from "../model/match.ts";
import { isProblem, placeProblem, type Problem, problem } from "../model/problem.ts";
import type { Rule } from "../model/rule.ts";
import { bigintToBytes } from "../net/bytes.ts";
import { simplify } from "./implied.ts";
import {
  LIBKEFIR_ACTIONS,
  LIBKEFIR_MASK_BYTES,
  LIBKEFIR_MAX_MATCHES,
  LIBKEFIR_OPERATORS,
  LIBKEFIR_USE_MASK,
  LIBKEFIR_VERSION,
} from "./libkefir_numbers.ts";

/** A rule or a match as JSON. */
type JsonObject = Readonly<Record<string, unknown>>;

/** A filter as a document of libkefir, or what libkefir cannot say of it. */
export function printLibkefirFilter(filter: Filter): string | readonly Diagnostic[] {
  const failed: Diagnostic[] = [];
  if (filter.defaultAction !== "pass") {
    const found = cannotSay(
      `its default is always pass, not ${filter.defaultAction}`,
      `default pass, and the last rule just ${filter.defaultAction}, say the same`,
    );
    failed.push(placeProblem(found));
  }
  const rules: JsonObject[] = [];
  let index = 0;
  for (const rule of filter) {
    const object = ruleObject(rule);
    if (isProblem(object)) failed.push(placeProblem(object, { rule: index }));
    else rules.push(object);
    index++;
  }
  if (failed.length > 0) return failed;
  return `${layOutJson({ libkefir_version: LIBKEFIR_VERSION, libkefir_filter: { rules } })}\n`;
}

/** A rule as an object of libkefir's JSON, on one line, or why libkefir cannot say it. */
export function printLibkefirRule(rule: Rule): string | Problem {
  const object = ruleObject(rule);
  return isProblem(object) ? object : JSON.stringify(object);
}

function ruleObject({ name, matches, action }: Rule): JsonObject | Problem {
  if (name !== undefined) return cannotSay("its rules have no names");
  if (matches.length > LIBKEFIR_MAX_MATCHES) {
    return cannotSay(`its rules have ${LIBKEFIR_MAX_MATCHES} matches at most, not ${matches.length}`);
  }
  const objects: JsonObject[] = [];
  for (const match of matches) {
    const object = matchObject(withoutSet(match));
    if (isProblem(object)) return object;
    objects.push(object);
  }
  return { matches: objects, action_code: LIBKEFIR_ACTIONS.indexOf(action) };
}

function matchObject(match: Match): JsonObject | Problem {
  const { operand } = match;
  const field = fieldNamed(match.field);
  if (field.libkefir === undefined) return cannotSay(`it has no ${field.name}`, insteadOf(field.name));
  const operator = LIBKEFIR_OPERATORS.indexOf(match.operator);
  if (operand.kind !== "value" || operator < 0) {
    return cannotSay(`${field.name} ${match.operator} compares with a set`);
  }
  const { value, mask } = operand;
  if (mask === 0n) return cannotSay(`it takes a mask of zeros, as ${field.name} has, as none`);
  const bytes = bytesForField(field);
  return {
    match_type: field.libkefir.number,
    comp_operator: operator,
    value: [...bigintToBytes(value, bytes)],
    mask: mask === undefined ? 0 : [...bigintToBytes(mask, bytes), ...new Uint8Array(LIBKEFIR_MASK_BYTES - bytes)],
    flags: mask === undefined ? 0 : LIBKEFIR_USE_MASK,
  };
}

/** The same match with one value, when its set is one value or one prefix. */
function withoutSet(match: Match): Match {
  const { field, operator, operand } = match;
  if (operator !== "not in" || operand.kind !== "set" || operand.ipv6Ranges !== undefined) return simplify(match);
  const single = simplify(freezeMatch(fieldNamed(field), "in", operand));
  return single.operator === "==" ? freezeMatch(fieldNamed(field), "!=", single.operand) : match;
}

/** What says the same of a field that libkefir has not. */
function insteadOf(name: string): string | undefined {
  const [, protocol, port] = /^(tcp|udp|sctp)\.((?:src|dst)?port)$/.exec(name) ?? [];
  if (protocol === undefined || port === undefined) return undefined;
  return `l4.proto == ${protocol} and l4.${port} say the same`;
}

function cannotSay(reason: string, hint = "the kefir syntax says every rule"): Problem {
  return problem("cannot-express", `libkefir cannot say this: ${reason}`, hint);
}

/**
 * JSON as json_writer.c of iproute2 lays it out, which is also libkefir's: members on their own lines, arrays on one.
 * Numbers, texts, booleans, null, and arrays and objects of them.
 */
export function layOutJson(json: unknown, depth = 0): string {
  if (typeof json !== "object" || json === null) return JSON.stringify(json);
  if (Array.isArray(json)) {
    return json.length === 0 ? "[ ]" : `[ ${json.map((item) => layOutJson(item, depth + 1)).join()} ]`;
  }
  const indent = "    ".repeat(depth);
  const members = Object.entries(json).map(([key, value]) =>
    `\n${indent}    ${JSON.stringify(key)}: ${layOutJson(value, depth + 1)}`
  );
  return `{${members.join()}\n${indent}}`;
}
