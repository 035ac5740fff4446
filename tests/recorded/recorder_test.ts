/**
 * The fixtures are what the real tools say here, when they are of the version that was recorded.
 */

import assert from "node:assert/strict";
import { type Fixture, readFixture } from "./fixture.ts";
import { recordEthtool } from "./record_ethtool.ts";
import { LATER_TC, recordTc } from "./record_tc.ts";
import { type FixtureName, recorderTest } from "./recorder_tier.ts";
import { readRuleList } from "./rule_list.ts";

isRecorded("tc_flower.jsonl", () => recordTc(readRuleList("tc_rules.txt")));
isRecorded("tc_flower_later.jsonl", () => recordTc(readRuleList("tc_later_rules.txt"), LATER_TC));
isRecorded("ethtool.jsonl", () => recordEthtool(readRuleList("ethtool_rules.txt")));

function isRecorded(name: FixtureName, record: () => Fixture<unknown>): void {
  recorderTest(`${name} is what the real tool says`, name, () => {
    const fixture = readFixture(name);
    const { tool, rules } = record();
    assert.equal(tool, fixture.tool);
    assert.equal(rules.length, fixture.rules.length);
    for (const [index, rule] of rules.entries()) assert.deepEqual(rule, fixture.rules[index]);
  });
}
