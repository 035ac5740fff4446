/**
 * Filters and rules as kefir's JSON.
 *
 * @module
 */

import { assertNever } from "../diagnostics/assert_never.ts";
import { fieldNamed } from "../model/fields.ts";
import type { Filter } from "../model/filter.ts";
import { counterpartOf, type Match } from "../model/match.ts";
import type { Rule } from "../model/rule.ts";
import { formatMask, formatRange, formatValue } from "../model/value_text.ts";

/** The version that the documents say. */
const VERSION = 1;

/** A filter as a JSON document: one rule a line, so that a difference is a line. */
export function printJsonFilter(filter: Filter): string {
  const rules = filter.rules.map((rule) => `    ${printJsonRule(rule)}`).join(",\n");
  const list = rules === "" ? "[]" : `[\n${rules}\n  ]`;
  return `{\n  "kefir": ${VERSION},\n  "default": "${filter.defaultAction}",\n  "rules": ${list}\n}\n`;
}

/** A rule as a JSON object on one line. */
export function printJsonRule(rule: Rule): string {
  const { name, action, source } = rule;
  return JSON.stringify({
    ...(name !== undefined && { name }),
    action,
    matches: rule.matches.map(matchObject),
    ...(source !== undefined && { source }),
  });
}

function matchObject({ field: name, operator, operand }: Match): Record<string, unknown> {
  const field = fieldNamed(name);
  const mask = operand.mask === undefined ? {} : { mask: formatMask(field, operand.mask) };
  switch (operand.kind) {
    case "value":
      return { field: name, operator, value: formatValue(field, operand.value), ...mask };
    case "set": {
      const set = operand.ranges.map((range) => formatRange(field, range));
      for (const range of operand.ipv6Ranges ?? []) set.push(formatRange(counterpartOf(field), range));
      return { field: name, operator, set, ...mask };
    }
    case "list":
      return { field: name, operator, list: operand.file, ...mask };
    default:
      return assertNever(operand);
  }
}
