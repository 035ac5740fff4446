/**
 * Rules in the syntax of tc's flower classifier.
 *
 * @module
 */

import { formatMask, formatValue } from "../model/value_text.ts";
import type { Field } from "../model/field.ts";
import { fieldNamed } from "../model/fields.ts";
import type { Match, Range } from "../model/match.ts";
import { isProblem, type Problem, problem } from "../model/problem.ts";
import type { Rule } from "../model/rule.ts";
import { ETH_P_IPV4, ETH_P_IPV6 } from "../net/protocol_numbers.ts";
import { cannotExpress, equal, isFamilyOpen, sameMatches, simplify, withoutImplied } from "./implied.ts";
import { ruleOf } from "./rule_order.ts";
import { type Statement, statementOfWords } from "./statement.ts";
import type { Syntax } from "./syntax.ts";
import { FLOWER_PORTS, type FlowerKey, KEYS, TC_ETHERTYPES, TC_PROTOCOLS } from "./tc_flower_keys.ts";

type Pair = readonly [key: string, value: string, match: Match];

/** tc reads these before what depends on them. */
const FIRST = ["vlan_ethtype", "cvlan_ethtype", "ip_proto"];

/** The rule as tc has it, or why not. `parse` reads it back: only what comes back the same is printed. */
export function printFlowerRule(rule: Rule, parse: Syntax["parseRule"]): string | Problem {
  const matches = rule.matches.map((match) => portRange(match) === undefined ? simplify(match) : match);
  let reason: string | undefined;
  for (const [protocol, implied] of protocolsOf(matches)) {
    const rest = withoutImplied(matches, implied);
    if (rest === undefined) continue;
    const pairs = printPairs(withProtocol([...implied, ...rest], rest));
    if (isProblem(pairs)) {
      reason ??= pairs.message;
      continue;
    }
    const action = rule.action === "drop" ? "drop" : "pass";
    const words = ["protocol", protocol, "flower", ...pairs.flatMap(([key, value]) => [key, value]), "action", action];
    const back = readBack(statementOfWords("", words), parse);
    if (typeof back === "string") reason ??= back;
    else if (sameMatches(back.matches, [...implied, ...pairs.map(([, , match]) => match)])) return words.join(" ");
    else reason ??= "tc reads it as something else";
  }
  return cannotExpress("tc flower", reason ?? "it has no such keys", isFamilyOpen(matches));
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

/** The matches with `ip_proto` where ports imply it and nothing says it. */
function withProtocol(all: readonly Match[], rest: readonly Match[]): readonly Match[] {
  for (const [number, prefix] of FLOWER_PORTS) {
    if (!rest.some(({ field }) => field === `${prefix}.srcport` || field === `${prefix}.dstport`)) continue;
    for (const field of ["ip.proto", "ipv6.l4.proto"]) {
      const protocol = equal(field, number);
      const isSaid = rest.some((match) => match.field === field);
      if (!isSaid && withoutImplied(all, [protocol]) !== undefined) return [protocol, ...rest];
    }
  }
  return rest;
}

function printPairs(matches: readonly Match[]): readonly Pair[] | Problem {
  const pairs: Pair[] = [];
  for (const match of matches) {
    const found = [...KEYS].find(([, key]) => hasField(key, match.field));
    if (found === undefined) return problem("cannot-express", `tc flower has no key for ${match.field}`);
    const value = printValue(found[1], match);
    if (isProblem(value)) return value;
    pairs.push([found[0], value, match]);
  }
  return isInOrder(pairs) ? pairs : [...pairs].sort((a, b) => rank(a) - rank(b));
}

function hasField(key: FlowerKey, field: string): boolean {
  if (typeof key.field === "string") return key.field === field;
  if (!("port" in key.field)) return key.field.ipv4 === field || key.field.ipv6 === field;
  const { port } = key.field;
  return [...FLOWER_PORTS.values()].some((prefix) => field === `${prefix}.${port}`);
}

function printValue(key: FlowerKey, match: Match): string | Problem {
  const field = fieldNamed(match.field);
  const { operator, operand } = match;
  const range = portRange(match);
  if (range !== undefined) return `${range.lo}-${range.hi}`;
  if (operator !== "==" || operand.kind !== "value") {
    return problem("cannot-express", `${match.field} ${operator} is more than one value and a mask`);
  }
  const { value, mask } = operand;
  switch (key.kind) {
    case "etherType":
      return mask === undefined ? etherTypeName(value) : noMask(field);
    case "protocol":
      return mask === undefined ? protocolName(value, match.field) : noMask(field);
    case "number":
      return mask === undefined ? value.toString() : noMask(field);
    case "maskedNumber":
      return mask === undefined ? value.toString() : `${value}/${mask.toString(16)}`;
    case "port":
      return mask === undefined ? value.toString() : `${value}/0x${mask.toString(16)}`;
    default:
      return formatValue(field, value) + (mask === undefined ? "" : `/${formatMask(field, mask)}`);
  }
}

/** The range of ports that a match asks for, when it asks for one. */
function portRange({ field, operator, operand }: Match): Range | undefined {
  if (!/^(?:tcp|udp|sctp)\.(?:src|dst)port$/.test(field) || operator !== "in") return undefined;
  if (operand.kind !== "set" || operand.mask !== undefined) return undefined;
  const [range, more] = operand.ranges;
  return range !== undefined && more === undefined && range.lo < range.hi ? range : undefined;
}

function etherTypeName(value: bigint): string {
  return [...TC_ETHERTYPES].find(([, number]) => BigInt(number) === value)?.[0] ?? `0x${value.toString(16)}`;
}

function protocolName(value: bigint, field: string): string {
  const family = field === "ip.proto" ? "ipv4" : "ipv6";
  const named = [...TC_PROTOCOLS].find(([, row]) =>
    BigInt(row.number) === value && (row.family === undefined || row.family === family)
  );
  return named?.[0] ?? value.toString(16);
}

function noMask(field: Field): Problem {
  return problem("cannot-express", `tc flower has no mask for ${field.name}`);
}

/** The rule as read back, or the first problem. */
function readBack(statement: Statement, parse: Syntax["parseRule"]): Rule | string {
  let reason: string | undefined;
  const rule = ruleOf(parse(statement, (found) => {
    if (found.severity === "error") reason ??= found.message;
  }));
  return rule ?? reason ?? "tc has no such rule";
}

function isInOrder(pairs: readonly Pair[]): boolean {
  const family = pairs.findIndex(([key]) => KEYS.get(key)?.field instanceof Object);
  return FIRST.every((name) => {
    const at = pairs.findIndex(([key]) => key === name);
    const dependent = name === "ip_proto" ? pairs.findIndex(([key]) => key.endsWith("_port")) : family;
    return at < 0 || dependent < 0 || at <= dependent;
  });
}

function rank([key]: Pair): number {
  const index = FIRST.indexOf(key);
  return index < 0 ? FIRST.length : index;
}
