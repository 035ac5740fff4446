/**
 * What kefir makes of each recorded rule of ethtool is what ethtool asks the card for: the same fields, values and masks.
 */

import assert from "node:assert/strict";
import { unexplained } from "./compare.ts";
import { readDifferences } from "./differences.ts";
import { ethtoolSays } from "./ethtool_says.ts";
import { readFixture } from "./fixture.ts";
import { joinFourBytes } from "./four_bytes.ts";
import { kefirSays } from "./kefir_says.ts";
import type { RecordedRule } from "./record_ethtool.ts";
import { expandRules } from "./rule_list.ts";

const pending = new Set(expandRules(Deno.readTextFileSync(new URL("ethtool_pending.txt", import.meta.url))));

Deno.test("parseRule() reads what ethtool passes to its ioctl", () => {
  const { rules } = readFixture<RecordedRule>("ethtool.jsonl");
  const comparisons = rules.filter(({ words }) => !pending.has(words)).map((recorded) => ({
    words: recorded.words,
    tool: joinFourBytes(ethtoolSays(recorded)),
    kefir: joinFourBytes(kefirSays(recorded.words, "ethtool")),
  }));
  const differences = readDifferences("ethtool_differences.txt").filter(({ words }) => !pending.has(words));
  assert.deepEqual(unexplained(comparisons, differences), []);
});
