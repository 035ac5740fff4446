import assert from "node:assert/strict";
import { FilterError } from "../../lib/diagnostics/errors.ts";
import { createMatch, type Match } from "../../lib/model/match.ts";
import { createRule, ruleId, type RuleInput } from "../../lib/model/rule.ts";

const WEB = { field: "tcp.dstport", value: 80 };
const NET = { field: "ip.src", value: "10.0.0.0/8" };

Deno.test("createRule() builds matches, and keeps name, action and source", () => {
  const rule = createRule({
    name: "web",
    matches: [WEB, createMatch(NET)],
    action: "drop",
    source: { text: "drop ...", file: "a.kefir", line: 3 },
  });
  assert.equal(rule.name, "web");
  assert.equal(rule.action, "drop");
  assert.deepEqual(rule.source, { text: "drop ...", file: "a.kefir", line: 3 });
  assert.deepEqual(rule.matches, [createMatch(WEB), createMatch(NET)]);
});

Deno.test("createRule() gives a frozen value without properties that were not given", () => {
  const rule = createRule({ matches: [WEB], action: "pass", source: { text: "x" } });
  for (const part of [rule, rule.matches, rule.source, rule.matches[0]]) assert.ok(Object.isFrozen(part));
  assert.deepEqual(Object.keys(createRule({ action: "drop" })).sort(), ["action", "matches"]);
});

Deno.test("createRule() takes no matches at all", () => {
  assert.deepEqual(createRule({ action: "drop" }).matches, []);
});

Deno.test("createRule() does not follow later changes of the list it was given", () => {
  const matches = [WEB];
  const rule = createRule({ matches, action: "drop" });
  matches.push(WEB);
  assert.equal(rule.matches.length, 1);
});

for (
  const [code, input] of [
    ["bad-action", { action: "accept" }],
    ["bad-action", {}],
    ["bad-name", { action: "drop", name: "" }],
    ["bad-name", { action: "drop", name: "1st" }],
    ["bad-name", { action: "drop", name: "a b" }],
    ["bad-name", { action: "drop", name: "a\n" }],
    ["bad-name", { action: "drop", name: "a".repeat(64) }],
    ["unknown-field", { action: "drop", matches: [{ field: "x", value: 1 }] }],
    ["out-of-range", { action: "drop", matches: [WEB, { field: "ip.ttl", value: 256 }] }],
  ] as const
) {
  Deno.test(`createRule() refuses with ${code}: ${JSON.stringify(input)}`, () => {
    assert.throws(() => createRule(input as unknown as RuleInput), (error: FilterError) => {
      assert.ok(error instanceof FilterError);
      assert.equal(error.diagnostics[0]?.code, code);
      return true;
    });
  });
}

for (const name of ["a", "_", "Web-1.2_x", "a".repeat(63)]) {
  Deno.test(`createRule() takes the name ${name}`, () => {
    assert.equal(createRule({ action: "drop", name }).name, name);
  });
}

Deno.test("createRule() builds anew what only claims to be a built match", () => {
  const raw = (match: Match): Match => structuredClone(match);
  const built = [
    createMatch(NET),
    createMatch({ field: "tcp.port", operator: ">=", value: "80/0xfff0" }),
    createMatch({ field: "tcp.port", operator: "not in", value: [1, "5..9"] }),
    createMatch({ field: "ip.ttl", value: [0x40], mask: 0xf0 }),
    createMatch({ field: "ip.src", value: ["10.0.0.1", "2001:db8::/32"] }),
  ];
  assert.deepEqual(createRule({ matches: built.map(raw), action: "drop" }).matches, built);
});

Deno.test("createRule() refuses what only claims to be a built match, and is none", () => {
  const forged = [
    { field: "ip.none", operator: "==", operand: { kind: "value", value: 1n } },
    { field: "ip.ttl", operator: "==", operand: { kind: "value", value: 999n } },
    { field: "ip.ttl", operator: "=", operand: { kind: "value", value: 1n } },
    { field: "ip.ttl", operator: "==", operand: { kind: "value", value: 1n, mask: 256n } },
    { field: "ip.ttl", operator: "==", operand: { kind: "set", ranges: [] } },
    { field: "ip.ttl", operator: "in", operand: { kind: "set", ranges: [{ lo: 0n, hi: 256n }] } },
    { field: "ip.src", operator: "in", operand: { kind: "set", ranges: [], ipv6Ranges: [{ lo: 0n, hi: 1n << 128n }] } },
  ];
  for (const match of forged) {
    assert.throws(() => createRule({ matches: [match as unknown as Match], action: "drop" }), FilterError);
  }
});

Deno.test("createRule() clears bits below a mask in what only claims to be a built match", () => {
  const forged = { field: "ip.ttl", operator: "==", operand: { kind: "value", value: 0x4fn, mask: 0xf0n } } as const;
  assert.deepEqual(createRule({ matches: [forged], action: "drop" }).matches[0]?.operand, {
    kind: "value",
    value: 0x40n,
    mask: 0xf0n,
  });
});

Deno.test("ruleId() is the name of a rule that has one", () => {
  assert.equal(ruleId(createRule({ name: "web", matches: [WEB], action: "drop" })), "web");
});

Deno.test("ruleId() is the same today as when it was written: counters follow it through a replacement", () => {
  const rule = createRule({ matches: [WEB, NET], action: "drop" });
  assert.match(ruleId(rule), /^[0-9a-f]{16}$/);
  assert.equal(ruleId(rule), "57afbbd41c5ae041");
});

Deno.test("ruleId() does not depend on the order of matches, on spelling, or on the source", () => {
  const id = ruleId(createRule({ matches: [WEB, NET], action: "drop" }));
  const same: RuleInput[] = [
    { matches: [NET, WEB], action: "drop" },
    { matches: [WEB, NET], action: "drop", source: { text: "x", file: "y", line: 9 } },
    {
      matches: [{ field: "tcp.dstport", operator: "==", value: "0x50" }, {
        field: "ip.src",
        value: 0x0a000000n,
        mask: "255.0.0.0",
      }],
      action: "drop",
    },
    { matches: [structuredClone(createMatch(WEB)), createMatch(NET)], action: "drop" },
  ];
  for (const one of same) assert.equal(ruleId(createRule(one)), id);
});

Deno.test("ruleId() differs with action, value, mask, operator, field and number of matches", () => {
  const rules: RuleInput[] = [
    { matches: [NET], action: "drop" },
    { matches: [NET], action: "pass" },
    { matches: [{ ...NET, value: "11.0.0.0/8" }], action: "drop" },
    { matches: [{ ...NET, value: "10.0.0.0/9" }], action: "drop" },
    { matches: [{ ...NET, operator: "!=" }], action: "drop" },
    { matches: [{ ...NET, field: "ip.dst" }], action: "drop" },
    { matches: [NET, WEB], action: "drop" },
    { matches: [NET, NET], action: "drop" },
    { action: "drop" },
  ];
  assert.equal(new Set(rules.map((rule) => ruleId(createRule(rule)))).size, rules.length);
});
