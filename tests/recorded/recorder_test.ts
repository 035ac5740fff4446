/**
 * The fixtures are what the real tools say here, when they are of the version that was recorded.
 */

import assert from "node:assert/strict";
import { run } from "../kernel/support.ts";
import { type Fixture, readFixture } from "./fixture.ts";
import { ethtoolVersion, recordEthtool } from "./record_ethtool.ts";
import { LATER_TC, recordTc, tcVersion } from "./record_tc.ts";
import { readRuleList } from "./rule_list.ts";

recorderTest("tc_flower.jsonl", "strace", () => tcVersion(), () => recordTc(readRuleList("tc_rules.txt")));
recorderTest("ethtool.jsonl", "clang", ethtoolVersion, () => recordEthtool(readRuleList("ethtool_rules.txt")));
recorderTest("tc_flower_later.jsonl", "tc-6.15", () => tcVersion(LATER_TC), () => {
  return recordTc(readRuleList("tc_later_rules.txt"), LATER_TC);
});

/** A test that records anew; a named skip where the tool is not what was recorded, unless KEFIR_REQUIRE lists `needs`. */
function recorderTest(name: string, needs: string, version: () => string, record: () => Fixture<unknown>): void {
  const fixture = readFixture(name);
  const isRequired = (Deno.env.get("KEFIR_REQUIRE") ?? "").split(",").includes(needs);
  const reason = isRequired ? undefined : whyNot(version, fixture.tool);
  const title = `${name} is what the real tool says`;
  Deno.test({
    name: reason === undefined ? title : `${title} [skipped: ${reason}]`,
    ignore: reason !== undefined,
    fn: () => {
      const { tool, rules } = record();
      assert.equal(tool, fixture.tool);
      assert.equal(rules.length, fixture.rules.length);
      for (const [index, rule] of rules.entries()) assert.deepEqual(rule, fixture.rules[index]);
    },
  });
}

function whyNot(version: () => string, recorded: string): string | undefined {
  if (Deno.uid() !== 0) return "only root makes network namespaces";
  try {
    for (const tool of ["strace", "clang"]) run(tool, ["--version"]);
    return version() === recorded ? undefined : `the tool is ${version()}, not ${recorded}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
