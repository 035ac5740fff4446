/**
 * What the tools' syntaxes say without writing it: `flow-type tcp4` and `protocol ip` imply matches. Printing finds them
 * in a rule, or finds that the rule's other matches imply them already.
 *
 * @module
 */

import { allOnes } from "../net/bytes.ts";
import { ETH_P_IPV4, ETH_P_IPV6 } from "../net/protocol_numbers.ts";
import { fieldNamed, sidesOf } from "../model/fields.ts";
import { layerOf } from "../model/layers.ts";
import { counterpartOf, freezeMatch, type Match } from "../model/match.ts";
import { type Problem, problem } from "../model/problem.ts";

/** A match `field == value`, all bits or those of a mask. */
export function equal(field: string, value: number | bigint, mask?: bigint): Match {
  const operand = { kind: "value", value: BigInt(value), ...(mask !== undefined && { mask }) } as const;
  return freezeMatch(fieldNamed(field), "==", operand);
}

/**
 * The matches that are left when `implied` are taken out of a rule's; undefined when one of them is neither there nor
 * implied by the others.
 */
export function withoutImplied(matches: readonly Match[], implied: readonly Match[]): readonly Match[] | undefined {
  const rest = [...matches];
  for (const one of implied) {
    const key = matchKey(one);
    const index = rest.findIndex((match) => matchKey(match) === key);
    if (index >= 0) rest.splice(index, 1);
    else if (!isEntailed(one, matches)) return undefined;
  }
  return rest;
}

/** The same match as `==` where that is possible: a set of one value or one prefix, on the family that it is of. */
export function simplify(match: Match): Match {
  const { operand, operator } = match;
  if (operator !== "in" || operand.kind !== "set" || operand.mask !== undefined) return match;
  const [first, second] = [operand.ranges, operand.ipv6Ranges].flatMap((ranges) =>
    ranges === undefined ? [] : [ranges.at(0), ranges.at(1)].filter((range) => range !== undefined)
  );
  if (first === undefined || second !== undefined) return match;
  const field = operand.ranges.length > 0 ? fieldNamed(match.field) : counterpartOf(fieldNamed(match.field));
  const differing = first.lo ^ first.hi;
  const isPrefix = (differing & (differing + 1n)) === 0n && (first.lo & differing) === 0n;
  if (!isPrefix) return match;
  return freezeMatch(field, "==", { kind: "value", value: first.lo, mask: allOnes(field.widthBits) ^ differing });
}

/** Whether two lists hold the same matches, in whatever order. */
export function sameMatches(one: readonly Match[], other: readonly Match[]): boolean {
  if (one.length !== other.length) return false;
  const [keys, otherKeys] = [one, other].map((matches) => matches.map(matchKey).sort());
  return keys?.every((key, index) => key === otherKeys?.[index]) ?? false;
}

/** Why a syntax cannot print a rule; `isOpen` when the rule may just be split by family. */
export function cannotExpress(syntax: string, reason: string, isOpen: boolean): Problem {
  const hint = isOpen ? "add eth.type == ip or eth.type == ipv6 to the rule" : "the kefir syntax says every rule";
  return problem("cannot-express", `${syntax} cannot say this rule: ${reason}`, hint);
}

/** Whether a rule is about something above IP in either family. */
export function isFamilyOpen(matches: readonly Match[]): boolean {
  const isAboveIp = (match: Match) =>
    sidesOf(fieldNamed(match.field)).some((side) => layerOf(side.layer).reach === "ip");
  return matches.some(isAboveIp) && !isFamilyKnown(matches, "ipv4", ETH_P_IPV4) &&
    !isFamilyKnown(matches, "ipv6", ETH_P_IPV6);
}

/** Whether the other matches hold for no packet that the implied one does not hold for. */
function isEntailed(implied: Match, matches: readonly Match[]): boolean {
  const { operand } = implied;
  if (operand.kind !== "value") return false;
  switch (implied.field) {
    case "eth.type":
      if (operand.value === BigInt(ETH_P_IPV4)) return matches.some((match) => needsFamily(match, "ipv4"));
      return operand.value === BigInt(ETH_P_IPV6) && matches.some((match) => needsFamily(match, "ipv6"));
    case "ip.proto":
      return needsProtocol(matches, Number(operand.value)) && isFamilyKnown(matches, "ipv4", ETH_P_IPV4);
    case "ipv6.l4.proto":
      return needsProtocol(matches, Number(operand.value)) && isFamilyKnown(matches, "ipv6", ETH_P_IPV6);
    case "ah.spi":
      return matches.some((match) => match.field === "ah.spi");
    default:
      return false;
  }
}

function isFamilyKnown(matches: readonly Match[], family: "ipv4" | "ipv6", etherType: number): boolean {
  const key = matchKey(equal("eth.type", etherType));
  return matches.some((match) => needsFamily(match, family) || matchKey(match) === key);
}

/** Whether the match holds for packets of one family only. */
function needsFamily(match: Match, family: "ipv4" | "ipv6"): boolean {
  if (match.operand.kind === "list" || match.operand.kind === "set" && match.operand.ipv6Ranges !== undefined) {
    return false;
  }
  return sidesOf(fieldNamed(match.field)).every((side) => side.layer === family || side.family === family);
}

function needsProtocol(matches: readonly Match[], protocol: number): boolean {
  return matches.some((match) => sidesOf(fieldNamed(match.field)).every((side) => side.protocol === protocol));
}

function matchKey(match: Match): string {
  return JSON.stringify(match, (_key, value: unknown) => typeof value === "bigint" ? `${value}n` : value);
}
