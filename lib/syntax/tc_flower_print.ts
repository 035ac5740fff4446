/**
 * Rules in the syntax of tc's flower classifier.
 *
 * @module
 */

import { sidesOf } from "../model/fields.ts";
import { fieldNamed } from "../model/fields.ts";
import type { Match } from "../model/match.ts";
import { isProblem, type Problem, problem } from "../model/problem.ts";
import type { Rule } from "../model/rule.ts";
import { ETH_P_IPV4, ETH_P_IPV6 } from "../net/protocol_numbers.ts";
import { cannotExpress, equal, isFamilyOpen, sameMatches, simplify, withoutImplied } from "./implied.ts";
import { ruleOf } from "./rule_order.ts";
import { type Statement, statementOfWords } from "./statement.ts";
import type { Syntax } from "./syntax.ts";
import { FLOWER_FORMS, type FlowerFormName, portRange } from "./tc_flower_forms.ts";
import { etherTypeName } from "./tc_flower_types.ts";
import { fieldsOfKeyword, FLOWER_KEYWORDS, type FlowerMatchKeyword } from "./tc_flower_keywords.ts";
import { FLOWER_OPTIONS, type FlowerOptionsName, isTunnelField, tunnelIsThere } from "./tc_flower_options.ts";

/** Words of a key with the matches that they say. */
interface Key {
  readonly name: string;
  readonly words: readonly string[];
  readonly matches: readonly Match[];
}

const MATCHES = FLOWER_KEYWORDS.filter((row) => row.class === "match");

/** tc reads these before what depends on them: behind ppp_proto ip the type is IP, and pppoe_sid refused. */
const FIRST = ["num_of_vlans", "vlan_ethtype", "cvlan_ethtype", "pppoe_sid", "ppp_proto", "ip_proto"];

/** The rule as tc has it, or why not. `parse` reads it back: only what comes back the same is printed. */
export function printFlowerRule(rule: Rule, parse: Syntax["parseRule"]): string | Problem {
  const matches = rule.matches.map((match) => portRange(match) === undefined ? simplify(match) : match);
  let reason: string | undefined;
  // Where a protocol adds a match that the others imply, one that adds none is better.
  let fallback: string | undefined;
  for (const [protocol, implied] of protocolsOf(matches)) {
    const rest = withoutImplied(matches, implied);
    if (rest === undefined) continue;
    const keys = matches.some(({ field }) => isTunnelField(field))
      ? printOuter(rest)
      : printKeys(withProtocol([...implied, ...rest], rest), (keyword) => keyword.needs !== "tunnel");
    if (isProblem(keys)) {
      reason ??= keys.message;
      continue;
    }
    const misread = misreadByTc(implied, keys);
    if (misread !== undefined) {
      reason ??= misread;
      continue;
    }
    const action = rule.action === "drop" ? "drop" : "pass";
    const words = ["protocol", protocol, "flower", ...inOrder(keys).flatMap((key) => key.words), "action", action];
    const back = readBack(statementOfWords("", words), parse);
    if (typeof back === "string") {
      reason ??= back;
    } else if (sameMatches(back.matches, matches)) {
      return words.join(" ");
    } else if (sameMatches(back.matches, [...implied, ...keys.flatMap((key) => key.matches)])) {
      fallback ??= words.join(" ");
    } else {
      reason ??= "tc reads it as something else";
    }
  }
  return fallback ?? cannotExpress("tc flower", reason ?? "it has no such keys", isFamilyOpen(matches));
}

/** The TPIDs that tc knows. */
const TC_TPIDS = [0x8100n, 0x88a8n];

/** Why tc takes keys under this protocol for something else than kefir does. */
function misreadByTc([implied]: readonly Match[], keys: readonly Key[]): string | undefined {
  const matches = keys.flatMap((key) => key.matches);
  const outer = implied && valueOf("svlan.tpid", [implied]);
  const inner = valueOf("svlan.etype", matches);
  const isTag = (type: bigint | undefined) => type !== undefined && TC_TPIDS.includes(type);
  const hasInner = keys.some(({ name }) => name.startsWith("cvlan_"));
  if (outer !== undefined && !isTag(outer) || hasInner && inner !== undefined && !isTag(inner)) {
    return "the TPIDs of tc are 0x8100 and 0x88a8";
  }
  const count = valueOf("vlan.count", matches) ?? 0n;
  if (count > 0n && implied !== undefined && !isTag(outer) || count > 1n && inner !== undefined && !isTag(inner)) {
    return "beside a count of tags tc takes the types for those of tags";
  }
  return undefined;
}

function valueOf(field: string, matches: readonly Match[]): bigint | undefined {
  const operand = matches.find((match) => match.field === field && match.operator === "==")?.operand;
  return operand?.kind === "value" ? operand.value : undefined;
}

/** The protocols to try, with what each implies. */
function* protocolsOf(matches: readonly Match[]): Generator<readonly [string, readonly Match[]]> {
  for (const match of matches) {
    const { field, operator, operand } = match;
    if (field !== "eth.type" && field !== "svlan.tpid") continue;
    if (operator !== "==" || operand.kind !== "value" || operand.mask !== undefined) continue;
    yield [etherTypeName(operand.value), [match]];
  }
  yield ["ip", [equal("eth.type", ETH_P_IPV4)]];
  yield ["ipv6", [equal("eth.type", ETH_P_IPV6)]];
  yield ["all", []];
}

/** The matches with `ip_proto` where they imply it, and nothing says it. */
function withProtocol(all: readonly Match[], rest: readonly Match[]): readonly Match[] {
  for (const [isIpv4, field] of [[true, "ip.proto"], [false, "ipv6.l4.proto"]] as const) {
    if (rest.some((match) => match.field === field)) return rest;
    const needed = rest.map((match) => protocolOf(match.field)).find((protocol) => protocol !== undefined);
    if (needed !== undefined) {
      const protocol = equal(field, needed);
      if (withoutImplied(all, [protocol]) !== undefined) return [protocol, ...rest];
    }
    const header = equal("ah.spi", 0, 0n);
    const isSaid = withoutImplied(rest, [header])?.length === rest.length - 1;
    const isIpv6 = withoutImplied(all, [equal("eth.type", ETH_P_IPV6)]) !== undefined;
    if (!isIpv4 && isIpv6 && !isSaid && rest.some((match) => match.field === "ah.spi")) return [header, ...rest];
  }
  return rest;
}

/** The IP protocol that a packet has when it has the field. */
function protocolOf(name: string): number | undefined {
  const sides = sidesOf(fieldNamed(name));
  const protocol = sides[0]?.protocol;
  return sides.every((side) => side.protocol === protocol) ? protocol : undefined;
}

/** Keys about a tunnel's outer packet; that there is a tunnel is not written where other keys say so. */
function printOuter(matches: readonly Match[]): readonly Key[] | Problem {
  const there = tunnelIsThere();
  const others = withoutImplied(matches, [there]) ?? matches;
  const keys = printKeys(others, (keyword) => keyword.needs === "tunnel");
  if (isProblem(keys) || others.some(({ field }) => isTunnelField(field))) return keys;
  if (keys.length === 0) return problem("cannot-express", "tc flower has no key for a tunnel of any kind");
  return [...keys, { name: "", words: [], matches: [there] }];
}

function printKeys(
  matches: readonly Match[],
  isUsable: (keyword: FlowerMatchKeyword) => boolean,
): readonly Key[] | Problem {
  const keys: Key[] = [];
  let rest = matches;
  const take = (key: Key) => {
    keys.push(key);
    rest = rest.filter((match) => !key.matches.includes(match));
  };
  for (const { name, value } of MATCHES.filter(isUsable)) {
    if (!Object.hasOwn(FLOWER_OPTIONS, value)) continue;
    const printed = FLOWER_OPTIONS[value as FlowerOptionsName].print(rest);
    if (printed !== undefined) take({ name, words: [name, printed.text], matches: printed.used });
  }
  const stack = printStack(rest);
  if (isProblem(stack)) return stack;
  if (stack !== undefined) take(stack);
  const cfm = printWithin("cfm", rest);
  if (isProblem(cfm)) return cfm;
  if (cfm !== undefined) take(cfm);
  const printed = new Map<Match, Key>();
  for (const match of rest) {
    const keyword = MATCHES.find((row) => row.level === "key" && isUsable(row) && hasField(row, match));
    if (keyword === undefined) return problem("cannot-express", `tc flower has no key for ${match.field}`);
    const value = printValue(keyword, match);
    if (isProblem(value)) return value;
    printed.set(match, { name: keyword.name, words: [keyword.name, value], matches: [match] });
  }
  return [...keys, ...printed.values()];
}

/** `mpls lse ...` when entries below the top one are asked for: the other keys cannot stand beside it. */
function printStack(matches: readonly Match[]): Key | Problem | undefined {
  const entries = new Map<number, Match[]>();
  for (const match of matches) {
    const entry = /^mpls(?:\[(\d)\])?\./.exec(match.field);
    if (entry === null) continue;
    const depth = Number(entry[1] ?? 1);
    entries.set(depth, [...entries.get(depth) ?? [], match]);
  }
  const used = [...entries.values()].flat();
  if ([...entries.keys()].every((depth) => depth === 1) && !used.some(isPresence)) return undefined;
  const words = ["mpls"];
  for (const [depth, of] of entries) {
    const within = of.length === 1 && isPresence(of[0] as Match) ? [] : printWords("lse", of);
    if (isProblem(within)) return within;
    words.push("lse", "depth", depth.toString(), ...within);
  }
  return { name: "mpls", words, matches: used };
}

/** Whether a match asks only that the label stack entry is there. */
function isPresence({ field, operand }: Match): boolean {
  return field.endsWith(".label") && operand.kind === "value" && operand.mask === 0n;
}

function printWithin(name: "cfm", matches: readonly Match[]): Key | Problem | undefined {
  const used = matches.filter(({ field }) => field.startsWith(`${name}.`));
  if (used.length === 0) return undefined;
  const words = printWords(name, used);
  return isProblem(words) ? words : { name, words: [name, ...words], matches: used };
}

function printWords(level: "lse" | "cfm", matches: readonly Match[]): string[] | Problem {
  const words: string[] = [];
  for (const match of matches) {
    const keyword = MATCHES.find((row) => row.level === level && row.value === "number" && hasField(row, match));
    if (keyword === undefined) return problem("cannot-express", `tc flower has no key for ${match.field}`);
    const value = printValue(keyword, match);
    if (isProblem(value)) return value;
    words.push(keyword.name, value);
  }
  return words;
}

function hasField(keyword: FlowerMatchKeyword, match: Match): boolean {
  // AH over IPv6 is a header that is there, not the protocol.
  if (keyword.value === "ipProtocol" && match.field === "ah.spi" && match.operand.mask === 0n) return true;
  if (keyword.name === "spi" && match.operand.mask === 0n) return false;
  return fieldsOfKeyword(keyword).includes(match.field);
}

function printValue(keyword: FlowerMatchKeyword, match: Match): string | Problem {
  return FLOWER_FORMS[keyword.value as FlowerFormName].print(match, fieldNamed(match.field));
}

/** The rule as read back, or the first problem. */
function readBack(statement: Statement, parse: Syntax["parseRule"]): Rule | string {
  let reason: string | undefined;
  const rule = ruleOf(parse(statement, (found) => {
    if (found.severity === "error") reason ??= found.message;
    if (found.code === "vlan-under-ip") reason ??= "tc wants the tag's type, svlan.tpid == 0x8100, or a count of tags";
  }));
  return reason ?? rule ?? "tc has no such rule";
}

/** The keys as they are where tc reads them so, or those first that others depend on. */
function inOrder(keys: readonly Key[]): readonly Key[] {
  const rank = ({ name }: Key) => FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length;
  return [...keys].sort((a, b) => rank(a) - rank(b));
}
