/**
 * From words that were read to a match: each problem is reported at the word that it is about.
 *
 * @module
 */

import type { Field } from "../model/field.ts";
import {
  counterpartOf,
  freezeMatch,
  isCounterpartEntry,
  joinRanges,
  type Match,
  type Range,
  type Ranges,
} from "../model/match.ts";
import type { Operator } from "../model/operator.ts";
import { isProblem, type Problem, problem } from "../model/problem.ts";
import { parseMask, parseValue } from "../model/value_text.ts";
import { checkLength, EntryColumns, type EntryReport, readEntry } from "./entry_columns.ts";
import type { Report } from "./findings.ts";
import { EntryWarnings, hostBitsWarning } from "./readings.ts";
import type { Word } from "./statement.ts";

/** What a match is made of. */
export interface MatchWords {
  readonly field: Field;
  readonly operator: Operator;
  /** Bits to compare, written apart from the value. */
  readonly mask?: Word | undefined;
}

/** `field operator value`, where the value may have its mask after a `/`; undefined after an error. */
export function buildValueMatch(parts: MatchWords, word: Word, report: Report): Match | undefined {
  const { field, operator } = parts;
  const mask = maskOf(parts, report);
  const slash = word.text.indexOf("/");
  if (slash >= 0 && parts.mask !== undefined) {
    return void report(problem("two-masks", `${field.name} has a mask already`, "write one of the two"), word);
  }
  const value = placed(checkLength(word) ?? parseValue(field, slash < 0 ? word.text : word.text.slice(0, slash)));
  const bits = slash < 0 || value === undefined ? mask : placed(parseMask(field, word.text.slice(slash + 1)));
  if (value === undefined || bits === undefined && slash >= 0 || isFailedMask(parts, mask)) return undefined;
  if (bits === undefined) return freezeMatch(field, operator, { kind: "value", value });
  const cleared = hostBitsWarning(word.text, { field, operator, value, mask: bits });
  if (cleared !== undefined) report(cleared, word);
  return freezeMatch(field, operator, { kind: "value", value: value & bits, mask: bits });

  function placed(result: bigint | Problem): bigint | undefined {
    if (!isProblem(result)) return result;
    report(result, word);
    return undefined;
  }
}

/** `field in` the entries: values, ranges and prefixes, of both families where the field allows it. */
export function buildSetMatch(parts: MatchWords, entries: readonly Word[], report: Report): Match | undefined {
  const { field, operator } = parts;
  const mask = maskOf(parts, report);
  const warnings = new EntryWarnings(field, report);
  const isMany = entries.length > FEW_ENTRIES;
  const set = isMany ? readMany(field, entries, report, mask) : readEntries(field, entries, warnings.take, mask);
  const match = set === undefined || isFailedMask(parts, mask)
    ? undefined
    : freezeMatch(field, operator, { kind: "set", ...set, ...(mask !== undefined && { mask }) });
  warnings.flush(match);
  return match;
}

/** `field in` what a file lists. */
export function buildListMatch(parts: MatchWords, file: string, report: Report): Match | undefined {
  const mask = maskOf(parts, report);
  if (isFailedMask(parts, mask)) return undefined;
  return freezeMatch(parts.field, parts.operator, { kind: "list", file, ...(mask !== undefined && { mask }) });
}

/** The ranges that entries spell, joined, by family; undefined after an error. */
function readEntries(
  field: Field,
  entries: readonly Word[],
  report: EntryReport,
  mask: bigint | undefined,
): { readonly ranges: Ranges; readonly ipv6Ranges?: Ranges } | undefined {
  const ranges: Range[] = [];
  const ipv6Ranges: Range[] = [];
  let failed = false;
  for (const entry of entries) {
    const isOther = isCounterpartEntry(field, entry.text, mask);
    const range = readEntry(isOther ? counterpartOf(field) : field, entry, report);
    if (range === undefined) failed = true;
    else (isOther ? ipv6Ranges : ranges).push(range);
  }
  if (failed) return undefined;
  return { ranges: joinRanges(ranges), ...(ipv6Ranges.length > 0 && { ipv6Ranges: joinRanges(ipv6Ranges) }) };
}

/** Up to so many, columns take longer to make than they save. */
const FEW_ENTRIES = 64;

function readMany(field: Field, entries: readonly Word[], report: Report, mask: bigint | undefined) {
  const columns = new EntryColumns(field, mask);
  let failed = false;
  for (const entry of entries) {
    if (!columns.addAddress(entry.text, 0, entry.text.length) && !columns.addEntry(entry, report)) failed = true;
  }
  return failed ? undefined : columns.join();
}

function maskOf({ field, mask }: MatchWords, report: Report): bigint | undefined {
  if (mask === undefined) return undefined;
  const bits = checkLength(mask) ?? parseMask(field, mask.text);
  if (!isProblem(bits)) return bits;
  report(bits, mask);
  return undefined;
}

function isFailedMask(parts: MatchWords, mask: bigint | undefined): boolean {
  return parts.mask !== undefined && mask === undefined;
}
