/**
 * What kefir prints for tc and ethtool is what they take: each rule that was recorded of either tool is read, printed for
 * both, and given to the real ones, which ask for the same fields, values and masks.
 */

import assert from "node:assert/strict";
import { FilterSyntaxError } from "../../lib/diagnostics/errors.ts";
import type { Rule } from "../../lib/model/rule.ts";
import { parseFilter } from "../../lib/syntax/rule_file.ts";
import type { SyntaxName } from "../../lib/syntax/syntax.ts";
import { readFixture } from "./fixture.ts";
import { checkPrintedForEthtool, checkPrintedForTc, isOfAnyTc, textOf } from "./printed.ts";
import { LATER_TC } from "./record_tc.ts";
import { recorderTest } from "./recorder_tier.ts";

const ofTc = () => readRules("tc_flower.jsonl", "tc-flower");
const ofLaterTc = () => readRules("tc_flower_later.jsonl", "tc-flower");
const ofEthtool = () => readRules("ethtool.jsonl", "ethtool");

recorderTest("printRule() prints what tc reads in the same way, also rules of ethtool", "tc_flower.jsonl", () => {
  const count = checkPrintedForTc(distinct([...ofTc(), ...ofEthtool()]).filter(isOfAnyTc));
  assert.ok(count > 500, `${count} rules were printed`);
});

recorderTest("printRule() prints what a later tc reads in the same way", "tc_flower_later.jsonl", () => {
  const count = checkPrintedForTc(
    distinct([...ofLaterTc(), ...[...ofTc(), ...ofEthtool()].filter((rule) => !isOfAnyTc(rule))]),
    LATER_TC,
  );
  assert.ok(count > 30, `${count} rules were printed`);
});

recorderTest("printRule() prints what ethtool reads in the same way, also rules of tc", "ethtool.jsonl", () => {
  const count = checkPrintedForEthtool(distinct([...ofEthtool(), ...ofTc()]));
  assert.ok(count > 400, `${count} rules were printed`);
});

/** The rules of a fixture that kefir reads. */
function readRules(fixture: string, syntax: SyntaxName): Rule[] {
  const { rules } = readFixture<{ readonly words: string }>(fixture);
  return rules.flatMap(({ words }) => readRule(words, syntax));
}

function readRule(words: string, syntax: SyntaxName): Rule[] {
  try {
    return [...parseFilter(words, { syntax }).filter];
  } catch (error) {
    if (error instanceof FilterSyntaxError) return [];
    throw error;
  }
}

function distinct(rules: readonly Rule[]): Rule[] {
  return [...new Map(rules.map((rule) => [textOf(rule), rule])).values()];
}
