/**
 * Values of fields between text and unsigned integers in host order.
 *
 * @module
 */

import { formatIpv4, formatIpv6, formatMac, parseIpv4, parseIpv6, parseMac } from "../net/address.ts";
import { allOnes, prefixLength, prefixMask } from "../net/bytes.ts";
import { ETHERTYPES, IP_PROTOCOLS, nameOfNumber } from "../net/protocol_numbers.ts";
import { assertNever } from "../diagnostics/assert_never.ts";
import type { ValueFormat } from "./field.ts";
import { isProblem, type Problem, problem } from "./problem.ts";
import type { Range } from "./match.ts";
import { formatTcpFlags, parseTcpFlags } from "./tcp_flags_text.ts";

/** What a value's text is read against: a field, or one side of it. */
export interface ValueShape {
  /** For messages. */
  readonly name: string;
  /** How values are written. */
  readonly format: ValueFormat;
  /** Bits that a value has. */
  readonly widthBits: number;
}

/** The value that `text` spells in the field's format, or the problem with it. */
export function parseValue(shape: ValueShape, text: string): bigint | Problem {
  switch (shape.format) {
    case "mac":
      return parseMac(text) ?? notA(shape, text, "a MAC address", "such as 00:11:22:33:44:55");
    case "ipv4":
      return parseIpv4(text) ?? notA(shape, text, "an IPv4 address", "such as 192.0.2.1");
    case "ipv6":
      return parseIpv6(text) ?? notA(shape, text, "an IPv6 address", "such as 2001:db8::1");
    case "ethertype":
      return parseNumberOrName(shape, text, ETHERTYPES);
    case "protocol":
      return parseNumberOrName(shape, text, IP_PROTOCOLS);
    case "decimal":
    case "hex":
      return parseNumberOrName(shape, text, {});
    case "tcp-flags":
      return parseFlags(shape, text);
    default:
      return assertNever(shape.format);
  }
}

/**
 * The mask that `text` (what follows the `/`) spells: a prefix length on addresses, a mask on integers; an address or
 * 0x number is a mask on any field.
 */
export function parseMask(shape: ValueShape, text: string): bigint | Problem {
  if (isAddress(shape.format)) {
    if (/^(?:0|[1-9]\d*)$/.test(text)) {
      const length = Number(text);
      if (length <= shape.widthBits) return prefixMask(length, shape.widthBits);
      return problem("bad-prefix", `${shape.name} has prefixes of 0 to ${shape.widthBits} bits, not ${text}`);
    }
    if (!/^0x/i.test(text)) return parseValue(shape, text);
  }
  if (shape.format === "tcp-flags") return parseFlags(shape, text);
  const value = parseInteger(text);
  if (value === undefined) return notA(shape, text, "a mask", "such as 0xfc");
  return checkWidth(shape, value) ?? value;
}

/** A problem when the value has more bits than the field. */
export function checkWidth(shape: ValueShape, value: bigint): Problem | undefined {
  const largest = allOnes(shape.widthBits);
  if (value >= 0n && value <= largest) return undefined;
  return problem(
    "out-of-range",
    `${value} does not fit in ${shape.name}, which has ${shape.widthBits} bits`,
    `values are 0 to ${largest}`,
  );
}

/** An unsigned integer, decimal or 0x hexadecimal, or undefined. Leading zeros are refused: some tools read octal. */
export function parseInteger(text: string): bigint | undefined {
  return /^(?:0|[1-9]\d{0,40}|0[xX][0-9a-fA-F]{1,40})$/.test(text) ? BigInt(text) : undefined;
}

/** A value as {@link parseValue} reads it. */
export function formatValue(shape: ValueShape, value: bigint): string {
  switch (shape.format) {
    case "mac":
      return formatMac(value);
    case "ipv4":
      return formatIpv4(value);
    case "ipv6":
      return formatIpv6(value);
    case "ethertype":
      return nameOfNumber(ETHERTYPES, Number(value)) ?? formatHex(value);
    case "protocol":
      return nameOfNumber(IP_PROTOCOLS, Number(value)) ?? value.toString();
    case "decimal":
      return value.toString();
    case "hex":
      return formatHex(value);
    case "tcp-flags":
      return formatTcpFlags(value) ?? formatHex(value);
    default:
      return assertNever(shape.format);
  }
}

/** A mask as {@link parseMask} reads it. */
export function formatMask(shape: ValueShape, mask: bigint): string {
  if (shape.format === "tcp-flags") return formatValue(shape, mask);
  if (!isAddress(shape.format)) return formatHex(mask);
  const length = prefixLength(mask, shape.widthBits);
  return length === undefined ? formatValue(shape, mask) : length.toString();
}

/** A range as a set has it: a value, a prefix where it is one, or `lo..hi`. */
export function formatRange(shape: ValueShape, range: Range): string {
  const lo = formatValue(shape, range.lo);
  if (range.lo === range.hi) return lo;
  // Numbers: flags are in no order.
  if (shape.format === "tcp-flags") return `${formatHex(range.lo)}..${formatHex(range.hi)}`;
  const mask = isAddress(shape.format) ? prefixOfRange(range, shape.widthBits) : undefined;
  return mask === undefined ? `${lo}..${formatValue(shape, range.hi)}` : `${lo}/${prefixLength(mask, shape.widthBits)}`;
}

/** The mask of the prefix that a range is exactly, or undefined when it is none. */
export function prefixOfRange(range: Range, widthBits: number): bigint | undefined {
  const mask = (range.lo ^ range.hi) ^ allOnes(widthBits);
  return prefixLength(mask, widthBits) !== undefined && (range.lo & mask) === range.lo ? mask : undefined;
}

/** Whether `/N` is a prefix length on the field. */
export function isAddress(format: ValueFormat): boolean {
  return format === "mac" || format === "ipv4" || format === "ipv6";
}

/**
 * The range that one entry of a set spells: a value, `lo..hi`, or a prefix. Bits below a prefix are cleared and
 * reported.
 */
export function parseRange(shape: ValueShape, text: string, report: (found: Problem) => void): Range | Problem {
  const dots = text.indexOf("..");
  if (dots >= 0) {
    const lo = parseValue(shape, text.slice(0, dots));
    if (isProblem(lo)) return lo;
    const hi = parseValue(shape, text.slice(dots + 2));
    if (isProblem(hi)) return hi;
    return lo <= hi ? { lo, hi } : problem("reversed-range", `the range ${text} starts above its end`, "write lo..hi");
  }
  const slash = text.indexOf("/");
  const value = parseValue(shape, slash < 0 ? text : text.slice(0, slash));
  if (isProblem(value)) return value;
  if (slash < 0) return { lo: value, hi: value };
  const mask = parseMask(shape, text.slice(slash + 1));
  if (isProblem(mask)) return mask;
  if (!isAddress(shape.format) || prefixLength(mask, shape.widthBits) === undefined) {
    return problem("mask-in-set", `a set holds values, ranges and prefixes, not the mask in ${text}`);
  }
  const cleared = hostBits(shape, text, value, mask);
  if (cleared !== undefined) report(cleared);
  return { lo: value & mask, hi: (value & mask) | (mask ^ allOnes(shape.widthBits)) };
}

/** The warning about bits below a mask, when there are any. */
export function hostBits(shape: ValueShape, text: string, value: bigint, mask: bigint): Problem | undefined {
  if ((value & mask) === value) return undefined;
  return {
    ...problem("host-bits", `${text} has bits that its mask leaves out; they are taken as zero`),
    severity: "warning",
    hint: `it means ${formatValue(shape, value & mask)}/${formatMask(shape, mask)}`,
  };
}

function parseNumberOrName(shape: ValueShape, text: string, names: Readonly<Record<string, number>>): bigint | Problem {
  const name = text.toLowerCase();
  if (Object.hasOwn(names, name)) return BigInt(names[name] ?? 0);
  const value = parseInteger(text);
  if (value === undefined) {
    const hint = Object.keys(names).length > 0 ? "a number, 0x number or name" : "a decimal or 0x number";
    return notA(shape, text, "a value", hint);
  }
  return checkWidth(shape, value) ?? value;
}

function parseFlags(shape: ValueShape, text: string): bigint | Problem {
  const value = parseTcpFlags(text) ?? parseInteger(text);
  if (value === undefined) {
    return notA(shape, text, "a number or flags", "such as syn|ack, of fin syn rst psh ack urg ece cwr ae");
  }
  return checkWidth(shape, value) ?? value;
}

function notA(shape: ValueShape, text: string, what: string, hint: string): Problem {
  return problem("bad-value", `${JSON.stringify(text)} is not ${what}, which ${shape.name} takes`, hint);
}

function formatHex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
