/**
 * The place that a rule asks for among the others, tc's priority and ethtool's location, is what the tools send.
 */

import assert from "node:assert/strict";
import { ETHTOOL } from "../../lib/syntax/ethtool.ts";
import { isPlaced } from "../../lib/syntax/rule_order.ts";
import { statementOfWords } from "../../lib/syntax/statement.ts";
import type { Syntax } from "../../lib/syntax/syntax.ts";
import { TC_FLOWER } from "../../lib/syntax/tc_flower.ts";
import { readFixture } from "./fixture.ts";
import type { RecordedRule as RecordedByEthtool } from "./record_ethtool.ts";
import type { RecordedRule } from "./record_tc.ts";

/** What kefir sorts by, when it reads the rule and the rule says where it stands. */
function orderOf(words: string, syntax: Syntax): number | undefined {
  const said = syntax.parseRule(statementOfWords("", words.split(" ")), () => {});
  return said !== undefined && isPlaced(said) ? said.order : undefined;
}

Deno.test("parseRule() reads the priority that tc sends", () => {
  let count = 0;
  for (const { words, message } of readFixture<RecordedRule>("tc_flower.jsonl").rules) {
    const order = words.startsWith("tc ") ? orderOf(words, TC_FLOWER) : undefined;
    if (message === undefined || order === undefined || message.priority === 0) continue;
    assert.equal(order, message.priority, words);
    count++;
  }
  assert.ok(count > 10, `${count} rules`);
});

Deno.test("parseRule() reads the location that ethtool sends", () => {
  let count = 0;
  for (const { words, request } of readFixture<RecordedByEthtool>("ethtool.jsonl").rules) {
    const order = / (?:loc|delete) /.test(words) ? orderOf(words, ETHTOOL) : undefined;
    if (request === undefined || order === undefined) continue;
    assert.equal(order, request.location, words);
    count++;
  }
  assert.ok(count > 10, `${count} rules`);
});
