/**
 * Records anew what the real tools say: `deno run -A tests/recorded/record.ts [tc] [ethtool]`. Needs root, the tools, strace and
 * clang.
 *
 * @module
 */

import { writeFixture } from "./fixture.ts";
import { recordEthtool } from "./record_ethtool.ts";
import { recordTc } from "./record_tc.ts";
import { readRuleList } from "./rule_list.ts";

const RECORDERS: Readonly<Record<string, () => void>> = {
  tc: () => writeFixture("tc_flower.jsonl", recordTc(readRuleList("tc_rules.txt"))),
  ethtool: () => writeFixture("ethtool.jsonl", recordEthtool(readRuleList("ethtool_rules.txt"))),
};

const names = Deno.args.length > 0 ? Deno.args : Object.keys(RECORDERS);
for (const name of names) {
  const record = RECORDERS[name];
  if (record === undefined) throw new Error(`there is no recorder "${name}": ${Object.keys(RECORDERS).join(", ")}`);
  record();
}
