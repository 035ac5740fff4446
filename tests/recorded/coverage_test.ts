/**
 * Every keyword of kefir's tables is in a recorded rule that the tool took, or that it refused where kefir does so too.
 */

import assert from "node:assert/strict";
import { ETHTOOL_KEYWORDS, FLOW_TYPES } from "../../lib/syntax/ethtool_keywords.ts";
import { FLOWER_KEYWORDS } from "../../lib/syntax/tc_flower_keywords.ts";
import { readFixture } from "./fixture.ts";
import type { RecordedRule as RecordedByEthtool } from "./record_ethtool.ts";
import type { RecordedRule } from "./record_tc.ts";

/** Keywords of tables that no tc has: what the kernel could be told, but f_flower.c has no word for. */
const NEVER_TAKEN = ["hash"];

Deno.test("every keyword of tc flower is recorded", () => {
  const taken = ["tc_flower.jsonl", "tc_flower_later.jsonl"].flatMap((name) =>
    readFixture<RecordedRule>(name).rules.filter(({ message }) => message !== undefined)
  );
  const words = new Set(taken.flatMap((rule) => rule.words.split(" ")));
  const names = FLOWER_KEYWORDS.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
  assert.deepEqual(names.filter((name) => !words.has(name) && !NEVER_TAKEN.includes(name)), []);
});

Deno.test("every keyword of ethtool is recorded, with every flow type that has it", () => {
  const taken = readFixture<RecordedByEthtool>("ethtool.jsonl").rules.filter(({ request }) => request !== undefined);
  const texts = taken.map(({ words }) => `${words} `);
  const missing = ETHTOOL_KEYWORDS.flatMap(({ name, kind }) =>
    FLOW_TYPES.filter(({ name: type, fields }) =>
      kind === "match" && fields.has(name) &&
      !texts.some((text) => text.includes(`flow-type ${type} `) && text.includes(` ${name} `))
    ).map(({ name: type }) => `${type} ${name}`)
  );
  const others = ETHTOOL_KEYWORDS.filter(({ name }) => !texts.some((text) => text.includes(` ${name} `)));
  assert.deepEqual([...missing, ...others.map(({ name }) => name)], []);
});
