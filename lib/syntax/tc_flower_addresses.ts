/**
 * MAC and IP addresses as tc reads them. Source: iproute2 f_flower.c, utils.c, ll_addr.c.
 *
 * @module
 */

import type { Field } from "../model/field.ts";
import type { Match } from "../model/match.ts";
import { isProblem, type Problem, problem, warning } from "../model/problem.ts";
import { parseIpv6 } from "../net/address.ts";
import { prefixLength, prefixMask } from "../net/bytes.ts";
import { isOctal, parseCNumber } from "./c_number.ts";
import { quoteWord } from "./suggest.ts";
import { octal, readAs, splitMask, type Tell, withMask } from "./tc_flower_values.ts";

/** `MAC[/N]` or `MAC[/MAC]`. */
export function readMac(field: Field, text: string, tell: Tell): Match | Problem {
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

/** An address of the family that the width of the field tells, with a prefix length or a netmask. */
export function readAddress(field: Field, text: string, tell: Tell): Match | Problem {
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

/** The problem with a text that is no address of the family. */
export function badAddress(field: Field, text: string): Problem {
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

/** The length of a prefix, which is all that tc takes as a mask of an address. */
export function prefixText(field: Field, mask: bigint): string | Problem {
  const length = prefixLength(mask, field.widthBits);
  return length?.toString() ?? problem("cannot-express", `tc flower has prefixes only for ${field.name}`);
}
