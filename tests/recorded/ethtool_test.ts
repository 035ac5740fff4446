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

Deno.test("parseRule() reads what ethtool passes to its ioctl", () => {
  const { rules } = readFixture<RecordedRule>("ethtool.jsonl");
  const comparisons = rules.map((recorded) => ({
    words: recorded.words,
    tool: joinFourBytes(ethtoolSays(recorded)),
    kefir: joinFourBytes(kefirSays(recorded.words, "ethtool")),
  }));
  assert.deepEqual(unexplained(comparisons, readDifferences("ethtool_differences.txt")), []);
});
