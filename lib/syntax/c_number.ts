/**
 * Numbers as C's strtoul reads them, for the syntaxes of tools written in C.
 *
 * @module
 */

import { type Problem, problem } from "../model/problem.ts";
import { checkWidth, type ValueShape } from "../model/value_text.ts";
import { quoteWord } from "./suggest.ts";

/** An unsigned number in a base; base 0 takes 0x for hexadecimal and a leading 0 for octal. Undefined for none. */
export function parseCNumber(text: string, base: 0 | 10 | 16): bigint | undefined {
  if (text.length > 40) return undefined;
  if (base !== 10 && /^0[xX][0-9a-fA-F]+$/.test(text)) return BigInt(text);
  if (base === 16) return /^[0-9a-fA-F]+$/.test(text) ? BigInt(`0x${text}`) : undefined;
  if (base === 0 && isOctal(text)) return BigInt(`0o${text}`);
  if (base === 0 && /^0\d/.test(text)) return undefined;
  return /^\d+$/.test(text) ? BigInt(text) : undefined;
}

/** Whether base 0 takes the number as octal where a reader may not expect it: `010` is 8. */
export function isOctal(text: string): boolean {
  return /^0[0-7]+$/.test(text);
}

/** {@link parseCNumber} that says what is wrong, the width of the field included. */
export function parseCValue(shape: ValueShape, text: string, base: 0 | 10 | 16): bigint | Problem {
  const value = parseCNumber(text, base);
  if (value !== undefined) return checkWidth(shape, value) ?? value;
  const kind = { 0: "decimal, 0x hexadecimal, or octal after a leading 0", 10: "decimal", 16: "hexadecimal" }[base];
  return problem("bad-value", `${quoteWord(text)} is not a number, which ${shape.name} takes`, kind);
}
