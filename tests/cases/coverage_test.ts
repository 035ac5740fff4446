import assert from "node:assert/strict";
import { SLICE_BASES, SLICE_BYTES } from "../../lib/model/field_families.ts";
import { fieldNamed, FIELDS } from "../../lib/model/fields.ts";
import { type HookName, HOOKS } from "../../lib/model/hooks.ts";
import { OPERATORS } from "../../lib/model/operator.ts";
import { ALL_CASES, FAMILY_CASES } from "./all_cases.ts";
import { executionsOf, uncovered } from "./coverage.ts";
import { casesOf, hooksOf } from "./field_cases.ts";

const HOOK_NAMES = Object.keys(HOOKS) as HookName[];
const BOTH = [...ALL_CASES, ...FAMILY_CASES];

Deno.test("ALL_CASES has one case file for each row of FIELDS, in its order", () => {
  assert.deepEqual(ALL_CASES.map(({ field }) => field), FIELDS.map(({ name }) => name));
});

Deno.test("ALL_CASES has the case files that are there", () => {
  const files = [...Deno.readDirSync(new URL("fields", import.meta.url))].map(({ name }) => name);
  assert.deepEqual(files.sort(), FIELDS.map(({ name }) => `${name.replaceAll(".", "_")}.ts`).sort());
});

Deno.test("every (field, operator, hook) that the tables claim has an accepting and a rejecting packet", () => {
  const executions = BOTH.flatMap(casesOf).flatMap((one) => hooksOf(one).flatMap((hook) => executionsOf(one, hook)));
  assert.deepEqual(uncovered([...FIELDS, ...FAMILY_CASES.map(({ field }) => fieldNamed(field))], executions), []);
});

Deno.test("FAMILY_CASES has the case files that are there, of fields that are no rows", () => {
  const files = [...Deno.readDirSync(new URL("families", import.meta.url))].map(({ name }) => name);
  const fileOf = (field: string) => `${field.replaceAll(/[^a-z0-9]+/g, "_").replace(/_$/, "")}.ts`;
  assert.deepEqual(files.sort(), FAMILY_CASES.map(({ field }) => fileOf(field)).sort());
  assert.deepEqual(FIELDS.filter(({ name }) => FAMILY_CASES.some(({ field }) => field === name)), []);
});

Deno.test("slices are tried from every base, and of nearly every length", () => {
  const slices = FAMILY_CASES.map(({ field }) => field).filter((name) => name.includes(":"));
  const bases = slices.map((name) => name.slice(0, name.indexOf("[")));
  assert.deepEqual([...new Set(bases)].sort(), SLICE_BASES.map(({ name }) => name).sort());
  assert.ok(new Set(slices.map((name) => name.slice(name.indexOf(":")))).size >= SLICE_BYTES - 1);
});

for (const cases of BOTH) {
  const { field, largest, absent, around, tables } = cases;
  const row = fieldNamed(field);

  Deno.test(`the cases of ${field} know its width`, () => {
    assert.equal(largest.toString(2), "1".repeat(row.widthBits));
  });

  Deno.test(`the cases of ${field} have a packet without it, a tag in metadata and a mask`, () => {
    const all = casesOf(cases);
    assert.ok(Object.keys(absent).length > 0);
    assert.ok(around.length > 0 || (tables ?? []).length > 0);
    assert.ok(all.some(({ packet, holds }) => packet.vlanTag !== undefined && holds));
    assert.ok(all.some(({ matches }) => matches.some(({ mask }) => mask !== undefined)));
    assert.ok(all.every(({ matches }) => matches.length > 0));
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
