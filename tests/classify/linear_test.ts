import assert from "node:assert/strict";
import { encodeSteps, linearSteps, planLinear, stepBytes } from "../../lib/classify/linear.ts";
import { isRefusal, LINEAR_KINDS, type LinearPlan } from "../../lib/classify/plan.ts";
import { createCprog } from "../../lib/cprog.ts";
import { Filter } from "../../lib/model/filter.ts";
import { HOOKS } from "../../lib/model/hooks.ts";
import type { MatchInput } from "../../lib/model/match.ts";
import type { RuleInput } from "../../lib/model/rule.ts";
import { compileC } from "../../lib/toolchain/compile.ts";
import { tierTest } from "../judges/tiers.ts";

function plan(...rules: RuleInput[]): LinearPlan {
  const built = planLinear(new Filter({ rules }), "test");
  assert.ok(!isRefusal(built));
  return built;
}

function drop(...matches: MatchInput[]): RuleInput {
  return { action: "drop", matches };
}

/** The steps: [kind, place, lo, hi, jump], or what is decided. */
function stepsOf(built: LinearPlan) {
  return linearSteps(built).map((step) =>
    step.kind === "decide"
      ? [step.action, step.counter]
      : [step.kind, step.place.name, step.lo, step.hi, step.jump] as const
  );
}

Deno.test("planLinear() takes a step for each range, however sets combine", () => {
  const built = plan(
    drop({ field: "tcp.port", value: [22, "80..90"] }, { field: "ip.ttl", operator: "<", value: 5 }),
    { action: "pass", matches: [{ field: "ip.ttl", value: 9 }] },
  );
  assert.deepEqual(stepsOf(built), [
    ["if-inside", "l4_srcport", 22n, 22n, 4],
    ["if-inside", "l4_srcport", 80n, 90n, 4],
    ["if-inside", "l4_dstport", 22n, 22n, 4],
    ["unless-inside", "l4_dstport", 80n, 90n, 6],
    ["unless-inside", "ip_ttl", 0n, 4n, 6],
    ["drop", 0],
    ["unless-inside", "ip_ttl", 9n, 9n, 8],
    ["pass", 1],
    ["pass", 2],
  ]);
  assert.equal(built.steps, 9);
});

Deno.test("planLinear() refuses both sides at once where a packet has both or none", () => {
  assert.deepEqual(stepsOf(plan(drop({ field: "tcp.port", operator: "!=", value: 22 }))), [
    ["unless-outside", "l4_srcport", 22n, 22n, 3],
    ["unless-outside", "l4_dstport", 22n, 22n, 3],
    ["drop", 0],
    ["pass", 1],
  ]);
});

Deno.test("planLinear() lets the other side be absent where a packet may have one alone", () => {
  assert.deepEqual(stepsOf(plan(drop({ field: "vlan.id", operator: "!=", value: 7 }))), [
    ["if-inside", "svlan_id", 7n, 7n, 5],
    ["if-inside", "cvlan_id", 7n, 7n, 5],
    ["if-inside", "svlan_id", 0n, 0xfffn, 4],
    ["unless-inside", "cvlan_id", 0n, 0xfffn, 5],
    ["drop", 0],
    ["pass", 1],
  ]);
});

Deno.test("planLinear() asks for the field alone when nothing is left out", () => {
  assert.deepEqual(stepsOf(plan(drop({ field: "ip.ttl", operator: "not in", value: [] }))), [
    ["unless-inside", "ip_ttl", 0n, 0xffn, 2],
    ["drop", 0],
    ["pass", 1],
  ]);
});

Deno.test("planLinear() leaves out rules that never hold and those behind one that always does", () => {
  const built = plan(drop({ field: "ip.ttl", operator: "<", value: 0 }), drop(), drop({ field: "ip.ttl", value: 1 }));
  assert.deepEqual(stepsOf(built), [["drop", 1], ["pass", 3]]);
});

Deno.test("planLinear() makes room for a power of two of steps", () => {
  for (const [rules, capacity] of [[0, 1], [1, 4], [2, 8], [3, 8], [4, 16], [7, 16], [8, 32]] as const) {
    const built = plan(...Array.from({ length: rules }, (_, value) => drop({ field: "ip.ttl", value })));
    assert.equal(built.capacity, capacity);
    assert.equal(built.steps, 2 * rules + 1);
  }
  assert.equal(plan().wide, false);
  assert.equal(plan(drop({ field: "ipv6.src", value: "::1" })).wide, true);
  assert.equal(plan(drop({ field: "eth.src", value: 1 })).wide, false);
});

Deno.test("encodeSteps() writes what struct kefir_step holds, unused steps zero", () => {
  const filter = [
    drop({ field: "ip.src", value: "10.0.0.0/8" }, { field: "tcp.dstport", operator: "not in", value: [22, 23, 80] }),
    { action: "pass", matches: [{ field: "eth.src", value: 0x0123_4567_89abn }] } as const,
    drop({ field: "ip.dsfield", value: 1, mask: 0x81 }),
  ];
  const built = plan(...filter);
  for (const hook of Object.values(HOOKS)) {
    const values = encodeSteps(built, hook);
    assert.equal(values.length, built.capacity * stepBytes(built));
    const view = new DataView(values.buffer);
    let start = 0;
    for (const step of linearSteps(built)) {
      assert.equal(view.getUint16(start + 38, true), LINEAR_KINDS[step.kind]);
      if (step.kind === "decide") {
        assert.equal(view.getBigInt64(start + 24, true), BigInt(hook.verdicts[step.action]));
        assert.equal(view.getUint32(start + 32, true), step.counter);
      } else {
        assert.equal(view.getBigUint64(start, true), step.mask);
        assert.equal(view.getBigUint64(start + 8, true), step.lo);
        assert.equal(view.getBigUint64(start + 16, true), step.hi);
        assert.equal(view.getBigUint64(start + 24, true), step.needs);
        assert.equal(view.getUint32(start + 32, true), step.jump);
        assert.equal(built.demand.places[view.getUint16(start + 36, true)]?.name, step.place.name);
      }
      start += stepBytes(built);
    }
    assert.equal(start, built.steps * stepBytes(built));
    assert.ok(values.subarray(start).every((byte) => byte === 0));
  }
});

Deno.test("encodeSteps() writes 128-bit values with their low half first", () => {
  const built = plan(drop({ field: "ipv6.src", value: "2001:db8::1" }));
  const view = new DataView(encodeSteps(built, HOOKS.xdp).buffer);
  assert.equal(view.getBigUint64(16, true), 1n);
  assert.equal(view.getBigUint64(24, true), 0x2001_0db8_0000_0000n);
});

for (const [width, field] of [["64-bit", "ip.src"], ["128-bit", "ipv6.src"]] as const) {
  tierTest("clang", `the layout that encodeSteps() writes is clang's, with ${width} values`, async () => {
    const matches = [{ field, operator: "not in", value: [1n, 3n, 5n] }] as const;
    const cprog = createCprog(new Filter({ rules: [{ action: "drop", matches }] }), { strategy: "linear" });
    assert.equal(cprog.plan.strategy, "linear");
    const built = cprog.plan as LinearPlan;
    const value = built.wide ? 16 : 8;
    const layout: Record<string, number> = {
      "sizeof(struct kefir_step)": stepBytes(built),
      "sizeof(kefir_value)": value,
      "__builtin_offsetof(struct kefir_step, mask)": 0,
      "__builtin_offsetof(struct kefir_step, lo)": value,
      "__builtin_offsetof(struct kefir_step, hi)": 2 * value,
      "__builtin_offsetof(struct kefir_step, needs)": 3 * value,
      "__builtin_offsetof(struct kefir_step, jump)": 3 * value + 8,
      "__builtin_offsetof(struct kefir_step, place)": 3 * value + 12,
      "__builtin_offsetof(struct kefir_step, kind)": 3 * value + 14,
      "sizeof(struct kefir_counter)": 16,
    };
    const asserts = Object.entries(layout).map(([what, bytes]) => `_Static_assert(${what} == ${bytes}, "${what}");\n`);
    await compileC(cprog.text + asserts.join(""), { cache: false });
  });
}
