import assert from "node:assert/strict";
import { FilterError } from "../../lib/diagnostics/errors.ts";
import { Filter } from "../../lib/model/filter.ts";
import { createRule, type Rule } from "../../lib/model/rule.ts";

const [a, b, c] = ["a", "b", "c"].map((name) => createRule({ name, action: "drop" })) as [Rule, Rule, Rule];

function names(filter: Filter): string[] {
  return Array.from(filter, ({ name }) => name ?? "");
}

Deno.test("new Filter() is empty and passes", () => {
  const filter = new Filter();
  assert.equal(filter.size, 0);
  assert.equal(filter.defaultAction, "pass");
  assert.deepEqual([...filter], []);
});

Deno.test("new Filter() takes rules, built or not, and a default action", () => {
  const filter = new Filter({ rules: new Set([a, { name: "raw", action: "pass" as const }]), defaultAction: "drop" });
  assert.deepEqual(names(filter), ["a", "raw"]);
  assert.equal(filter.defaultAction, "drop");
  assert.equal(filter.at(0), a);
});

Deno.test("new Filter() refuses a bad rule", () => {
  assert.throws(() => new Filter({ rules: [{ action: "x" as "drop" }] }), FilterError);
});

Deno.test("add() appends, or puts before the rule at an index", () => {
  const filter = new Filter().add(a).add(c);
  assert.equal(filter.add(b, 1), filter);
  assert.deepEqual(names(filter), ["a", "b", "c"]);
  assert.deepEqual(names(filter.clone().add({ name: "first", action: "drop" }, 0)), ["first", "a", "b", "c"]);
  assert.deepEqual(names(filter.clone().add({ name: "last", action: "drop" }, 3)), ["a", "b", "c", "last"]);
});

Deno.test("set() puts a rule in place of another", () => {
  const filter = new Filter({ rules: [a, b] });
  assert.equal(filter.set(0, c), filter);
  assert.deepEqual(names(filter), ["c", "b"]);
});

Deno.test("delete() takes a rule out and returns it", () => {
  const filter = new Filter({ rules: [a, b, c] });
  assert.equal(filter.delete(1), b);
  assert.deepEqual(names(filter), ["a", "c"]);
});

Deno.test("at() gives undefined beyond the end", () => {
  assert.equal(new Filter({ rules: [a] }).at(1), undefined);
});

for (const index of [-1, 4, 0.5, NaN, Infinity]) {
  Deno.test(`add(), set() and delete() refuse the index ${index}, and change nothing`, () => {
    const filter = new Filter({ rules: [a, b, c] });
    assert.throws(() => filter.add(a, index), RangeError);
    assert.throws(() => filter.set(index, a), RangeError);
    assert.throws(() => filter.delete(index), RangeError);
    assert.deepEqual(names(filter), ["a", "b", "c"]);
  });
}

Deno.test("set() and delete() refuse the index one past the end", () => {
  const filter = new Filter({ rules: [a] });
  assert.throws(() => filter.set(1, b), RangeError);
  assert.throws(() => filter.delete(1), RangeError);
  assert.throws(() => new Filter().delete(0), RangeError);
});

Deno.test("add() and set() leave the filter as it was when the rule is refused", () => {
  const filter = new Filter({ rules: [a] });
  const bad = { action: "drop" as const, matches: [{ field: "ip.none", value: 1 }] };
  assert.throws(() => filter.add(bad), FilterError);
  assert.throws(() => filter.set(0, bad), FilterError);
  assert.deepEqual(names(filter), ["a"]);
});

Deno.test("clone() changes apart from its original", () => {
  const filter = new Filter({ rules: [a, b], defaultAction: "drop" });
  const copy = filter.clone();
  assert.equal(copy.defaultAction, "drop");
  copy.add(c).delete(0);
  copy.defaultAction = "pass";
  assert.deepEqual(names(filter), ["a", "b"]);
  assert.equal(filter.defaultAction, "drop");
  assert.deepEqual(names(copy), ["b", "c"]);
});

Deno.test("rules is a copy", () => {
  const filter = new Filter({ rules: [a] });
  (filter.rules as Rule[]).push(b);
  assert.equal(filter.size, 1);
});

Deno.test("iterating follows the order of the rules, as often as wanted", () => {
  const filter = new Filter({ rules: [c, a, b] });
  assert.deepEqual(names(filter), ["c", "a", "b"]);
  assert.deepEqual(names(filter), ["c", "a", "b"]);
});
