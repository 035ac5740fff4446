/**
 * What kefir makes of each recorded rule of tc is what tc asks the kernel for: the same fields, values and masks.
 */

import assert from "node:assert/strict";
import { unexplained } from "./compare.ts";
import { readDifferences } from "./differences.ts";
import { readFixture } from "./fixture.ts";
import { kefirSays } from "./kefir_says.ts";
import type { RecordedRule } from "./record_tc.ts";
import { expandRules } from "./rule_list.ts";
import { tcSays } from "./tc_says.ts";

const pending = new Set(expandRules(Deno.readTextFileSync(new URL("tc_pending.txt", import.meta.url))));

Deno.test("parseRule() reads what tc sends", () => {
  const { rules } = readFixture<RecordedRule>("tc_flower.jsonl");
  const comparisons = rules.filter(({ words }) => !pending.has(words)).map((recorded) => ({
    words: recorded.words,
    tool: tcSays(recorded),
    kefir: kefirSays(recorded.words, "tc-flower"),
  }));
  const differences = readDifferences("tc_differences.txt").filter(({ words }) => !pending.has(words));
  assert.deepEqual(unexplained(comparisons, differences), []);
});
