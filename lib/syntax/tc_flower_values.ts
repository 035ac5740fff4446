/**
 * What all ways to read and write the values of tc's flower classifier have in common: masks, bases, and warnings about
 * numbers that tc reads otherwise than they look.
 *
 * @module
 */

import type { Field } from "../model/field.ts";
import { freezeMatch, type Match } from "../model/match.ts";
import { isProblem, type Problem, problem, warning } from "../model/problem.ts";
import { checkWidth } from "../model/value_text.ts";
import { isOctal, parseCNumber } from "./c_number.ts";
import { hostBitsWarning } from "./readings.ts";
import { TC_LATER_NAMES } from "./tc_names.ts";

/** Takes warnings about a value. */
export type Tell = (found: Problem) => void;

/** `value/mask`, or the value alone. */
export function printValue(
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

/** The problem with a match that is more than one value and a mask. */
export function several({ field, operator }: Match): Problem {
  return problem("cannot-express", `${field} ${operator} is more than one value and a mask`);
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

/**
 * Warns about digits that look decimal where tc reads hexadecimal, in a value, a mask or both; `readingOf` makes the
 * match that they look like, undefined standing for a part that does not look so.
 */
export function hexadecimal(
  parts: { readonly value?: string; readonly mask?: string | undefined },
  tell: Tell,
  readingOf: (value: bigint | undefined, mask: bigint | undefined) => Match | Problem,
): void {
  const [value, mask] = [parts.value, parts.mask].map(looksDecimal);
  if (value === undefined && mask === undefined) return;
  const texts = [parts.value, parts.mask].filter((part) => looksDecimal(part) !== undefined);
  const reading = readingOf(value, mask);
  const meant = texts.map((text) => BigInt(`0x${text}`)).join("/");
  const message = `tc takes ${texts.join("/")} as hexadecimal: it is ${meant}`;
  const hint = texts.map((text) => `0x${text}`).join("/");
  tell(warning("hexadecimal-number", message, hint, isProblem(reading) ? undefined : reading));
}

function looksDecimal(text: string | undefined): bigint | undefined {
  return text !== undefined && /^[1-9]\d{1,9}$/.test(text) ? BigInt(text) : undefined;
}

/** As {@link hexadecimal} for numbers that tc takes as octal. */
export function octal(text: string, tell: Tell, readingOf: (decimal: bigint) => Match | Problem): void {
  if (!isOctal(text)) return;
  const reading = readingOf(BigInt(text));
  const message = `tc takes ${text} as octal: it is ${parseCNumber(text, 0)}`;
  tell(warning("octal-number", message, "no leading 0", isProblem(reading) ? undefined : reading));
}

/** The match that a reader makes of a value and a mask, or the problem with them. */
export function readAs(field: Field, value: bigint | Problem, mask?: bigint | Problem): Match | Problem {
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

/** The name of a number that is printed for it. */
export function nameOf(names: ReadonlyMap<string, number>, value: bigint): string | undefined {
  return [...names].find(([name, number]) => BigInt(number) === value && !TC_LATER_NAMES.has(name))?.[0];
}

/** A number as people write it. */
export function decimal(value: bigint): string {
  return value.toString();
}

/** A number with 0x, which tc takes wherever it reads hexadecimal or C's numbers. */
export function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
