/**
 * Rules in kefir's own syntax.
 *
 * @module
 */

import { fieldNamed } from "../model/fields.ts";
import { counterpartOf, type Match } from "../model/match.ts";
import { allOnes } from "../net/bytes.ts";
import { assertNever } from "../diagnostics/assert_never.ts";
import { formatMask, formatRange, formatValue } from "../model/value_text.ts";
import type { Rule } from "../model/rule.ts";
import { printFileName } from "./kefir_tokens.ts";

/** A rule as kefir's own syntax has it. */
export function printKefirRule(rule: Rule): string {
  const label = rule.name === undefined ? "" : `${rule.name}: `;
  const matches = rule.matches.map(printKefirMatch).join(" and ");
  return label + rule.action + (matches === "" ? "" : ` ${matches}`);
}

/** A match as kefir's own syntax has it. */
export function printKefirMatch(match: Match): string {
  const field = fieldNamed(match.field);
  const { operand, operator } = match;
  const masked = operand.mask === undefined ? field.name : `${field.name} & ${maskText(operand.mask)}`;
  switch (operand.kind) {
    case "value": {
      const value = formatValue(field, operand.value);
      if (operand.mask === undefined) return `${field.name} ${operator} ${value}`;
      return `${field.name} ${operator} ${value}/${formatMask(field, operand.mask)}`;
    }
    case "set": {
      const entries = [
        ...operand.ranges.map((range) => formatRange(field, range)),
        ...(operand.ipv6Ranges ?? []).map((range) => formatRange(counterpartOf(field), range)),
      ];
      const isPlain = entries.length === 1;
      return `${masked} ${operator} ${
        isPlain ? entries[0] : entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`
      }`;
    }
    case "list":
      return `${masked} ${operator} @${printFileName(operand.file)}`;
    default:
      return assertNever(operand);
  }

  function maskText(mask: bigint): string {
    return mask === allOnes(field.widthBits) ? `0x${mask.toString(16)}` : formatMask(field, mask);
  }
}
