import assert from "node:assert/strict";
import { encodeRecords, planLinear, recordBytes } from "../../lib/classify/linear.ts";
import { type LinearPlan, MATCH_KINDS } from "../../lib/classify/plan.ts";
import { createCprog } from "../../lib/cprog.ts";
import { Filter } from "../../lib/model/filter.ts";
import { HOOKS } from "../../lib/model/hooks.ts";
import type { MatchInput } from "../../lib/model/match.ts";
import type { RuleInput } from "../../lib/model/rule.ts";
import { compileC } from "../../lib/toolchain/compile.ts";
import { tierTest } from "../judges/tiers.ts";

function plan(...rules: RuleInput[]): LinearPlan {
  const built = planLinear(new Filter({ rules }), 65_535, "test");
  assert.ok(built);
  return built;
}

function drop(...matches: MatchInput[]): RuleInput {
  return { action: "drop", matches };
}

/** What each record compares, as [place, kind, lo, hi]. */
function comparisons({ records }: LinearPlan) {
  return records.map(({ matches }) => matches.map(({ place, kind, lo, hi }) => [place.name, kind, lo, hi]));
}

Deno.test("planLinear() makes a record of each way in which a rule holds, and one of the default", () => {
  const built = plan(drop({ field: "tcp.port", value: [22, "80..90"] }, { field: "ip.ttl", operator: "<", value: 5 }));
  assert.deepEqual(comparisons(built), [
    [["l4_srcport", "inside", 22n, 22n], ["ip_ttl", "inside", 0n, 4n]],
    [["l4_srcport", "inside", 80n, 90n], ["ip_ttl", "inside", 0n, 4n]],
    [["l4_dstport", "inside", 22n, 22n], ["ip_ttl", "inside", 0n, 4n]],
    [["l4_dstport", "inside", 80n, 90n], ["ip_ttl", "inside", 0n, 4n]],
    [],
  ]);
  assert.deepEqual(built.records.map(({ counter, action }) => [counter, action]), [
    ...new Array(4).fill([0, "drop"]),
    [1, "pass"],
  ]);
});

Deno.test("planLinear() refuses both sides at once where a packet has both or none", () => {
  assert.deepEqual(comparisons(plan(drop({ field: "tcp.port", operator: "!=", value: 22 }))), [
    [["l4_srcport", "outside", 22n, 22n], ["l4_dstport", "outside", 22n, 22n]],
    [],
  ]);
});

Deno.test("planLinear() lets the other side be absent where a packet may have one alone", () => {
  assert.deepEqual(comparisons(plan(drop({ field: "vlan.id", operator: "!=", value: 7 }))), [
    [["svlan_id", "outside", 7n, 7n], ["cvlan_id", "absent-or-outside", 7n, 7n]],
    [["cvlan_id", "outside", 7n, 7n], ["svlan_id", "absent-or-outside", 7n, 7n]],
    [],
  ]);
});

Deno.test("planLinear() leaves out rules that never hold and those behind one that always does", () => {
  const built = plan(drop({ field: "ip.ttl", operator: "<", value: 0 }), drop(), drop({ field: "ip.ttl", value: 1 }));
  assert.deepEqual(built.records.map(({ counter, matches }) => [counter, matches.length]), [[1, 0], [3, 0]]);
});

Deno.test("planLinear() gives up above its limit rather than making the records", () => {
  const set = Array.from({ length: 1_000 }, (_, index) => 2 * index);
  const product = drop({ field: "tcp.srcport", value: set }, { field: "tcp.dstport", value: set }, {
    field: "ip.src",
    value: set,
  });
  assert.equal(planLinear(new Filter({ rules: [product] }), 65_535, "test"), undefined);
});

Deno.test("planLinear() makes room for a power of two of records, and for the longest", () => {
  for (const [rules, capacity] of [[0, 1], [1, 2], [2, 4], [3, 4], [4, 8], [7, 8], [8, 16]] as const) {
    const built = plan(...Array.from({ length: rules }, (_, value) => drop({ field: "ip.ttl", value })));
    assert.equal(built.capacity, capacity);
    assert.equal(built.matchCapacity, 1);
  }
  assert.equal(plan(drop({ field: "ip.ttl", operator: "not in", value: [1, 3, 5] })).matchCapacity, 3);
  assert.equal(plan().wide, false);
  assert.equal(plan(drop({ field: "ipv6.src", value: "::1" })).wide, true);
  assert.equal(plan(drop({ field: "eth.src", value: 1 })).wide, false);
});

Deno.test("encodeRecords() writes what struct kefir_record holds, unused records zero", () => {
  const filter = [
    drop({ field: "ip.src", value: "10.0.0.0/8" }, { field: "tcp.dstport", operator: "not in", value: [22, 23, 80] }),
    { action: "pass", matches: [{ field: "eth.src", value: 0x0123_4567_89abn }] } as const,
    drop({ field: "ip.dsfield", value: 1, mask: 0x81 }),
  ];
  const built = plan(...filter);
  for (const hook of Object.values(HOOKS)) {
    const values = encodeRecords(built, hook);
    assert.equal(values.length, built.capacity * recordBytes(built));
    const view = new DataView(values.buffer);
    built.records.forEach((record, index) => {
      const at = index * recordBytes(built);
      assert.equal(view.getUint32(at, true), record.matches.length);
      assert.equal(view.getUint32(at + 4, true), record.counter);
      assert.equal(view.getInt32(at + 8, true), hook.verdicts[record.action]);
      assert.equal(view.getUint32(at + 12, true), 0);
      record.matches.forEach((match, position) => {
        const start = at + 16 + 32 * position;
        assert.equal(view.getBigUint64(start, true), match.mask);
        assert.equal(view.getBigUint64(start + 8, true), match.lo);
        assert.equal(view.getBigUint64(start + 16, true), match.hi);
        assert.equal(view.getUint32(start + 24, true), match.needs);
        assert.equal(built.demand.places[view.getUint16(start + 28, true)]?.name, match.place.name);
        assert.equal(view.getUint16(start + 30, true), MATCH_KINDS[match.kind]);
      });
    });
    const unused = values.subarray(built.records.length * recordBytes(built));
    assert.ok(unused.every((byte) => byte === 0));
  }
});

Deno.test("encodeRecords() writes 128-bit values with their low half first", () => {
  const built = plan(drop({ field: "ipv6.src", value: "2001:db8::1" }));
  const view = new DataView(encodeRecords(built, HOOKS.xdp).buffer);
  assert.equal(view.getBigUint64(16 + 16, true), 1n);
  assert.equal(view.getBigUint64(16 + 24, true), 0x2001_0db8_0000_0000n);
});

for (const [width, field] of [["64-bit", "ip.src"], ["128-bit", "ipv6.src"]] as const) {
  tierTest("clang", `the layout that encodeRecords() writes is clang's, with ${width} values`, async () => {
    const matches = [{ field, operator: "not in", value: [1n, 3n, 5n] }] as const;
    const cprog = createCprog(new Filter({ rules: [{ action: "drop", matches }] }), { strategy: "linear" });
    assert.equal(cprog.plan.strategy, "linear");
    const built = cprog.plan as LinearPlan;
    const value = built.wide ? 16 : 8;
    const layout: Record<string, number> = {
      "sizeof(struct kefir_record)": recordBytes(built),
      "sizeof(struct kefir_match)": (recordBytes(built) - 16) / built.matchCapacity,
      "sizeof(kefir_value)": value,
      "__builtin_offsetof(struct kefir_record, matches)": 0,
      "__builtin_offsetof(struct kefir_record, counter)": 4,
      "__builtin_offsetof(struct kefir_record, verdict)": 8,
      "__builtin_offsetof(struct kefir_record, match)": 16,
      "__builtin_offsetof(struct kefir_match, mask)": 0,
      "__builtin_offsetof(struct kefir_match, lo)": value,
      "__builtin_offsetof(struct kefir_match, hi)": 2 * value,
      "__builtin_offsetof(struct kefir_match, needs)": 3 * value,
      "__builtin_offsetof(struct kefir_match, place)": 3 * value + 4,
      "__builtin_offsetof(struct kefir_match, kind)": 3 * value + 6,
      "sizeof(struct kefir_counter)": 16,
    };
    const asserts = Object.entries(layout).map(([what, bytes]) => `_Static_assert(${what} == ${bytes}, "${what}");\n`);
    await compileC(cprog.text + asserts.join(""), { cache: false });
  });
}
