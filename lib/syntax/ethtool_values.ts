/**
 * Values as ethtool reads them: numbers by strtoull with base 0, MAC addresses with colons, IP addresses by inet_pton.
 *
 * @module
 */

import { assertNever } from "../diagnostics/assert_never.ts";
import type { Field } from "../model/field.ts";
import { isProblem, type Problem, problem, warning } from "../model/problem.ts";
import { checkWidth, parseValue, type ValueShape } from "../model/value_text.ts";
import { isOctal, parseCNumber } from "./c_number.ts";
import type { Report } from "./findings.ts";
import type { Word } from "./statement.ts";
import { quoteWord } from "./suggest.ts";

/** The value of a field, or undefined after an error was reported. */
export function readEthtoolValue(field: Field, word: Word, report: Report): bigint | undefined {
  const value = parseFieldValue(field, word.text);
  return isProblem(value) ? void report(value, word) : value;
}

/** An unsigned number that is about no field, or undefined after an error was reported. */
export function readEthtoolNumber(shape: ValueShape, word: Word, report: Report): bigint | undefined {
  const value = parseUnsigned(shape, word.text);
  if (isProblem(value)) return void report(value, word);
  const found = `ethtool takes ${word.text} as octal: it is ${value}`;
  if (isOctal(word.text)) report(warning("octal-number", found, "no leading 0"), word);
  return value;
}

function parseFieldValue(field: Field, text: string): bigint | Problem {
  switch (field.format) {
    case "mac":
      // ethtool wants colons, and six of two digits at most; it would let anything follow.
      return text.includes(":") && text.length <= 17 ? parseValue(field, text) : notAn(field, text, "a MAC address");
    case "ipv4":
      return text.length <= 15 ? parseValue(field, text) : notAn(field, text, "an IPv4 address");
    case "ipv6":
      return text.length <= 45 ? parseValue(field, text) : notAn(field, text, "an IPv6 address");
    case "decimal":
    case "hex":
    case "ethertype":
    case "protocol":
    case "tcp-flags":
      return parseUnsigned(field, text);
    default:
      return assertNever(field.format);
  }
}

/** strtoull: a sign is taken, and minus counts down from 2^64. */
function parseUnsigned(shape: ValueShape, text: string): bigint | Problem {
  const sign = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
  const number = parseCNumber(text.slice(sign), 0);
  if (number === undefined) {
    const hint = "decimal, 0x hexadecimal, or octal after a leading 0";
    return problem("bad-value", `${quoteWord(text)} is not a number, which ${shape.name} takes`, hint);
  }
  const value = text.startsWith("-") && number < 1n << 64n ? BigInt.asUintN(64, -number) : number;
  return checkWidth(shape, value) ?? value;
}

function notAn(field: Field, text: string, what: string): Problem {
  return problem("bad-value", `${quoteWord(text)} is not ${what}, which ${field.name} takes`);
}
