/**
 * Records anew what the real tools say: `deno run -A tests/recorded/record.ts [tc] [tc-later] [ethtool]`. Needs root, the tools, strace,
 * clang, and for `tc-later` the variable KEFIR_TC with the path of iproute2 6.15's tc.
 *
 * @module
 */

import { writeFixture } from "./fixture.ts";
import { recordEthtool } from "./record_ethtool.ts";
import { LATER_TC, recordTc } from "./record_tc.ts";
import { readRuleList } from "./rule_list.ts";

const RECORDERS: Readonly<Record<string, () => void>> = {
  tc: () => writeFixture("tc_flower.jsonl", recordTc(readRuleList("tc_rules.txt"))),
  "tc-later": () => writeFixture("tc_flower_later.jsonl", recordTc(readRuleList("tc_later_rules.txt"), LATER_TC)),
  ethtool: () => writeFixture("ethtool.jsonl", recordEthtool(readRuleList("ethtool_rules.txt"))),
};

const names = Deno.args.length > 0
  ? Deno.args
  : Object.keys(RECORDERS).filter((name) => name !== "tc-later" || LATER_TC !== undefined);
for (const name of names) {
  const record = RECORDERS[name];
  if (record === undefined) throw new Error(`there is no recorder "${name}": ${Object.keys(RECORDERS).join(", ")}`);
  record();
}
