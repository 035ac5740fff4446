/**
 * What kefir prints, given to the real tools.
 *
 * @module
 */

import assert from "node:assert/strict";
import { FilterError } from "../../lib/diagnostics/errors.ts";
import type { Rule } from "../../lib/model/rule.ts";
import { printRule } from "../../lib/syntax/print.ts";
import type { SyntaxName } from "../../lib/syntax/syntax.ts";
import { conditionOf } from "./condition.ts";
import { ethtoolSays } from "./ethtool_says.ts";
import { joinFourBytes } from "./four_bytes.ts";
import { ruleText } from "./kefir_says.ts";
import { recordEthtool } from "./record_ethtool.ts";
import { recordTc } from "./record_tc.ts";
import { tcSays } from "./tc_says.ts";

/** {@link ruleText} of a rule. */
export function textOf({ matches, action }: Rule): string {
  return ruleText(matches.map(conditionOf), action);
}

/** Whether the tc of Debian 12 has keywords for the rule: it lacks some, and ranges of ports from 0. */
export function isOfAnyTc({ matches }: Rule): boolean {
  return !matches.some(({ field, operand }) => {
    if (operand.kind === "set") return operand.ranges.at(0)?.lo === 0n;
    const isPresence = operand.kind === "value" && operand.mask === 0n;
    return /^(?:esp\.spi|ah\.spi|l2tp\.|cfm\.)/.test(field) && !isPresence;
  });
}

/** Prints rules for tc, and checks that it reads them as they are; how many could be printed. */
export function checkPrintedForTc(rules: readonly Rule[], tc?: string): number {
  const printed = printRules(rules, "tc-flower");
  const recorded = recordTc(printed.map(({ words }) => words), tc);
  for (const [index, one] of recorded.rules.entries()) {
    assert.equal(tcSays(one), printed[index]?.text, `${one.words} (${one.refused?.says})`);
  }
  return printed.length;
}

/** Prints rules for ethtool, and checks that it reads them as they are; how many could be printed. */
export function checkPrintedForEthtool(rules: readonly Rule[]): number {
  const printed = printRules(rules, "ethtool");
  const recorded = recordEthtool(printed.map(({ words }) => words));
  for (const [index, one] of recorded.rules.entries()) {
    assert.equal(asEthtoolSays(ethtoolSays(one)), asEthtoolSays(printed[index]?.text ?? ""), one.words);
  }
  return printed.length;
}

/** ethtool leaves out a field of which no bit is compared, and does not say what the four bytes above IP are. */
export function asEthtoolSays(text: string): string {
  const [conditions = "", action] = text.split(" => ");
  if (action === undefined) return text;
  const rest = conditions.split(", ").filter((condition) => !condition.endsWith(" 0x0/0x0"));
  return joinFourBytes(`${rest.join(", ")} => ${action}`);
}

/** The rules that a syntax can say. */
function printRules(rules: readonly Rule[], syntax: SyntaxName): { text: string; words: string }[] {
  return rules.flatMap((rule) => {
    try {
      return [{ text: textOf(rule), words: printRule(rule, syntax) }];
    } catch (error) {
      if (error instanceof FilterError) return [];
      throw error;
    }
  });
}
