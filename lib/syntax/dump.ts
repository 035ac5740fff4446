/**
 * A filter as a person wants to see it who asks what is in it: every match in words. Not to be parsed, and not stable.
 *
 * @module
 */

import { assertNever } from "../diagnostics/assert_never.ts";
import { bytesForField, fieldNamed } from "../model/fields.ts";
import { createFilter, type FilterInput } from "../model/filter.ts";
import { counterpartOf, type Match } from "../model/match.ts";
import { type Rule, ruleId } from "../model/rule.ts";
import { formatRange, formatValue } from "../model/value_text.ts";
import { bigintToBytes } from "../net/bytes.ts";
import { printFileName } from "./kefir_tokens.ts";

/**
 * All rules and matches of a filter as a text for people, as libkefir's `kefir_filter_dump` prints one: a rule's number, id
 * and place, then a line for each match with what its field is, the operator, the value, and in hexadecimal the bits that
 * are compared; last the default. The form may change: {@link printFilter} is for what is read again.
 */
export function dumpFilter(input: FilterInput): string {
  const filter = createFilter(input);
  const rules = filter.rules.map((rule, index) => dumpRule(rule, index));
  return `${[...rules.flat(), `default: ${filter.defaultAction}`].join("\n")}\n`;
}

function dumpRule(rule: Rule, index: number): string[] {
  const { source, matches, action } = rule;
  const place = source?.line === undefined ? "" : `, ${printFileName(source.file ?? "line")}:${source.line}`;
  const rows = matches.map(cellsOf);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const lines = rows.map((cells, match) =>
    `    match ${match}: ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd()
  );
  return [`rule ${index}: ${action} (${ruleId(rule)}${place})`, ...lines];
}

/** What the field is, its name, operator, value and mask. */
function cellsOf({ field: name, operator, operand }: Match): readonly string[] {
  const field = fieldNamed(name);
  const mask = operand.mask === undefined ? "" : `mask ${hex(operand.mask, bytesForField(field))}`;
  const cells = (value: string) => [field.description, name, operator, mask === "" ? value : `${value}  ${mask}`];
  switch (operand.kind) {
    case "value":
      return cells(formatValue(field, operand.value));
    case "set": {
      const own = operand.ranges.map((range) => formatRange(field, range));
      const others = (operand.ipv6Ranges ?? []).map((range) => formatRange(counterpartOf(field), range));
      const entries = [...own, ...others].join(", ");
      return cells(entries === "" ? "{}" : `{ ${entries} }`);
    }
    case "list":
      return cells(`the list ${printFileName(operand.file)}`);
    default:
      return assertNever(operand);
  }
}

/** Bytes in packet order. */
function hex(value: bigint, bytes: number): string {
  return Array.from(bigintToBytes(value, bytes), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
