/**
 * Rules of tc's flower classifier: `[tc filter add dev D ingress] [pref N] protocol P [flower] (KEY VALUE)* action
 * pass|ok|drop|shot`, with tc's meaning. Keys may stand in any order. Sources: tc-flower(8), iproute2 f_flower.c,
 * tc_filter.c, linux net/sched/cls_flower.c.
 *
 * @module
 */

import { allOnes } from "../net/bytes.ts";
import { ETH_P_IPV4, ETH_P_IPV6, VLAN_TPIDS } from "../net/protocol_numbers.ts";
import { fieldNamed } from "../model/fields.ts";
import type { Match } from "../model/match.ts";
import { isProblem, type Problem, problem, warning } from "../model/problem.ts";
import { freezeRule, type Rule } from "../model/rule.ts";
import type { Report } from "./findings.ts";
import { equal } from "./implied.ts";
import type { Placed } from "./rule_order.ts";
import type { Statement, Word } from "./statement.ts";
import type { Syntax } from "./syntax.ts";
import type { FlowerWhere } from "./tc_flower_command.ts";
import { FLOWER_FORMS, type FlowerFormName } from "./tc_flower_forms.ts";
import { entryField, FLOWER_NEEDS, type FlowerMatchKeyword, type FlowerNeed } from "./tc_flower_keywords.ts";
import { FLOWER_OPTIONS, type FlowerOptionsName, isTunnelField, tunnelIsThere } from "./tc_flower_options.ts";
import { printFlowerRule } from "./tc_flower_print.ts";
import { readEtherType } from "./tc_flower_types.ts";
import type { Tell } from "./tc_flower_values.ts";
import { type FlowerPart, readFlowerWords } from "./tc_flower_words.ts";
import { ETH_P_ALL } from "./tc_names.ts";

/** The row of tc's syntax. */
export const TC_FLOWER: Syntax = Object.freeze({
  name: "tc-flower",
  description: "tc flower: [tc filter add ...] protocol P [flower] (KEY VALUE)* action pass|ok|drop|shot",
  recognises: (word: string): boolean => word === "protocol" || word === "tc" || word === "filter",
  parseRule: parseFlowerRule,
  printRule: (rule: Rule): string | Problem => printFlowerRule(rule, parseFlowerRule),
});

/** `protocol all`: the rule is about every Ethernet type. */
const ALL = "all";
type EtherType = bigint | typeof ALL;

/** Where the kernel puts a rule that has no `pref`; the next one goes before it. linux net/sched/cls_api.c. */
const AUTOMATIC_PREF = 0xc000;

/** What the keys' values are read against. */
interface Context {
  /** The Ethernet type behind the tags that the rule names. */
  readonly type: EtherType;
  readonly family: "ipv4" | "ipv6" | undefined;
  /** The number of `ip_proto`. */
  readonly protocol: number | undefined;
  readonly isTunnel: boolean;
  readonly report: Report;
}

/** The rule that a statement says, and its place; each word that cannot be read is reported. */
export function parseFlowerRule(statement: Statement, report: Report): Placed | undefined {
  const words = readFlowerWords(statement, report);
  if (words === undefined) return undefined;
  const type = words.where.protocol === undefined ? ALL : readProtocolType(words.where.protocol);
  if (isProblem(type)) return void report(type, words.where.protocol as Word);
  const { innermost, isRefused } = checkTags(type, words.parts, report);
  const matches = type === ALL ? [] : [equal(isTag(type) ? "svlan.tpid" : "eth.type", type)];
  const own = readMatches(words.parts, innermost, report);
  if (words.failed || isRefused || words.action === undefined || own === undefined) return undefined;
  return placed(freezeRule({ action: words.action, matches: [...matches, ...own.matches] }), words.where, own.masks);
}

function placed(rule: Rule, { verb, preference, handle, place }: FlowerWhere, masks: string): Placed {
  const isKeyed = verb !== undefined && preference !== undefined && handle !== undefined;
  return {
    kind: "placed",
    rule,
    order: preference ?? AUTOMATIC_PREF,
    ...(verb !== undefined && preference === undefined && { isReversed: true }),
    // The kernel keeps the rules of a pref by their masks, and tries those in the order in which they came.
    ...(verb !== undefined && preference !== undefined && { group: masks }),
    ...(isKeyed && { key: `pref ${preference} handle ${handle.text}`, isNew: verb === "add" }),
    ...(place !== undefined && { place }),
  };
}

function readProtocolType(word: Word): EtherType | Problem {
  if (word.text.toLowerCase() === ALL || Number(word.text) === ETH_P_ALL) return ALL;
  return readEtherType(fieldNamed("eth.type"), word.text);
}

/** What the packet has behind the tags that the rule names, and whether a key was refused. */
function checkTags(
  type: EtherType,
  parts: readonly FlowerPart[],
  report: Report,
): { innermost: EtherType; isRefused: boolean } {
  const written = (name: string) => {
    const part = parts.find(({ keyword }) => keyword.name === name);
    const read = part && readEtherType(fieldNamed("eth.type"), part.value.text);
    return isProblem(read) ? undefined : read;
  };
  const behind = written("vlan_ethtype");
  const tags = Number(parts.find(({ keyword }) => keyword.name === "num_of_vlans")?.value.text ?? 0);
  const isOuterSaid = type === ALL ? tags > 0 : isTag(type);
  const warned = new Set<string>();
  let isRefused = false;
  for (const { keyword: { needs }, name } of parts) {
    if (needs !== "vlan" && needs !== "cvlan") continue;
    if (needs === "cvlan" && behind !== undefined && !isTag(behind)) {
      isRefused = true;
      report(problem("no-such-tag", `${name.text} needs a second tag, but vlan_ethtype is not one`), name);
      continue;
    }
    const isSaid = isOuterSaid && (needs === "vlan" || behind !== undefined || tags > 1);
    if (isSaid || warned.has(needs)) continue;
    warned.add(needs);
    const { code, hint } = FLOWER_NEEDS[needs];
    const message = `tc refuses ${name.text} here; it is taken as "has the tag, and the rest inside"`;
    // tc has no such rule: a reader who knows that expects it to hold for nothing.
    report(warning(code, message, hint.replace("KEY", name.text), null), name);
  }
  if (type !== ALL && !isTag(type)) return { innermost: type, isRefused };
  if (behind === undefined || !isTag(behind)) return { innermost: behind ?? ALL, isRefused };
  return { innermost: written("cvlan_ethtype") ?? ALL, isRefused };
}

/** What the keys say, and which keys with which masks they are. */
function readMatches(
  parts: readonly FlowerPart[],
  type: EtherType,
  report: Report,
): { readonly matches: readonly Match[]; readonly masks: string } | undefined {
  const isTunnel = parts.some(({ keyword }) => keyword.needs === "tunnel");
  const family = isTunnel ? outerFamily(parts, type) : familyOf(type);
  const context = { type, family, isTunnel, report, protocol: readProtocol(parts, family) };
  if (isTunnel && !checkOuter(parts, context)) return undefined;
  const matches: Match[] = [];
  const masks: string[] = [];
  let failed = false;
  for (const part of parts) {
    const found = readPart(part, context);
    if (isProblem(found)) {
      failed = true;
      report(found, isAboutName(found) ? part.name : part.value);
    } else {
      matches.push(...found);
      masks.push(...found.map((match) => maskText(part, match)));
    }
  }
  if (failed) return undefined;
  if (isTunnel && !matches.some(({ field }) => isTunnelField(field))) matches.push(tunnelIsThere());
  // That there is an AH header is said by its SPI too.
  const header = matches.some((match) => match.field === "ah.spi" && !isHeaderThere(match));
  return {
    matches: header ? matches.filter((match) => !isHeaderThere(match)) : matches,
    masks: masks.filter((text) => text !== "").sort().join(" "),
  };
}

/** The bits that a key compares, as the kernel keeps them; none when a mask has none. */
function maskText({ keyword, depth }: FlowerPart, { field, operator, operand }: Match): string {
  const { widthBits } = fieldNamed(field);
  const bits = operator === "in" ? "range" : operand.mask ?? allOnes(widthBits);
  return bits === 0n ? "" : `${keyword.name} ${depth ?? ""} ${widthBits} ${bits}`;
}

function isHeaderThere({ field, operand }: Match): boolean {
  return field === "ah.spi" && operand.mask === 0n;
}

/** Problems that are about a key where it stands, and not about its value. */
const ABOUT_NAME: ReadonlySet<string> = new Set([
  ...["needs-family", "needs-protocol", "needs-type", "unsupported-keyword", "inner-key"],
]);

function isAboutName({ code }: Problem): boolean {
  return ABOUT_NAME.has(code);
}

function familyOf(type: EtherType): Context["family"] {
  return type === BigInt(ETH_P_IPV4) ? "ipv4" : type === BigInt(ETH_P_IPV6) ? "ipv6" : undefined;
}

/** Of a tunnel's outer packet the addresses tell the family too. */
function outerFamily(parts: readonly FlowerPart[], type: EtherType): Context["family"] {
  const address = parts.find(({ keyword }) => keyword.value === "outerAddress");
  return familyOf(type) ?? (address && familyOfAddress(address.value.text));
}

function familyOfAddress(text: string): Context["family"] {
  return text.includes(":") ? "ipv6" : /^\d/.test(text) ? "ipv4" : undefined;
}

function readProtocol(parts: readonly FlowerPart[], family: Context["family"]): number | undefined {
  const part = parts.find(({ keyword }) => keyword.value === "ipProtocol");
  if (part === undefined || family === undefined) return undefined;
  const field = fieldNamed(family === "ipv4" ? "ip.proto" : "ipv6.l4.proto");
  const match = FLOWER_FORMS.ipProtocol.read(field, part.value.text, () => {});
  if (isProblem(match) || match.operand.kind !== "value") return undefined;
  return match.field === "ah.spi" ? 51 : Number(match.operand.value);
}

/** Beside tunnel keys, tc's other keys are about the inner packet, which kefir does not see. */
function checkOuter(parts: readonly FlowerPart[], { type, report }: Context): boolean {
  const first = parts.find(({ keyword }) => keyword.needs === "tunnel") as FlowerPart;
  if (type !== ALL && familyOf(type) === undefined) {
    const { code, hint } = FLOWER_NEEDS.tunnel;
    report(problem(code, "the outer packet of a tunnel is IP", hint), first.name);
    return false;
  }
  const inner = parts.filter(({ keyword }) => keyword.needs !== "tunnel");
  for (const { name } of inner) {
    const message =
      `${name.text} beside ${first.name.text} is about the inner packet, and kefir does not look into tunnels`;
    report(problem("inner-key", message, "enc_dst_ip, enc_src_ip and enc_dst_port are about the outer one"), name);
  }
  const [, second] = parts.filter(({ keyword }) => isOptions(keyword.value));
  if (second !== undefined) {
    report(
      problem("duplicate-field", "a packet has the options of one tunnel; tc's kernel takes the last"),
      second.name,
    );
  }
  const message =
    "tunnel keys are about the outer headers on the wire, and so is protocol: there is no tunnel's metadata";
  report(warning("outer-headers", message), first.name);
  return inner.length === 0 && second === undefined;
}

function readPart(part: FlowerPart, context: Context): readonly Match[] | Problem {
  const { keyword, value: { text }, depth } = part;
  if (text.length > 4096) return problem("too-long", `a value has at most 4096 characters, not ${text.length}`);
  const missing = checkNeed(part, context);
  if (missing !== undefined) return missing;
  const tell: Tell = (found) => context.report(found, part.value);
  if (isOptions(keyword.value)) return FLOWER_OPTIONS[keyword.value].read(text, tell);
  const field = fieldNamed(fieldOfPart(part, context));
  if (keyword.value === "depth") return depth === undefined ? [] : [equal(field.name, 0, 0n)];
  const match = FLOWER_FORMS[keyword.value as FlowerFormName].read(field, text, tell);
  return isProblem(match) ? match : [match];
}

function isOptions(value: FlowerMatchKeyword["value"]): value is FlowerOptionsName {
  return Object.hasOwn(FLOWER_OPTIONS, value);
}

/** The name of the field that a key is on, when what it needs is said. */
function fieldOfPart({ keyword: { field, name }, value, depth }: FlowerPart, context: Context): string {
  if (typeof field === "string") return field;
  if (field === undefined) throw new RangeError(`Cannot read "${name}": its row has no field`);
  if ("protocols" in field) return field.protocols[context.protocol ?? -1] ?? "";
  if ("entry" in field) return entryField(depth ?? 1, field.entry);
  const family = context.family ?? familyOfAddress(value.text);
  return field.either !== undefined && context.family === undefined ? field.either : field[family ?? "ipv4"];
}

/** What a key asks for and the rule does not say. */
function checkNeed({ keyword, name, value }: FlowerPart, context: Context): Problem | undefined {
  const { needs } = keyword;
  if (keyword.value === "outerAddress" && context.family !== (familyOfAddress(value.text) ?? context.family)) {
    const message =
      `${value.text} is not of the other outer addresses' family, or of protocol's, which is the outer type`;
    return problem("wrong-family", message, "protocol all leaves it open");
  }
  if (needs === undefined || isMet(needs, keyword, value.text, context)) return undefined;
  if (ABOVE_IP.has(needs) && context.family === undefined) {
    const { code, hint } = FLOWER_NEEDS.ip;
    const isCarried = context.type === PPPOE_SESSION;
    const more = isCarried ? "kefir does not look into what PPPoE carries" : hint;
    return problem(code, `${name.text} needs an IP family, as in tc`, more);
  }
  const { said, code, hint } = FLOWER_NEEDS[needs];
  return problem(code, `${name.text} needs ${said}, as in tc`, hint);
}

const ABOVE_IP: ReadonlySet<FlowerNeed> = new Set<FlowerNeed>(["ip", "ports", "tcp", "icmp", "l2tp", "ipsec"]);
const PPPOE_SESSION = 0x8864n;
const TYPES_OF_NEED: Readonly<Partial<Record<FlowerNeed, readonly bigint[]>>> = {
  arp: [0x0806n, 0x8035n],
  mpls: [0x8847n, 0x8848n],
  pppoe: [PPPOE_SESSION],
  cfm: [0x8902n],
};

/** A fragment is one of IP; what is none may be anything else, which the field is not there for. */
function isOfFragment(flags: string): boolean {
  const match = FLOWER_FORMS.ipFlags.read(fieldNamed("l3.frag"), flags, () => {});
  return isProblem(match) || match.operand.kind !== "value" || match.operand.value !== 0n;
}

function isMet(needs: FlowerNeed, { value, field }: FlowerMatchKeyword, text: string, context: Context): boolean {
  const { type, family, protocol } = context;
  const types = TYPES_OF_NEED[needs];
  if (types !== undefined) return type !== ALL && types.includes(type);
  switch (needs) {
    case "ip":
      return family !== undefined || value === "ipFlags" && isOfFragment(text);
    case "tcp":
      return family !== undefined && protocol === 6;
    case "icmp":
      return family !== undefined && protocol === (family === "ipv4" ? 1 : 58);
    case "l2tp":
      return family !== undefined && protocol === 115;
    case "ports":
    case "ipsec":
      return family !== undefined && typeof field === "object" && "protocols" in field &&
        Object.hasOwn(field.protocols, protocol ?? -1);
    default:
      return true;
  }
}

function isTag(type: bigint): boolean {
  return VLAN_TPIDS.includes(Number(type));
}
