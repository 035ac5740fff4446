/**
 * ethtool's ntuple rules: `flow-type TYPE (FIELD VALUE [m MASK | FIELD-mask MASK])* action N`, with ethtool's meaning:
 * bits that are set in a mask are ignored, numbers are C's (octal after a leading 0). Source: ethtool(8), rxclass.c.
 *
 * @module
 */

import { assertNever } from "../diagnostics/assert_never.ts";
import type { Field } from "../model/field.ts";
import { fieldNamed } from "../model/fields.ts";
import type { Action } from "../model/hooks.ts";
import { freezeMatch, type Match } from "../model/match.ts";
import { isProblem, type Problem, problem, warning } from "../model/problem.ts";
import { freezeRule, type Rule } from "../model/rule.ts";
import { formatValue, hostBits, isAddress, parseValue } from "../model/value_text.ts";
import { allOnes } from "../net/bytes.ts";
import { isOctal, parseCNumber, parseCValue } from "./c_number.ts";
import { FLOW_TYPES, type FlowType, slotsOf, UNSUPPORTED } from "./ethtool_fields.ts";
import type { Report } from "./findings.ts";
import { cannotExpress, isFamilyOpen, sameMatches, simplify, withoutImplied } from "./implied.ts";
import { type Statement, statementOfWords, type Word, wordsOf } from "./statement.ts";
import { quoteWord, suggest } from "./suggest.ts";
import type { Syntax } from "./syntax.ts";

/** The row of ethtool's syntax. */
export const ETHTOOL: Syntax = Object.freeze({
  name: "ethtool",
  description: "ethtool ntuple: flow-type TYPE (FIELD VALUE [m MASK])* action N",
  recognises: (word: string): boolean => word === "flow-type",
  parseRule: parseEthtoolRule,
  printRule: printEthtoolRule,
});

/** `action -1` as the unsigned 64 bits that ethtool passes on: linux/ethtool.h RX_CLS_FLOW_DISC. */
const DISCARD = 0xffffffffffffffffn;
/** `action -2`, RX_CLS_FLOW_WAKE. */
const WAKE = 0xfffffffffffffffen;

function parseEthtoolRule(statement: Statement, report: Report): Rule | undefined {
  const words = wordsOf(statement);
  const end = { at: statement.text.length, length: 0 };
  const [head, typeWord] = words;
  if (head?.text !== "flow-type") {
    const found = problem("unknown-rule", "a rule of ethtool starts with flow-type", "flow-type tcp4 ... action -1");
    return void report(found, head ?? end);
  }
  if (typeWord === undefined) return void report(problem("missing-word", "there should be a flow type", names()), end);
  const flowType = FLOW_TYPES.find((one) => one.name === typeWord.text);
  if (flowType === undefined) {
    const hint = suggest(typeWord.text, FLOW_TYPES.map((one) => one.name)) ?? names();
    const found = problem("unknown-flow-type", `there is no flow type ${quoteWord(typeWord.text)}`, hint);
    return void report(found, typeWord);
  }
  let failed = false;
  let action: Action | undefined;
  const matches: Match[] = [];
  const seen = new Set<string>();
  for (let index = 2; index < words.length;) {
    const key = words[index] as Word;
    const value = words[index + 1];
    index += 2;
    if (UNSUPPORTED.has(key.text)) {
      failed = true;
      report(problem("unsupported-keyword", `${key.text} of ethtool is not supported yet`), key);
      continue;
    }
    const name = key.text === "action" ? undefined : flowType.fields.get(key.text);
    if (key.text !== "action" && name === undefined) {
      failed = true;
      reportUnknown(key, flowType, report);
      if (isMask(words[index])) index += 2;
      continue;
    }
    if (value === undefined) {
      failed = true;
      report(problem("missing-word", `there should be a value of ${key.text}`), end);
      continue;
    }
    const slots = slotsOf(key.text);
    if (slots.some((slot) => seen.has(slot))) {
      failed = true;
      report(problem("duplicate-field", `${key.text} is given twice, or beside a field of the same bytes`), key);
    }
    slots.forEach((slot) => seen.add(slot));
    if (name === undefined) {
      action = readAction(value, report);
      failed ||= action === undefined;
      continue;
    }
    let mask: Word | undefined;
    const marker = words[index];
    if (marker !== undefined && (marker.text === "m" || marker.text === `${key.text}-mask`)) {
      mask = words[index + 1];
      index += 2;
      if (mask === undefined) {
        failed = true;
        report(problem("missing-word", `there should be a mask of ${key.text}`), end);
        continue;
      }
    }
    const match = readMatch(fieldNamed(name), value, mask, report);
    if (match === undefined) failed = true;
    else matches.push(match);
  }
  if (!seen.has("action")) {
    return void report(problem("missing-action", "there should be an action", "action -1 drops, action 0 passes"), end);
  }
  if (failed || action === undefined) return undefined;
  return freezeRule({ action, matches: [...flowType.implied, ...matches] });
}

function readMatch(field: Field, word: Word, maskWord: Word | undefined, report: Report): Match | undefined {
  const value = readValue(field, word, report);
  const ignored = maskWord === undefined ? 0n : readValue(field, maskWord, report);
  if (value === undefined || ignored === undefined) return undefined;
  if (maskWord === undefined) return freezeMatch(field, "==", { kind: "value", value });
  const mask = allOnes(field.widthBits) ^ ignored;
  const cleared = hostBits(field, word.text, value, mask);
  if (cleared !== undefined) report(cleared, word);
  return freezeMatch(field, "==", { kind: "value", value: value & mask, mask });
}

function readValue(field: Field, word: Word, report: Report): bigint | undefined {
  const value = parseEthtoolValue(field, word.text);
  if (isProblem(value)) {
    report(value, word);
    return undefined;
  }
  if (!isAddress(field.format) && isOctal(word.text)) {
    report(warning("octal-number", `ethtool takes ${word.text} as octal: it is ${value}`, "no leading 0"), word);
  }
  return value;
}

function parseEthtoolValue(field: Field, text: string): bigint | Problem {
  switch (field.format) {
    case "mac":
      // ethtool wants colons, and six of two digits at most.
      return text.includes(":") && text.length <= 17 ? parseValue(field, text) : notAn(field, text, "a MAC address");
    case "ipv4":
      return text.length <= 15 ? parseValue(field, text) : notAn(field, text, "an IPv4 address");
    case "ipv6":
      return text.length <= 45 ? parseValue(field, text) : notAn(field, text, "an IPv6 address");
    case "decimal":
    case "hex":
    case "ethertype":
    case "protocol":
      return parseCValue(field, text, 0);
    default:
      return assertNever(field.format);
  }
}

function readAction(word: Word, report: Report): Action | undefined {
  const negative = /^-(\d{1,20})$/.exec(word.text);
  const value = negative ? (1n << 64n) - BigInt(negative[1] ?? 0) : parseCNumber(word.text, 0);
  if (value === DISCARD) return "drop";
  if (value === 0n || value === 1n << 64n) return "pass";
  if (value === WAKE) {
    return void report(problem("unsupported-keyword", "action -2 (wake on LAN) is not supported"), word);
  }
  if (value !== undefined && value > 0n && value < DISCARD && negative === null) {
    const found = problem("unsupported-keyword", `action ${value}: kefir does not choose queues`, "action 0 passes");
    return void report(found, word);
  }
  report(problem("bad-action", `${quoteWord(word.text)} is not an action`, "action -1 drops, action 0 passes"), word);
}

function reportUnknown(key: Word, flowType: FlowType, report: Report): void {
  const fields = [...flowType.fields.keys(), "action"];
  const isOther = FLOW_TYPES.some((one) => one.fields.has(key.text));
  if (isOther) {
    const found = problem("wrong-field", `flow-type ${flowType.name} has no ${key.text}`, `it has ${fields.join(" ")}`);
    report(found, key);
  } else if (isMask(key)) {
    report(problem("misplaced-mask", "a mask stands after the value of its field", "FIELD VALUE m MASK"), key);
  } else {
    const hint = suggest(key.text, fields) ?? `it has ${fields.join(" ")}`;
    report(problem("unknown-field", `there is no field ${quoteWord(key.text)} in ethtool`, hint), key);
  }
}

/** The rule as ethtool has it, or why not. Numbers of fields are hexadecimal where FIELDS has them so. */
function printEthtoolRule(rule: Rule): string | Problem {
  let reason: string | undefined;
  const matches = rule.matches.map(simplify);
  for (const flowType of FLOW_TYPES) {
    const rest = withoutImplied(matches, flowType.implied);
    if (rest === undefined) continue;
    const words = rest.map((match) => printMatch(match, flowType));
    const problems = words.filter(isProblem);
    if (problems[0] !== undefined) {
      reason ??= problems[0].message;
      continue;
    }
    const all = [
      "flow-type",
      flowType.name,
      ...words.flat() as string[],
      "action",
      rule.action === "drop" ? "-1" : "0",
    ];
    const back = parseEthtoolRule(statementOfWords("", all), () => {});
    if (back !== undefined && sameMatches(back.matches, [...flowType.implied, ...rest])) return all.join(" ");
    reason ??= "a field is matched twice";
  }
  return cannotExpress("ethtool", reason ?? "it has no such flow type", isFamilyOpen(matches));
}

function printMatch(match: Match, flowType: FlowType): string[] | Problem {
  const key = [...flowType.fields].find(([, field]) => field === match.field)?.[0];
  if (key === undefined) return problem("cannot-express", `flow-type ${flowType.name} has no ${match.field}`);
  const { operand, operator } = match;
  if (operator !== "==" || operand.kind !== "value") {
    return problem("cannot-express", `${match.field} ${operator} is more than one value and a mask`);
  }
  const field = fieldNamed(match.field);
  const value = printValue(field, operand.value);
  if (operand.mask === undefined) return [key, value];
  return [key, value, "m", printValue(field, operand.mask ^ allOnes(field.widthBits))];
}

function printValue(field: Field, value: bigint): string {
  if (isAddress(field.format)) return formatValue(field, value);
  return field.format === "decimal" || field.format === "protocol" ? value.toString() : `0x${value.toString(16)}`;
}

function isMask(word: Word | undefined): boolean {
  return word !== undefined && (word.text === "m" || word.text.endsWith("-mask"));
}

function notAn(field: Field, text: string, what: string): Problem {
  return problem("bad-value", `${quoteWord(text)} is not ${what}, which ${field.name} takes`);
}

function names(): string {
  return `one of ${FLOW_TYPES.map((one) => one.name).join(" ")}`;
}
