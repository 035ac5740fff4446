/**
 * What kefir makes of each recorded rule of tc is what tc asks the kernel for: the same fields, values and masks.
 */

import assert from "node:assert/strict";
import { unexplained } from "./compare.ts";
import { readDifferences } from "./differences.ts";
import { readFixture } from "./fixture.ts";
import { kefirSays } from "./kefir_says.ts";
import type { RecordedRule } from "./record_tc.ts";
import { tcSays } from "./tc_says.ts";

for (
  const [fixture, list] of [["tc_flower.jsonl", "tc_differences.txt"], [
    "tc_flower_later.jsonl",
    "tc_later_differences.txt",
  ]] as const
) {
  const { tool, rules } = readFixture<RecordedRule>(fixture);
  Deno.test(`parseRule() reads what ${tool} sends`, () => {
    const comparisons = rules.map((recorded) => ({
      words: recorded.words,
      tool: tcSays(recorded),
      kefir: kefirSays(recorded.words, "tc-flower"),
    }));
    assert.deepEqual(unexplained(comparisons, readDifferences(list)), []);
  });
}
