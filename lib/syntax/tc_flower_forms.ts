/**
 * How tc's flower classifier reads the value of a keyword, and how it is written for it: a row for each way. Source:
 * iproute2 f_flower.c, utils.c, ll_addr.c.
 *
 * @module
 */

import type { Field } from "../model/field.ts";
import { freezeMatch, type Match, type Range } from "../model/match.ts";
import { isProblem, type Problem, problem, warning } from "../model/problem.ts";
import { formatMask, formatValue } from "../model/value_text.ts";
import { formatMac } from "../net/address.ts";
import { allOnes } from "../net/bytes.ts";
import { parseCValue } from "./c_number.ts";
import { quoteWord, suggest } from "./suggest.ts";
import { badAddress, prefixText, readAddress, readMac } from "./tc_flower_addresses.ts";
import { etherTypeName, printProtocol, readEtherType, readPppProtocol, readProtocol } from "./tc_flower_types.ts";
import {
  decimal,
  hex,
  hexadecimal,
  nameOf,
  octal,
  printValue,
  readAs,
  several,
  splitMask,
  type Tell,
  withMask,
} from "./tc_flower_values.ts";
import { TC_PPP_PROTOCOLS } from "./tc_names.ts";

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
      hexadecimal({ value: text }, tell, (value) => readAs(field, value ?? 0n));
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

function readTags(field: Field, text: string, tell: Tell): Match | Problem {
  const value = parseCValue(field, text, 10);
  if (isProblem(value)) return value;
  if (value > 3n) return problem("out-of-range", `kefir reads two tags: it cannot tell ${text} from three`, "0 to 3");
  if (value === 3n) tell(warning("three-tags", "kefir reads two tags: 3 stands for three or more"));
  return withMask(field, text, value, undefined, tell);
}

function readTosTtl(field: Field, text: string, tell: Tell): Match | Problem {
  const [valueText, maskText] = splitMask(text);
  const asDecimal = parseCValue(field, valueText, 10);
  const value = isProblem(asDecimal) ? parseCValue(field, valueText, 16) : asDecimal;
  const mask = maskText === undefined ? undefined : parseCValue(field, maskText, 16);
  if (!isProblem(mask)) hexadecimal({ mask: maskText }, tell, (_value, bits) => readAs(field, value, bits));
  return withMask(field, text, value, mask, tell);
}

function readTcpFlags(field: Field, text: string, tell: Tell): Match | Problem {
  const [valueText, maskText] = splitMask(text);
  const value = parseCValue(field, valueText, 16);
  const mask = maskText === undefined ? undefined : parseCValue(field, maskText, 16);
  hexadecimal({ value: valueText, mask: maskText }, tell, (flags, bits) => readAs(field, flags ?? value, bits ?? mask));
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
