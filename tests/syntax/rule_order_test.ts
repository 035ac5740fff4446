import assert from "node:assert/strict";
import type { Problem } from "../../lib/model/problem.ts";
import { createRule, type Rule } from "../../lib/model/rule.ts";
import { orderRules, type Placed } from "../../lib/syntax/rule_order.ts";
import type { SyntaxName } from "../../lib/syntax/syntax.ts";

const word = { text: "dev", at: 3, length: 3 };
const rule = (name: string): Rule => createRule({ name, action: "drop" });
const placed = (name: string | undefined, order: number, more: Partial<Placed> = {}): Placed => ({
  kind: "placed",
  order,
  ...(name !== undefined && { rule: rule(name) }),
  ...more,
});

/** The names in order, and the codes of what was reported with the index of the statement. */
function order(...said: readonly (readonly [SyntaxName, Rule | Placed])[]): { names: string; found: string[] } {
  const found: string[] = [];
  const ordered = orderRules(
    said.map(([syntax, one], index) => ({
      said: one,
      syntax,
      index,
      report: ({ code }: Problem) => found.push(`${index} ${code}`),
    })),
  );
  return { names: ordered.map((one) => `${one.rule.name}${one.index}`).join(" "), found };
}

Deno.test("orderRules() sorts the rules of a syntax and leaves those of the others where they are", () => {
  assert.deepEqual(
    order(
      ["tc-flower", placed("a", 20)],
      ["kefir", rule("k")],
      ["ethtool", placed("e", 7)],
      ["tc-flower", placed("b", 10)],
      ["ethtool", placed("f", 3)],
      ["tc-flower", placed("c", 20)],
    ),
    { names: "b3 k1 f4 a0 e2 c5", found: [] },
  );
});

Deno.test("orderRules() puts reversed rules of one order before those that came before them, and says so", () => {
  const reversed = { isReversed: true };
  assert.deepEqual(
    order(
      ["tc-flower", placed("a", 9, reversed)],
      ["tc-flower", placed("b", 5)],
      ["tc-flower", placed("c", 9, reversed)],
    ),
    { names: "b1 c2 a0", found: ["2 reversed-order"] },
  );
  assert.deepEqual(order(["tc-flower", placed("a", 9, reversed)]).found, []);
});

Deno.test("orderRules() lets a later statement take out the rule with its key", () => {
  const key = { key: "loc 5" };
  assert.equal(order(["ethtool", placed("a", 5, key)], ["ethtool", placed("b", 5, key)]).names, "b1");
  assert.equal(order(["ethtool", placed("a", 5, key)], ["ethtool", placed(undefined, 5, key)]).names, "");
  assert.equal(order(["ethtool", placed("a", 5, key)], ["tc-flower", placed("b", 5, key)]).names, "a0 b1");
  assert.deepEqual(order(["tc-flower", placed("a", 5, key)], ["tc-flower", placed("b", 5, { ...key, isNew: true })]), {
    names: "b1",
    found: ["1 taken-place"],
  });
});

Deno.test("orderRules() refuses rules that are for several places", () => {
  const place = (text: string) => ({ place: { text, word } });
  const on = (one: string, other: string) =>
    order(["tc-flower", placed("a", 1, place(one))], ["kefir", rule("k")], ["tc-flower", placed("b", 1, place(other))]);
  assert.deepEqual(on("dev a", "dev a").found, []);
  assert.deepEqual(on("dev a", "dev b").found, ["2 several-places"]);
});

Deno.test("orderRules() puts rules of one order and group together, where the first of them is, and says so", () => {
  const group = (name: string) => ({ group: name });
  assert.deepEqual(
    order(
      ["tc-flower", placed("a", 9, group("x"))],
      ["tc-flower", placed("b", 9, group("y"))],
      ["tc-flower", placed("c", 8, group("y"))],
      ["tc-flower", placed("d", 9)],
      ["tc-flower", placed("e", 9, group("x"))],
    ),
    { names: "c2 a0 e4 b1 d3", found: ["4 grouped-rules"] },
  );
  assert.deepEqual(
    order(["tc-flower", placed("a", 9, group("x"))], ["tc-flower", placed("b", 9, group("x"))]).found,
    [],
  );
});
