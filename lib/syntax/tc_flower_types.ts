/**
 * Ethernet types and protocols as tc reads them. Source: iproute2 f_flower.c, ll_proto.c, ppp_proto.c.
 *
 * @module
 */

import type { Field } from "../model/field.ts";
import type { Match } from "../model/match.ts";
import { type Problem, problem } from "../model/problem.ts";
import { checkWidth } from "../model/value_text.ts";
import { parseCNumber, parseCValue } from "./c_number.ts";
import { equal } from "./implied.ts";
import { quoteWord, suggest } from "./suggest.ts";
import { hex, hexadecimal, nameOf, printValue, readAs, type Tell } from "./tc_flower_values.ts";
import {
  FIRST_ETHERTYPE,
  TC_ETHERTYPES,
  TC_LATER_NAMES,
  TC_PPP_PROTOCOLS,
  TC_PROTOCOLS,
  TC_PSEUDO_TYPES,
} from "./tc_names.ts";

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

/** A PPP protocol: a name in any case, or a number. */
export function readPppProtocol(field: Field, text: string): bigint | Problem {
  const named = TC_PPP_PROTOCOLS.get(text.toLowerCase());
  return named === undefined ? parseCValue(field, text, 0) : BigInt(named);
}

/** Mobility, HIP and shim6 headers: linux net/core/flow_dissector.c takes them for the protocol. */
const WALKED_HERE: ReadonlySet<bigint> = new Set([135n, 139n, 140n]);

/**
 * The protocol above IP: a name or a hexadecimal number. AH among the extension headers of IPv6 is no protocol to the model, but a layer: that it
 * is there.
 */
export function readProtocol(field: Field, text: string, tell: Tell): Match | Problem {
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
  if (named === undefined) hexadecimal({ value: text }, tell, (value) => readAs(field, value ?? number));
  return family === "ipv6" && number === 51n ? equal("ah.spi", 0, 0n) : equal(field.name, number);
}

/** The inverse of {@link readProtocol}. */
export function printProtocol(match: Match): string | Problem {
  if (match.field === "ah.spi") return "0x33";
  const family = match.field === "ip.proto" ? "ipv4" : "ipv6";
  return printValue(match, (value) => {
    const named = TC_PROTOCOLS.find((row) =>
      BigInt(row.number) === value && (row.family ?? family) === family && !TC_LATER_NAMES.has(row.name)
    );
    return named?.name ?? hex(value);
  });
}
