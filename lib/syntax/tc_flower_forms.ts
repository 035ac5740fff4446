/**
 * How tc's flower classifier reads the value of a keyword, and how it is written for it: a row for each way. Source:
 * iproute2 f_flower.c, utils.c, ll_addr.c.
 *
 * @module
 */

import { formatMac, parseIpv6 } from "../net/address.ts";
import { allOnes, prefixLength, prefixMask } from "../net/bytes.ts";
import type { Field } from "../model/field.ts";
import { freezeMatch, type Match, type Range } from "../model/match.ts";
import { isProblem, type Problem, problem, warning } from "../model/problem.ts";
import { checkWidth, formatMask, formatValue } from "../model/value_text.ts";
import { isOctal, parseCNumber, parseCValue } from "./c_number.ts";
import { equal } from "./implied.ts";
import { hostBitsWarning } from "./readings.ts";
import { quoteWord, suggest } from "./suggest.ts";
import {
  FIRST_ETHERTYPE,
  TC_ETHERTYPES,
  TC_LATER_NAMES,
  TC_PPP_PROTOCOLS,
  TC_PROTOCOLS,
  TC_PSEUDO_TYPES,
} from "./tc_names.ts";

/** Takes warnings about a value. */
export type Tell = (found: Problem) => void;

/** A way to write a value. */
export interface FlowerForm {
  /** How it is written, for help and docs. */
  readonly written: string;
  /** How tc reads it, for docs. */
  readonly reads: string;
  /** The match that a value says. */
  read(field: Field, text: string, tell: Tell): Match | Problem;
  /** The value that says a match. */
  print(match: Match, field: Field): string | Problem;
}

/** Name of a form. */
export type FlowerFormName =
  | "mac"
  | "address"
  | "outerAddress"
  | "arpAddress"
  | "number"
  | "hexNumber"
  | "tags"
  | "etherType"
  | "pppProtocol"
  | "ipProtocol"
  | "tosTtl"
  | "port"
  | "tcpFlags"
  | "maskedNumber"
  | "arpOperation"
  | "ipFlags";

/** The forms. */
export const FLOWER_FORMS: Readonly<Record<FlowerFormName, FlowerForm>> = {
  mac: {
    written: "MAC[/N or /MAC]",
    reads: "six bytes with `:`; behind `/` a number of bits or a mask",
    read: readMac,
    // tc shifts by as many bits as a number has for /0, and gets another mask.
    print: (match, field) =>
      printValue(match, formatMac, (mask) => mask === 0n ? formatMac(mask) : formatMask(field, mask)),
  },
  address: {
    written: "ADDRESS[/N]",
    reads: "an address of the family; behind `/` a prefix length or, for IPv4, a netmask; `default` for all of them",
    read: readAddress,
    print: (match, field) => printValue(match, (value) => formatValue(field, value), (mask) => prefixText(field, mask)),
  },
  outerAddress: {
    written: "ADDRESS[/N]",
    reads: "an address of either family; behind `/` a prefix length or, for IPv4, a netmask",
    // Without a family, tc makes nothing of `default`, which the kernel refuses.
    read: (field, text, tell) => text === "default" ? badAddress(field, text) : readAddress(field, text, tell),
    print: (match, field) => printValue(match, (value) => formatValue(field, value), (mask) => prefixText(field, mask)),
  },
  arpAddress: {
    written: "ADDRESS[/N]",
    reads: "an IPv4 address; behind `/` a prefix length or a netmask; `default` for all of them",
    read: readAddress,
    print: (match, field) => printValue(match, (value) => formatValue(field, value), (mask) => prefixText(field, mask)),
  },
  number: {
    written: "N",
    reads: "a decimal number",
    read: (field, text, tell) => withMask(field, text, parseCValue(field, text, 10), undefined, tell),
    print: (match) => printValue(match, decimal),
  },
  hexNumber: {
    written: "N",
    reads: "a hexadecimal number, with or without 0x",
    read: (field, text, tell) => {
      hexadecimal(text, tell, (value) => readAs(field, value));
      return withMask(field, text, parseCValue(field, text, 16), undefined, tell);
    },
    print: (match) => printValue(match, hex),
  },
  tags: {
    written: "N",
    reads: "a decimal number; 3 is three tags or more, and kefir reads no further",
    read: readTags,
    print: (match) => printValue(match, decimal),
  },
  etherType: {
    written: "TYPE",
    reads: "a name of tc's in any case, or a number as C writes it: decimal, 0x hexadecimal, 0 octal",
    read: (field, text, tell) => withMask(field, text, readEtherType(field, text), undefined, tell),
    print: (match) => printValue(match, etherTypeName),
  },
  pppProtocol: {
    written: "PROTOCOL",
    reads: "a name of tc's in any case, or a number as C writes it",
    read: (field, text, tell) => withMask(field, text, readPppProtocol(field, text), undefined, tell),
    print: (match) => printValue(match, (value) => nameOf(TC_PPP_PROTOCOLS, value) ?? hex(value)),
  },
  ipProtocol: {
    written: "PROTOCOL",
    reads: "a name of tc's or a beginning of one, or a hexadecimal number: `11` is UDP",
    read: readProtocol,
    print: printProtocol,
  },
  tosTtl: {
    written: "N[/M]",
    reads: "N is decimal, hexadecimal where it is not a decimal number of 8 bits; M is hexadecimal",
    read: readTosTtl,
    print: (match) => printValue(match, decimal, hex),
  },
  port: {
    written: "N, N/M or LO-HI",
    reads: "decimal; with a mask, N and M as C writes numbers; a range ascends",
    read: readPorts,
    print: printPorts,
  },
  tcpFlags: {
    written: "N[/M]",
    reads: "12 bits, hexadecimal",
    read: readTcpFlags,
    print: (match) => printValue(match, hex, hex),
  },
  maskedNumber: {
    written: "N[/M]",
    reads: "decimal, the mask too",
    read: (field, text, tell) => {
      const [value, mask] = splitMask(text);
      const read = parseCValue(field, value, 10);
      return withMask(field, text, read, mask === undefined ? undefined : parseCValue(field, mask, 10), tell);
    },
    print: (match) => printValue(match, decimal, decimal),
  },
  arpOperation: {
    written: "request, reply or N[/M]",
    reads: "0, 1 or 2 in decimal; the mask is of 8 bits, decimal",
    read: readArpOperation,
    print: printArpOperation,
  },
  ipFlags: {
    written: "FLAG[/FLAG]",
    reads: "frag, firstfrag, or no before them",
    read: readIpFlags,
    print: printIpFlags,
  },
};

/** An Ethernet type as tc reads it. */
export function readEtherType(field: Field, text: string): bigint | Problem {
  const name = text.toLowerCase();
  const named = TC_ETHERTYPES.get(name);
  if (named !== undefined) return BigInt(named);
  const value = TC_PSEUDO_TYPES.has(name) ? 0n : parseCNumber(text, 0);
  if (value === undefined) {
    const hint = suggest(text, [...TC_ETHERTYPES.keys(), "all"]) ?? "a name of tc's, or a number such as 0x88b5";
    return problem("bad-value", `${quoteWord(text)} is not an Ethernet type of tc`, hint);
  }
  if (value >= BigInt(FIRST_ETHERTYPE)) return checkWidth(field, value) ?? value;
  const message = `${quoteWord(text)} is a number of Linux's for frames without an Ethernet type`;
  return problem("not-on-wire", message, "types are 0x600 to 0xffff");
}

/** The name of an Ethernet type, or its number. */
export function etherTypeName(value: bigint): string {
  return nameOf(TC_ETHERTYPES, value) ?? hex(value);
}

function readMac(field: Field, text: string, tell: Tell): Match | Problem {
  const [valueText, maskText] = splitMask(text);
  const value = macOf(field, valueText);
  if (maskText === undefined || isProblem(value)) return withMask(field, text, value, undefined, tell);
  const length = parseCNumber(maskText, 10);
  if (length === undefined) return withMask(field, text, value, macOf(field, maskText), tell);
  if (length > 48n) return problem("bad-prefix", `${field.name} has prefixes of 0 to 48 bits, not ${maskText}`);
  return withMask(field, text, value, prefixMask(Number(length), 48), tell);
}

/** Six hexadecimal numbers with colons. */
function macOf(field: Field, text: string): bigint | Problem {
  const bytes = text.split(":").map((part) => parseCNumber(part, 16));
  if (bytes.length !== 6 || bytes.some((byte) => byte === undefined || byte > 255n)) {
    return problem("bad-value", `${quoteWord(text)} is not a MAC address, which ${field.name} takes`);
  }
  return bytes.reduce<bigint>((whole, byte) => (whole << 8n) | (byte ?? 0n), 0n);
}

function readAddress(field: Field, text: string, tell: Tell): Match | Problem {
  if (text === "default") return withMask(field, text, 0n, 0n, tell);
  const [valueText, maskText] = splitMask(text);
  const value = field.widthBits === 32 ? readIpv4(valueText, tell) : parseIpv6(valueText);
  if (value === undefined) return badAddress(field, text);
  if (maskText === undefined) return withMask(field, text, value, undefined, tell);
  const length = parseCNumber(maskText, 0);
  if (length !== undefined) {
    const { widthBits, name } = field;
    octal(maskText, tell, (bits) => readAs(field, value, prefixMask(Math.min(Number(bits), widthBits), widthBits)));
    if (length > widthBits) return problem("bad-prefix", `${name} has prefixes of 0 to ${widthBits} bits`);
    return withMask(field, text, value, prefixMask(Number(length), widthBits), tell);
  }
  const mask = field.widthBits === 32 ? readIpv4(maskText, tell) : undefined;
  if (mask === undefined) return problem("bad-mask", `${quoteWord(maskText)} is not a prefix length`);
  if (prefixLength(mask, 32) === undefined) {
    return problem("bad-mask", `the mask ${maskText} is not a prefix, which is all that tc takes`);
  }
  return withMask(field, text, value, mask, tell);
}

function badAddress(field: Field, text: string): Problem {
  const family = field.widthBits === 32 ? "an IPv4" : "an IPv6";
  return problem("bad-value", `${quoteWord(text)} is not ${family} address, which ${field.name} takes`);
}

/** One to four bytes as C writes numbers; those that are left out are zero. */
function readIpv4(text: string, tell: Tell): bigint | undefined {
  const parts = text.split(".");
  if (parts.length > 4) return undefined;
  const bytes = parts.map((part) => parseCNumber(part, 0));
  if (bytes.some((byte) => byte === undefined || byte > 255n)) return undefined;
  if (parts.some(isOctal)) tell(warning("octal-number", `tc takes bytes of ${text} as octal`, "no leading 0"));
  const value = bytes.reduce<bigint>((whole, byte) => (whole << 8n) | (byte ?? 0n), 0n);
  return value << BigInt(8 * (4 - parts.length));
}

function readTags(field: Field, text: string, tell: Tell): Match | Problem {
  const value = parseCValue(field, text, 10);
  if (isProblem(value)) return value;
  if (value > 3n) return problem("out-of-range", `kefir reads two tags: it cannot tell ${text} from three`, "0 to 3");
  if (value === 3n) tell(warning("three-tags", "kefir reads two tags: 3 stands for three or more"));
  return withMask(field, text, value, undefined, tell);
}

function readPppProtocol(field: Field, text: string): bigint | Problem {
  const named = TC_PPP_PROTOCOLS.get(text.toLowerCase());
  return named === undefined ? parseCValue(field, text, 0) : BigInt(named);
}

/** Mobility, HIP and shim6 headers: linux net/core/flow_dissector.c takes them for the protocol. */
const WALKED_HERE: ReadonlySet<bigint> = new Set([135n, 139n, 140n]);

/** AH among the extension headers of IPv6 is no protocol to the model, but a layer: that it is there. */
function readProtocol(field: Field, text: string, tell: Tell): Match | Problem {
  const family = field.name === "ip.proto" ? "ipv4" : "ipv6";
  const named = TC_PROTOCOLS.find(({ name, isExact }) => name === text || !isExact && text && name.startsWith(text));
  if (named?.family !== undefined && named.family !== family) {
    const hint = family === "ipv6" ? "icmpv6" : "icmp";
    return problem("wrong-family", `ip_proto ${text} is not of this family, as in tc`, hint);
  }
  const number = named === undefined ? parseCNumber(text, 16) : BigInt(named.number);
  if (number === undefined) {
    const hint = suggest(text, TC_PROTOCOLS.map(({ name }) => name));
    const message = `${quoteWord(text)} is not a protocol: tc takes a name or a hexadecimal number`;
    return problem("bad-value", message, hint);
  }
  const tooWide = checkWidth(field, number);
  if (tooWide !== undefined) return tooWide;
  if (family === "ipv6" && WALKED_HERE.has(number)) {
    const message =
      `ip_proto ${text} is an IPv6 header that kefir walks and Linux does not: no packet has it as its protocol`;
    return problem("walked-header", message, `ipv6.nxt == ${number} in kefir's syntax, where it is the first header`);
  }
  if (named === undefined) hexadecimal(text, tell, (value) => readAs(field, value));
  return family === "ipv6" && number === 51n ? equal("ah.spi", 0, 0n) : equal(field.name, number);
}

function printProtocol(match: Match): string | Problem {
  if (match.field === "ah.spi") return "0x33";
  const family = match.field === "ip.proto" ? "ipv4" : "ipv6";
  return printValue(match, (value) => {
    const named = TC_PROTOCOLS.find((row) =>
      BigInt(row.number) === value && (row.family ?? family) === family && !TC_LATER_NAMES.has(row.name)
    );
    return named?.name ?? hex(value);
  });
}

function readTosTtl(field: Field, text: string, tell: Tell): Match | Problem {
  const [valueText, maskText] = splitMask(text);
  const asDecimal = parseCValue(field, valueText, 10);
  const value = isProblem(asDecimal) ? parseCValue(field, valueText, 16) : asDecimal;
  const mask = maskText === undefined ? undefined : parseCValue(field, maskText, 16);
  if (maskText !== undefined && !isProblem(mask)) hexadecimal(maskText, tell, (bits) => readAs(field, value, bits));
  return withMask(field, text, value, mask, tell);
}

function readTcpFlags(field: Field, text: string, tell: Tell): Match | Problem {
  const [valueText, maskText] = splitMask(text);
  const value = parseCValue(field, valueText, 16);
  const mask = maskText === undefined ? undefined : parseCValue(field, maskText, 16);
  hexadecimal(valueText, tell, (flags) => readAs(field, flags, mask));
  if (maskText !== undefined) hexadecimal(maskText, tell, (bits) => readAs(field, value, bits));
  return withMask(field, text, value, mask, tell);
}

function readPorts(field: Field, text: string, tell: Tell): Match | Problem {
  const dash = text.indexOf("-");
  if (dash >= 0) {
    const lo = parseCValue(field, text.slice(0, dash), 10);
    if (isProblem(lo)) return lo;
    const hi = parseCValue(field, text.slice(dash + 1), 10);
    if (isProblem(hi)) return hi;
    if (hi <= lo) return problem("reversed-range", `the range ${text} does not ascend, which tc wants`, "LO-HI");
    return freezeMatch(field, "in", { kind: "set", ranges: Object.freeze([Object.freeze({ lo, hi })]) });
  }
  const [valueText, maskText] = splitMask(text);
  if (maskText === undefined) return withMask(field, text, parseCValue(field, valueText, 10), undefined, tell);
  const [value, mask] = [parseCValue(field, valueText, 0), parseCValue(field, maskText, 0)];
  octal(valueText, tell, (port) => readAs(field, port, mask));
  octal(maskText, tell, (bits) => readAs(field, value, bits));
  return withMask(field, text, value, mask, tell);
}

function printPorts(match: Match): string | Problem {
  const range = portRange(match);
  if (range !== undefined) return `${range.lo}-${range.hi}`;
  const { operand } = match;
  // tc 6.1 takes a plain 0 for no port at all.
  const isZero = operand.kind === "value" && operand.value === 0n && operand.mask === undefined;
  return isZero ? "0/0xffff" : printValue(match, decimal, hex);
}

/** The range of ports that a match asks for, when it asks for one. */
export function portRange({ field, operator, operand }: Match): Range | undefined {
  if (!/^(?:tcp|udp|sctp)\.(?:src|dst)port$/.test(field) || operator !== "in") return undefined;
  if (operand.kind !== "set" || operand.mask !== undefined || operand.ranges.length !== 1) return undefined;
  const range = operand.ranges.at(0);
  return range !== undefined && range.lo < range.hi ? range : undefined;
}

/** The upper byte is always compared: Linux takes operations 1 and 2 only. */
const UPPER_BYTE = 0xff00n;

function readArpOperation(field: Field, text: string, tell: Tell): Match | Problem {
  const [valueText, maskText] = splitMask(text);
  const byte = { name: field.name, format: "decimal", widthBits: 8 } as const;
  const named = { request: 1n, reply: 2n }[valueText];
  const value = named ?? parseCValue(byte, valueText, 10);
  if (isProblem(value)) return value;
  if (value > 2n) return problem("out-of-range", `tc takes the ARP operations 0, 1 and 2 only, not ${valueText}`);
  const mask = maskText === undefined ? undefined : parseCValue(byte, maskText, 10);
  return withMask(field, text, value, typeof mask === "bigint" ? mask | UPPER_BYTE : mask, tell);
}

function printArpOperation(match: Match): string | Problem {
  const { operand } = match;
  if (operand.mask !== undefined && (operand.mask & UPPER_BYTE) !== UPPER_BYTE) {
    return problem("cannot-express", `tc flower always compares the upper byte of ${match.field}`);
  }
  return printValue(
    match,
    (value) => value === 1n ? "request" : value === 2n ? "reply" : decimal(value),
    (mask) => decimal(mask & 0xffn),
  );
}

/** Bits of `l3.frag`. */
const IP_FLAGS: ReadonlyMap<string, bigint> = new Map([["frag", 1n], ["firstfrag", 2n]]);

function readIpFlags(field: Field, text: string, tell: Tell): Match | Problem {
  let value = 0n;
  let mask = 0n;
  for (const word of text.split("/").filter((part) => part !== "")) {
    const name = word.startsWith("no") ? word.slice(2) : word;
    const bit = IP_FLAGS.get(name);
    if (bit === undefined) {
      const hint = suggest(word, [...IP_FLAGS.keys()].flatMap((flag) => [flag, `no${flag}`]));
      return problem("bad-value", `${quoteWord(word)} is not a flag of ip_flags`, hint);
    }
    value = name === word ? value | bit : value & ~bit;
    mask |= bit;
  }
  if (mask === 0n) return problem("bad-value", "ip_flags has no flag", "frag, nofrag, firstfrag or nofirstfrag");
  return withMask(field, text, value, mask, tell);
}

function printIpFlags(match: Match, field: Field): string | Problem {
  const { operand, operator } = match;
  if (operand.kind !== "value" || operator !== "==") return several(match);
  const mask = operand.mask ?? allOnes(field.widthBits);
  const words = [...IP_FLAGS].filter(([, bit]) => (mask & bit) !== 0n).map(([name, bit]) =>
    (operand.value & bit) === 0n ? `no${name}` : name
  );
  return words.length > 0 ? words.join("/") : problem("cannot-express", "ip_flags has at least one flag");
}

/** `value/mask`, or the value alone. */
function printValue(
  match: Match,
  ofValue: (value: bigint) => string,
  ofMask?: (mask: bigint) => string | Problem,
): string | Problem {
  const { operator, operand } = match;
  if (operator !== "==" || operand.kind !== "value") return several(match);
  if (operand.mask === undefined) return ofValue(operand.value);
  if (ofMask === undefined) return problem("cannot-express", `tc flower has no mask for ${match.field}`);
  const mask = ofMask(operand.mask);
  return isProblem(mask) ? mask : `${ofValue(operand.value)}/${mask}`;
}

function several({ field, operator }: Match): Problem {
  return problem("cannot-express", `${field} ${operator} is more than one value and a mask`);
}

function prefixText(field: Field, mask: bigint): string | Problem {
  const length = prefixLength(mask, field.widthBits);
  return length?.toString() ?? problem("cannot-express", `tc flower has prefixes only for ${field.name}`);
}

/** `field == value` under a mask; bits below it are cleared with a warning. */
export function withMask(
  field: Field,
  text: string,
  value: bigint | Problem,
  mask: bigint | Problem | undefined,
  tell: Tell,
): Match | Problem {
  if (isProblem(value)) return value;
  if (isProblem(mask)) return mask;
  if (mask === undefined) return freezeMatch(field, "==", { kind: "value", value });
  const cleared = hostBitsWarning(text, { field, value, mask });
  if (cleared !== undefined) tell(cleared);
  return freezeMatch(field, "==", { kind: "value", value: value & mask, mask });
}

/** Warns about digits that look decimal where tc reads hexadecimal; `readingOf` is the match that they look like. */
function hexadecimal(text: string, tell: Tell, readingOf: (decimal: bigint) => Match | Problem): void {
  if (!/^[1-9]\d{1,9}$/.test(text)) return;
  const reading = readingOf(BigInt(text));
  const message = `tc takes ${text} as hexadecimal: it is ${BigInt(`0x${text}`)}`;
  tell(warning("hexadecimal-number", message, `0x${text}`, isProblem(reading) ? undefined : reading));
}

/** As {@link hexadecimal} for numbers that tc takes as octal. */
function octal(text: string, tell: Tell, readingOf: (decimal: bigint) => Match | Problem): void {
  if (!isOctal(text)) return;
  const reading = readingOf(BigInt(text));
  const message = `tc takes ${text} as octal: it is ${parseCNumber(text, 0)}`;
  tell(warning("octal-number", message, "no leading 0", isProblem(reading) ? undefined : reading));
}

/** The match that a reader makes of a value and a mask, or the problem with them. */
function readAs(field: Field, value: bigint | Problem, mask?: bigint | Problem): Match | Problem {
  if (isProblem(value)) return value;
  if (isProblem(mask)) return mask;
  const tooWide = checkWidth(field, value) ?? checkWidth(field, mask ?? 0n);
  return tooWide ?? withMask(field, "", value, mask, () => {});
}

/** What stands before and behind the `/`. */
export function splitMask(text: string): [value: string, mask: string | undefined] {
  const slash = text.indexOf("/");
  return slash < 0 ? [text, undefined] : [text.slice(0, slash), text.slice(slash + 1)];
}

function nameOf(names: ReadonlyMap<string, number>, value: bigint): string | undefined {
  return [...names].find(([name, number]) => BigInt(number) === value && !TC_LATER_NAMES.has(name))?.[0];
}

function decimal(value: bigint): string {
  return value.toString();
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
