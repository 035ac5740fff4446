/**
 * What kefir prints for tc and ethtool is what they take: each rule that was recorded of either tool is read, printed for
 * both, and given to the real ones, which ask for the same fields, values and masks.
 */

import assert from "node:assert/strict";
import { FilterError, FilterSyntaxError } from "../../lib/diagnostics/errors.ts";
import type { Rule } from "../../lib/model/rule.ts";
import { printRule } from "../../lib/syntax/print.ts";
import { parseFilter } from "../../lib/syntax/rule_file.ts";
import type { SyntaxName } from "../../lib/syntax/syntax.ts";
import { conditionOf } from "./condition.ts";
import { readDifferences } from "./differences.ts";
import { ethtoolSays } from "./ethtool_says.ts";
import { type Fixture, readFixture } from "./fixture.ts";
import { joinFourBytes } from "./four_bytes.ts";
import { ruleText } from "./kefir_says.ts";
import { recordEthtool } from "./record_ethtool.ts";
import { LATER_TC, recordTc } from "./record_tc.ts";
import { recorderTest } from "./recorder_tier.ts";
import { tcSays } from "./tc_says.ts";

interface Recorded {
  readonly words: string;
}

/** The rules of a fixture that kefir reads as the tool does, by what they say. */
function readRules(fixture: string, syntax: SyntaxName, differences: string): Map<string, Rule> {
  const differing = new Set(readDifferences(differences).map(({ words }) => words));
  const { rules } = readFixture<Recorded>(fixture);
  return new Map(rules.filter(({ words }) => !differing.has(words)).flatMap(({ words }) => readRule(words, syntax)));
}

function readRule(words: string, syntax: SyntaxName): [string, Rule][] {
  try {
    return [...parseFilter(words, { syntax }).filter].map((rule) => [textOf(rule), rule]);
  } catch (error) {
    if (error instanceof FilterSyntaxError) return [];
    throw error;
  }
}

function textOf({ matches, action }: Rule): string {
  return ruleText(matches.map(conditionOf), action);
}

/** The rules that a syntax can say, with what it says. */
function printRules(rules: ReadonlyMap<string, Rule>, syntax: SyntaxName): { text: string; printed: string }[] {
  return Array.from(rules).flatMap(([text, rule]) => {
    try {
      return [{ text, printed: printRule(rule, syntax) }];
    } catch (error) {
      if (error instanceof FilterError) return [];
      throw error;
    }
  });
}

/** ethtool leaves out a field of which no bit is compared. */
function withoutPresence(text: string): string {
  const [conditions = "", action] = text.split(" => ");
  const rest = conditions.split(", ").filter((condition) => !condition.endsWith(" 0x0/0x0"));
  return joinFourBytes(`${rest.join(", ")} => ${action}`);
}

function check<One>(
  rules: ReadonlyMap<string, Rule>,
  syntax: SyntaxName,
  least: number,
  record: (printed: readonly string[]) => Fixture<One>,
  says: (recorded: One) => string,
  normalise: (text: string) => string = (text) => text,
): void {
  const printed = printRules(rules, syntax);
  assert.ok(printed.length >= least, `${printed.length} rules were printed`);
  const recorded = record(printed.map((one) => one.printed));
  for (const [index, one] of recorded.rules.entries()) {
    const { text, printed: words } = printed[index] ?? { text: "", printed: "" };
    assert.equal(normalise(says(one)), normalise(text), words);
  }
}

const ofTc = () => readRules("tc_flower.jsonl", "tc-flower", "tc_differences.txt");
const ofLaterTc = () => readRules("tc_flower_later.jsonl", "tc-flower", "tc_later_differences.txt");
const ofEthtool = () => readRules("ethtool.jsonl", "ethtool", "ethtool_differences.txt");

recorderTest("printRule() prints what tc reads in the same way", "tc_flower.jsonl", () => {
  check(ofTc(), "tc-flower", 250, recordTc, tcSays);
});

recorderTest("printRule() prints rules of ethtool so that tc reads the same", "tc_flower_later.jsonl", () => {
  const record = (printed: readonly string[]) => recordTc(printed, LATER_TC);
  check(new Map([...ofLaterTc(), ...ofEthtool()]), "tc-flower", 150, record, tcSays);
});

recorderTest("printRule() prints what ethtool reads in the same way, also rules of tc", "ethtool.jsonl", () => {
  check(new Map([...ofEthtool(), ...ofTc()]), "ethtool", 400, recordEthtool, ethtoolSays, withoutPresence);
});
