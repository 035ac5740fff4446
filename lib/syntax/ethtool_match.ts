/**
 * `FIELD VALUE [m MASK]` of ethtool as a match, with warnings where a value or a mask is easily taken for another.
 *
 * @module
 */

import type { Field } from "../model/field.ts";
import { freezeMatch, type Match } from "../model/match.ts";
import { type Problem, warning } from "../model/problem.ts";
import { checkWidth, formatMask, formatValue, isAddress } from "../model/value_text.ts";
import { allOnes, prefixLength } from "../net/bytes.ts";
import { isOctal } from "./c_number.ts";
import { readEthtoolValue } from "./ethtool_values.ts";
import type { Report } from "./findings.ts";
import { hostBitsWarning } from "./readings.ts";
import type { Word } from "./statement.ts";

/**
 * The match; undefined after an error was reported. Bits that are set in a mask are ignored: a mask that has all of them
 * leaves nothing to match, and an empty list.
 */
export function readEthtoolMatch(
  field: Field,
  word: Word,
  maskWord: Word | undefined,
  report: Report,
): readonly Match[] | undefined {
  const value = readEthtoolValue(field, word, report);
  const ignored = maskWord === undefined ? 0n : readEthtoolValue(field, maskWord, report);
  if (value === undefined || ignored === undefined) return undefined;
  const octal = octalWarning(field, word, value, (decimal) => matchOf(field, decimal, ignored));
  if (octal !== undefined) report(octal, word);
  if (maskWord === undefined) return [freezeMatch(field, "==", { kind: "value", value })];
  const octalMask = octalWarning(field, maskWord, ignored, (decimal) => matchOf(field, value, decimal));
  if (octalMask !== undefined) report(octalMask, maskWord);
  const inverted = invertedMask(field, value, ignored);
  if (inverted !== undefined) {
    report(inverted, maskWord);
  } else {
    const cleared = hostBitsWarning(word.text, { field, value, mask: allOnes(field.widthBits) ^ ignored });
    if (cleared !== undefined) report(cleared, word);
  }
  return ignored === allOnes(field.widthBits) ? [] : [matchOf(field, value, ignored)];
}

function matchOf(field: Field, value: bigint, ignored: bigint): Match {
  const mask = allOnes(field.widthBits) ^ ignored;
  return freezeMatch(field, "==", { kind: "value", value: value & mask, mask });
}

/** A warning about a mask that would make sense the other way round: as one of the bits to compare. */
function invertedMask(field: Field, value: bigint, ignored: bigint): Problem | undefined {
  const compared = allOnes(field.widthBits) ^ ignored;
  if (ignored === 0n || value !== 0n && (value & ignored) === 0n) return undefined;
  const isNetmask = isAddress(field.format) && compared !== 0n && prefixLength(ignored, field.widthBits) !== undefined;
  const isWhollyIgnored = value !== 0n && (value & compared) === 0n;
  if (!isNetmask && !isWhollyIgnored) return undefined;
  const means = compared === 0n
    ? `any ${field.name}`
    : `${field.name} == ${formatValue(field, value & compared)}/${formatMask(field, compared)}`;
  const written = compared === 0n ? "" : ` m ${formatValue(field, compared)}`;
  return warning(
    "inverted-mask",
    `ethtool ignores the bits that are set in a mask: this means ${means}`,
    `to compare those bits, write ${formatValue(field, value)}${written}`,
    freezeMatch(field, "==", { kind: "value", value: value & ignored, mask: ignored }),
  );
}

function octalWarning(
  field: Field,
  { text }: Word,
  value: bigint,
  readingOf: (decimal: bigint) => Match,
): Problem | undefined {
  if (isAddress(field.format) || !isOctal(text)) return undefined;
  const decimal = BigInt(text);
  const reading = decimal === value || checkWidth(field, decimal) !== undefined ? undefined : readingOf(decimal);
  return warning("octal-number", `ethtool takes ${text} as octal: it is ${value}`, "no leading 0", reading);
}
