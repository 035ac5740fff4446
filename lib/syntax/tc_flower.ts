/**
 * Rules of tc's flower classifier: `protocol P [flower] (KEY VALUE)* action pass|ok|drop|shot`, with tc's meaning. Keys
 * may stand in any order. Sources: tc-flower(8), iproute2 f_flower.c and ll_proto.c.
 *
 * @module
 */

import { assertNever } from "../diagnostics/assert_never.ts";
import { prefixLength } from "../net/bytes.ts";
import { ETH_P_IPV4, ETH_P_IPV6, VLAN_TPIDS } from "../net/protocol_numbers.ts";
import type { Field } from "../model/field.ts";
import { fieldNamed } from "../model/fields.ts";
import type { Action } from "../model/hooks.ts";
import { freezeMatch, type Match } from "../model/match.ts";
import { isProblem, type Problem, problem, warning } from "../model/problem.ts";
import { freezeRule, type Rule } from "../model/rule.ts";
import { checkWidth, hostBits, parseMask, parseValue } from "../model/value_text.ts";
import { isOctal, parseCNumber, parseCValue } from "./c_number.ts";
import type { Report } from "./findings.ts";
import { equal } from "./implied.ts";
import { type Statement, type Word, wordsOf } from "./statement.ts";
import { quoteWord, suggest } from "./suggest.ts";
import type { Syntax } from "./syntax.ts";
import {
  FLOWER_PORTS,
  type FlowerKey,
  KEYS,
  TC_ETHERTYPES,
  TC_PROTOCOLS,
  UNSUPPORTED,
  UNSUPPORTED_ACTIONS,
  UNSUPPORTED_FLAGS,
} from "./tc_flower_keys.ts";
import { printFlowerRule } from "./tc_flower_print.ts";

/** The row of tc's syntax. */
export const TC_FLOWER: Syntax = Object.freeze({
  name: "tc-flower",
  description: "tc flower: protocol P [flower] (KEY VALUE)* action pass|ok|drop|shot",
  recognises: (word: string): boolean => word === "protocol",
  parseRule: parseFlowerRule,
  printRule: (rule: Rule): string | Problem => printFlowerRule(rule, parseFlowerRule),
});

const ACTIONS: ReadonlyMap<string, Action> = new Map([["pass", "pass"], ["ok", "pass"], ["drop", "drop"], [
  "shot",
  "drop",
]]);

/** `protocol all`: the rule is about every Ethernet type. */
const ALL = "all";

interface Pair {
  readonly key: FlowerKey;
  readonly name: Word;
  readonly value: Word;
}

/** What the keys' values are read against. */
interface Context {
  readonly family: "ipv4" | "ipv6" | undefined;
  /** Prefix of the rows of the protocol's ports. */
  readonly ports: string | undefined;
  readonly report: Report;
}

/** The rule that a statement says; each word that cannot be read is reported. */
export function parseFlowerRule(statement: Statement, report: Report): Rule | undefined {
  const words = wordsOf(statement);
  const end = { at: statement.text.length, length: 0 };
  const [head, protocolWord] = words;
  if (head?.text !== "protocol") {
    const found = problem("unknown-rule", "a rule of tc starts with protocol", "protocol ip flower ... action drop");
    return void report(found, head ?? end);
  }
  if (protocolWord === undefined) {
    return void report(problem("missing-word", "there should be a protocol", "such as ip or 802.1q"), end);
  }
  const type = protocolWord.text.toLowerCase() === ALL ? ALL : readEtherType(fieldNamed("eth.type"), protocolWord);
  if (isProblem(type)) report(type, protocolWord);
  const { pairs, action, failed } = readPairs(words, end, report);
  if (isProblem(type)) return undefined;
  const { innermost, isRefused } = checkTags(type, pairs, report);
  const matches = type === ALL ? [] : [equal(isTag(type) ? "svlan.tpid" : "eth.type", type)];
  const own = readMatches(pairs, innermost, report);
  if (failed || isRefused || action === undefined || own === undefined) return undefined;
  return freezeRule({ action, matches: [...matches, ...own] });
}

/** The keys with their values, and the action. */
function readPairs(words: readonly Word[], end: { at: number; length: number }, report: Report) {
  const pairs: Pair[] = [];
  const seen = new Set<string>();
  let action: Action | undefined;
  let failed = false;
  const fail = (found: Problem, place: { at: number; length: number }) => {
    failed = true;
    report(found, place);
  };
  for (let index = words[2]?.text === "flower" ? 3 : 2; index < words.length; index += 2) {
    const name = words[index] as Word;
    const value = words[index + 1];
    if (UNSUPPORTED.has(name.text) || UNSUPPORTED_FLAGS.has(name.text)) {
      fail(problem("unsupported-keyword", `${name.text} of tc is not supported yet`), name);
      if (UNSUPPORTED_FLAGS.has(name.text)) index--;
      continue;
    }
    const key = KEYS.get(name.text);
    if (key === undefined && name.text !== "action") {
      const hint = suggest(name.text, [...KEYS.keys(), "action", "flower"]);
      fail(problem("unknown-field", `there is no key ${quoteWord(name.text)} in tc flower`, hint), name);
      continue;
    }
    if (seen.has(name.text)) fail(problem("duplicate-field", `${name.text} is given twice`), name);
    seen.add(name.text);
    if (value === undefined) {
      fail(problem("missing-word", `there should be a value of ${name.text}`), end);
    } else if (key !== undefined) {
      pairs.push({ key, name, value });
    } else {
      action = ACTIONS.get(value.text);
      if (action === undefined) fail(badAction(value.text), value);
    }
  }
  if (!seen.has("action")) fail(problem("missing-action", "there should be an action", "action pass or drop"), end);
  return { pairs, action, failed };
}

/**
 * What the packet has behind the tags that the rule names: an Ethernet type, or `all` when it does not say; and
 * whether a key was refused.
 */
function checkTags(
  type: bigint | typeof ALL,
  pairs: readonly Pair[],
  report: Report,
): { innermost: bigint | typeof ALL; isRefused: boolean } {
  const written = (name: string) => {
    const pair = pairs.find((one) => one.name.text === name);
    const read = pair && readEtherType(fieldNamed("eth.type"), pair.value);
    return isProblem(read) ? undefined : read;
  };
  const behind = written("vlan_ethtype");
  const warned = new Set<string>();
  let isRefused = false;
  for (const { key, name } of pairs) {
    if (key.tag === "cvlan" && behind !== undefined && !isTag(behind)) {
      isRefused = true;
      report(problem("no-such-tag", `${name.text} needs a second tag, but vlan_ethtype is not one`), name);
    } else if (key.tag !== undefined && !warned.has(key.tag) && !isTagSaid(key.tag, type, behind)) {
      warned.add(key.tag);
      report(
        warning(
          "vlan-under-ip",
          `tc refuses ${name.text} here; it is taken as "has the tag, and the rest inside"`,
          `protocol 802.1q ${name.text} ... vlan_ethtype ip is what tc takes`,
        ),
        name,
      );
    }
  }
  if (type === ALL || !isTag(type)) return { innermost: type, isRefused };
  if (behind === undefined || !isTag(behind)) return { innermost: behind ?? ALL, isRefused };
  return { innermost: written("cvlan_ethtype") ?? ALL, isRefused };
}

function isTagSaid(tag: "vlan" | "cvlan", type: bigint | typeof ALL, behind: bigint | undefined): boolean {
  if (type === ALL || !isTag(type)) return false;
  return tag === "vlan" || behind !== undefined;
}

function readMatches(pairs: readonly Pair[], innermost: bigint | typeof ALL, report: Report): Match[] | undefined {
  const family = innermost === BigInt(ETH_P_IPV4) ? "ipv4" : innermost === BigInt(ETH_P_IPV6) ? "ipv6" : undefined;
  const protocolPair = pairs.find((pair) => pair.name.text === "ip_proto");
  const protocol = protocolPair && readProtocol(protocolPair.value, family);
  const ports = typeof protocol === "bigint" ? FLOWER_PORTS.get(Number(protocol)) : undefined;
  const matches: Match[] = [];
  let failed = false;
  for (const pair of pairs) {
    const match = readPair(pair, { family, ports, report });
    if (match === undefined) failed = true;
    else matches.push(match);
  }
  return failed ? undefined : matches;
}

function readPair({ key, name, value: word }: Pair, { family, ports, report }: Context): Match | undefined {
  let fieldName: string;
  if (typeof key.field === "string") {
    fieldName = key.field;
  } else if (family === undefined) {
    const hint = "protocol ip or ipv6; behind a tag, vlan_ethtype ip or ipv6";
    return void report(problem("needs-family", `${name.text} needs an IP family, as in tc`, hint), name);
  } else if ("port" in key.field) {
    if (ports === undefined) {
      return void report(problem("needs-protocol", `${name.text} needs ip_proto tcp, udp or sctp, as in tc`), name);
    }
    fieldName = `${ports}.${key.field.port}`;
  } else {
    fieldName = key.field[family];
  }
  const field = fieldNamed(fieldName);
  const match = word.text.length > 256
    ? problem("too-long", `a value has at most 256 characters, not ${word.text.length}`)
    : readMatch(key, field, word, family, report);
  if (!isProblem(match)) return match;
  report(match, word);
}

function readMatch(
  key: FlowerKey,
  field: Field,
  word: Word,
  family: "ipv4" | "ipv6" | undefined,
  report: Report,
): Match | Problem {
  const slash = word.text.indexOf("/");
  const valueText = slash < 0 ? word.text : word.text.slice(0, slash);
  const maskText = slash < 0 ? undefined : word.text.slice(slash + 1);
  switch (key.kind) {
    case "number":
      return withMask(field, word, parseCValue(field, word.text, 10), undefined, report);
    case "etherType":
      return withMask(field, word, readEtherType(field, word), undefined, report);
    case "protocol":
      return withMask(field, word, readProtocol(word, family), undefined, report);
    case "maskedNumber": {
      const mask = maskText === undefined ? undefined : parseCValue(field, maskText, 16);
      return withMask(field, word, readDecimalOrHex(field, valueText), mask, report);
    }
    case "mac":
    case "address": {
      const mask = maskText === undefined ? undefined : parseMask(field, maskText);
      if (key.kind === "address" && typeof mask === "bigint" && prefixLength(mask, field.widthBits) === undefined) {
        return problem("bad-mask", `the mask ${maskText} is not a prefix, which is all that tc takes`);
      }
      return withMask(field, word, parseValue(field, valueText), mask, report);
    }
    case "port":
      return readPorts(field, word, valueText, maskText, report);
    default:
      return assertNever(key.kind);
  }
}

/** `N` decimal, `LO-HI` decimal, `N/M` as C has numbers. */
function readPorts(field: Field, word: Word, valueText: string, maskText: string | undefined, report: Report) {
  const dash = word.text.indexOf("-");
  if (dash >= 0) {
    const lo = parseCValue(field, word.text.slice(0, dash), 10);
    if (isProblem(lo)) return lo;
    const hi = parseCValue(field, word.text.slice(dash + 1), 10);
    if (isProblem(hi)) return hi;
    if (hi <= lo) return problem("reversed-range", `the range ${word.text} does not ascend, which tc wants`, "LO-HI");
    return freezeMatch(field, "in", { kind: "set", ranges: Object.freeze([Object.freeze({ lo, hi })]) });
  }
  if (maskText === undefined) return withMask(field, word, parseCValue(field, valueText, 10), undefined, report);
  for (const text of [valueText, maskText]) {
    if (isOctal(text)) report(warning("octal-number", `tc takes ${text} as octal here`, "no leading 0"), word);
  }
  return withMask(field, word, parseCValue(field, valueText, 0), parseCValue(field, maskText, 0), report);
}

function withMask(
  field: Field,
  word: Word,
  value: bigint | Problem,
  mask: bigint | Problem | undefined,
  report: Report,
): Match | Problem {
  if (isProblem(value)) return value;
  if (isProblem(mask)) return mask;
  if (mask === undefined) return freezeMatch(field, "==", { kind: "value", value });
  const cleared = hostBits(field, word.text, value, mask);
  if (cleared !== undefined) report(cleared, word);
  return freezeMatch(field, "==", { kind: "value", value: value & mask, mask });
}

/** A name in any case, or a number in C's notation. */
function readEtherType(field: Field, word: Word): bigint | Problem {
  const named = TC_ETHERTYPES.get(word.text.toLowerCase());
  if (named !== undefined) return BigInt(named);
  const value = parseCNumber(word.text, 0);
  if (value !== undefined) return checkWidth(field, value) ?? value;
  const hint = suggest(word.text, [...TC_ETHERTYPES.keys(), ALL]) ??
    `a number or ${[...TC_ETHERTYPES.keys()].join(" ")}`;
  return problem("bad-value", `${quoteWord(word.text)} is not an Ethernet type that kefir knows`, hint);
}

/** A name, or a number, which tc takes as hexadecimal. */
function readProtocol(word: Word, family: "ipv4" | "ipv6" | undefined): bigint | Problem {
  const named = TC_PROTOCOLS.get(word.text);
  if (named !== undefined) {
    if (named.family === undefined || named.family === family) return BigInt(named.number);
    const hint = family === "ipv6" ? "icmpv6" : "icmp";
    return problem("wrong-family", `ip_proto ${word.text} is not of this family, as in tc`, hint);
  }
  const value = parseCNumber(word.text, 16);
  if (value !== undefined) return checkWidth(fieldNamed("ip.proto"), value) ?? value;
  const hint = suggest(word.text, [...TC_PROTOCOLS.keys()]);
  return problem(
    "bad-value",
    `${quoteWord(word.text)} is not a protocol: tc takes a name or a hexadecimal number`,
    hint,
  );
}

/** Decimal; what is not a decimal number of the field's width is hexadecimal. */
function readDecimalOrHex(field: Field, text: string): bigint | Problem {
  const decimal = parseCValue(field, text, 10);
  return isProblem(decimal) ? parseCValue(field, text, 16) : decimal;
}

function badAction(text: string): Problem {
  if (UNSUPPORTED_ACTIONS.has(text)) {
    return problem("unsupported-keyword", `action ${text} of tc is not supported`, "action pass or drop");
  }
  return problem("bad-action", `${quoteWord(text)} is not an action`, suggest(text, [...ACTIONS.keys()]));
}

function isTag(type: bigint): boolean {
  return VLAN_TPIDS.includes(Number(type));
}
