import assert from "node:assert/strict";
import { FIELDS } from "../../lib/model/fields.ts";
import { type HookName, HOOKS } from "../../lib/model/hooks.ts";
import { OPERATORS } from "../../lib/model/operator.ts";
import { ALL_CASES } from "./all_cases.ts";
import { executionsOf, uncovered } from "./coverage.ts";
import { casesOf, hooksOf } from "./field_cases.ts";

const HOOK_NAMES = Object.keys(HOOKS) as HookName[];

Deno.test("ALL_CASES has one case file for each row of FIELDS, in its order", () => {
  assert.deepEqual(ALL_CASES.map(({ field }) => field), FIELDS.map(({ name }) => name));
});

Deno.test("ALL_CASES has the case files that are there", () => {
  const files = [...Deno.readDirSync(new URL("fields", import.meta.url))].map(({ name }) => name);
  assert.deepEqual(files.sort(), FIELDS.map(({ name }) => `${name.replaceAll(".", "_")}.ts`).sort());
});

Deno.test("every (field, operator, hook) that the tables claim has an accepting and a rejecting packet", () => {
  const executions = ALL_CASES.flatMap(casesOf).flatMap((one) =>
    hooksOf(one).flatMap((hook) => executionsOf(one, hook))
  );
  assert.deepEqual(uncovered(FIELDS, executions), []);
});

for (const { field, largest, absent, around, tables } of ALL_CASES) {
  const row = FIELDS.find(({ name }) => name === field);

  Deno.test(`the cases of ${field} know its width`, () => {
    assert.equal(largest.toString(2), "1".repeat(row?.widthBits ?? 0));
  });

  Deno.test(`the cases of ${field} have a packet without it, a tag in metadata and a mask`, () => {
    const cases = casesOf(ALL_CASES.find((one) => one.field === field)!);
    assert.ok(Object.keys(absent).length > 0);
    assert.ok(around.length > 0 || (tables ?? []).length > 0);
    assert.ok(cases.some(({ packet, holds }) => packet.vlanTag !== undefined && holds));
    assert.ok(cases.some(({ matches }) => matches.some(({ mask }) => mask !== undefined)));
    assert.ok(cases.every(({ matches }) => matches.length > 0));
  });
}

Deno.test("uncovered() names what is missing, and nothing else", () => {
  const [field] = FIELDS;
  assert.ok(field);
  const all = OPERATORS.flatMap((operator) =>
    HOOK_NAMES.flatMap((hook) => [true, false].map((holds) => ({ field: field.name, operator, hook, holds })))
  );
  assert.deepEqual(uncovered([field], all), []);
  const { operator, hook } = all[0]!;
  assert.deepEqual(uncovered([field], all.slice(1)), [
    `${field.name} ${operator} at ${hook}: no packet is accepted`,
  ]);
  assert.equal(uncovered([field], []).length, 2 * OPERATORS.length * HOOK_NAMES.length);
});
