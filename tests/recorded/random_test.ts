/**
 * Random rules of tc and ethtool, given to the real tools: where a tool and kefir both read one, they read the same; and
 * what kefir prints of it, in either syntax, the tools read as the same rule.
 */

import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import type { Rule } from "../../lib/model/rule.ts";
import { parseFilter } from "../../lib/syntax/rule_file.ts";
import type { SyntaxName } from "../../lib/syntax/syntax.ts";
import { settingsFor } from "../random/settings.ts";
import { ethtoolRule } from "../syntax/arbitrary_ethtool.ts";
import { flowerWords } from "../syntax/arbitrary_flower.ts";
import { ethtoolSays } from "./ethtool_says.ts";
import { kefirSays } from "./kefir_says.ts";
import { asEthtoolSays, checkPrintedForEthtool, checkPrintedForTc, isOfAnyTc } from "./printed.ts";
import { recordEthtool } from "./record_ethtool.ts";
import { LATER_TC, recordTc } from "./record_tc.ts";
import { recorderTest } from "./recorder_tier.ts";
import { tcSays } from "./tc_says.ts";

recorderTest("random rules of tc are read and printed as tc reads them", "tc_flower.jsonl", () => {
  checkFlower(150);
});

recorderTest("random rules of a later tc are read and printed as it reads them", "tc_flower_later.jsonl", () => {
  checkFlower(150, LATER_TC);
});

recorderTest("random rules of ethtool are read and printed as ethtool reads them", "ethtool.jsonl", () => {
  repeatably(200, (seed, numRuns) => {
    const texts = sample(ethtoolRule.map(({ words }) => words), seed, numRuns);
    const rules = recordEthtool(texts).rules.flatMap((recorded) => {
      const [tool, kefir] = [ethtoolSays(recorded), kefirSays(recorded.words, "ethtool")];
      if (!isRule(tool) || !isRule(kefir)) return [];
      assert.equal(asEthtoolSays(kefir), asEthtoolSays(tool), recorded.words);
      return readRules(recorded.words, "ethtool");
    });
    assert.ok(rules.length > numRuns / 2, `${rules.length} rules were read`);
    checkPrintedForEthtool(rules);
    checkPrintedForTc(rules.filter(isOfAnyTc));
  });
});

function checkFlower(usualRuns: number, tc?: string): void {
  repeatably(usualRuns, (seed, numRuns) => {
    // tc wants the device; -batch has filter as its first word.
    const texts = sample(flowerWords, seed, numRuns).map((text) =>
      text.replace(/\bdev \S+/, "dev left").replace(/^filter/, "tc filter")
    );
    const rules = recordTc(texts, tc).rules.flatMap((recorded) => {
      const [tool, kefir] = [tcSays(recorded), kefirSays(recorded.words, "tc-flower")];
      if (!isRule(kefir)) return [];
      if (isRule(tool) && !isMistaken(recorded.words, tool)) assert.equal(kefir, tool, recorded.words);
      return readRules(recorded.words, "tc-flower");
    });
    assert.ok(rules.length > numRuns / 10, `${rules.length} rules were read`);
    checkPrintedForTc(tc === undefined ? rules.filter(isOfAnyTc) : rules, tc);
    checkPrintedForEthtool(rules);
  });
}

/** The first of the differences that are listed: a type as TPID, and a MAC's mask of no bits. */
function isMistaken(words: string, tool: string): boolean {
  return /svlan\.tpid (?!0x8100|0x88a8)/.test(tool) || /:[0-9a-f]+\/0(?: |$)/i.test(words);
}

function isRule(says: string): boolean {
  return says.includes(" => ");
}

function readRules(words: string, syntax: SyntaxName): Rule[] {
  return [...parseFilter(words, { syntax }).filter];
}

function sample(words: fc.Arbitrary<readonly string[]>, seed: number, numRuns: number): string[] {
  return [...new Set(fc.sample(words, { seed, numRuns }).map((one) => one.join(" ")))];
}

function repeatably(usualRuns: number, body: (seed: number, numRuns: number) => void): void {
  const { seed, numRuns, again } = settingsFor(usualRuns);
  try {
    body(seed, numRuns);
  } catch (error) {
    throw new Error(`again with ${again}`, { cause: error });
  }
}
