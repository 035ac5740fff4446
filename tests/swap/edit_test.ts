import assert from "node:assert/strict";
import { createCprog, TABLES_MAP } from "../../lib/cprog.ts";
import { compile } from "../../lib/compile.ts";
import { innerMapId } from "../../lib/kernel/map.ts";
import { loadCprog } from "../../lib/load.ts";
import { Filter } from "../../lib/model/filter.ts";
import type { RuleInput } from "../../lib/model/rule.ts";
import { Replay } from "../../lib/replay.ts";
import { planChange, swapRules } from "../../lib/swap.ts";
import { tierTest } from "../judges/tiers.ts";
import { ethernet, frame, ipv4, udp } from "../packets/build.ts";
import { swapUnderTraffic } from "./traffic.ts";

const PACKETS = 24;

const packetOf = (i: number) =>
  frame(ethernet(), ipv4({ src: `10.${i % 6}.0.1`, dst: `10.${100 + i % 5}.0.1` }), udp({ dst: i }));

/** A rule for each packet. */
const RULES = Array.from({ length: PACKETS }, (_, i): RuleInput => ({
  action: i % 2 === 0 ? "drop" : "pass",
  matches: [
    { field: "ip.src", value: `10.${i % 6}.0.0/${i % 8 < 4 ? 16 : 20}` },
    { field: "ip.dst", value: `10.${100 + i % 5}.0.0/16` },
    { field: "udp.dstport", value: i },
  ],
}));

/** What decides packet 7, before its own rule does; of a family, or of any. */
const ONE: RuleInput = { action: "drop", matches: [{ field: "udp.dstport", value: 7 }] };
const OTHER: RuleInput = {
  action: "pass",
  matches: [{ field: "ip.src", value: "10.0.0.0/8" }, {
    field: "udp.dstport",
    operator: "in",
    value: [{ lo: 7, hi: 7 }],
  }],
};

const filterOf = (at: number, ...rules: RuleInput[]) => new Filter({ rules: RULES.toSpliced(at, 0, ...rules) });

for (
  const { what, filters } of [
    { what: "comes first and goes", filters: [filterOf(0), filterOf(0, ONE)] },
    { what: "comes between others and goes", filters: [filterOf(5), filterOf(5, ONE)] },
    { what: "takes another one's place", filters: [filterOf(3, ONE), filterOf(3, OTHER)] },
  ] as const
) {
  tierTest(
    "kernel",
    `swapRules() lets each packet meet the old rules or the new ones when a rule ${what}`,
    async () => {
      const packets = Array.from({ length: PACKETS }, (_, i) => packetOf(i));
      const { violations, judged } = await swapUnderTraffic({
        strategy: "tuple",
        filters,
        packets,
        swaps: 100,
        kind: "atomic",
      });
      assert.deepEqual(violations, []);
      assert.ok(judged > 100 * PACKETS, `${judged} packets`);
    },
  );
}

tierTest("kernel", "swapRules() writes a few records into the map in use for one rule of tuple", async () => {
  const { cprog, object } = await compile(filterOf(0), { strategy: "tuple" });
  using loaded = loadCprog(cprog, object);
  const tables = innerMapId(loaded.object.map(TABLES_MAP));
  const change = planChange(loaded.cprog, filterOf(2, ONE));
  assert.equal(change.tier, "data");
  assert.ok(change.records !== undefined && change.records <= 64, `${change.records} records`);
  const swapped = swapRules(loaded, change);
  assert.equal(innerMapId(loaded.object.map(TABLES_MAP)), tables, "the map is another one");
  using replay = await Replay.create(swapped);
  assert.deepEqual(replay.run(packetOf(7)), { action: "drop", rule: 2, engine: "kernel" });
  assert.deepEqual(replay.run(packetOf(9)), { action: "pass", rule: 10, engine: "kernel" });
});

tierTest(
  "kernel",
  "swapRules() puts all tables into a map of their own when others than planned for are in use",
  async () => {
    const { cprog, object } = await compile(filterOf(0), { strategy: "tuple" });
    using loaded = loadCprog(cprog, object);
    const change = planChange(loaded.cprog, filterOf(2, ONE));
    const meanwhile = swapRules(loaded, planChange(loaded.cprog, filterOf(9, OTHER)));
    const tables = innerMapId(loaded.object.map(TABLES_MAP));
    const swapped = swapRules(meanwhile, change);
    assert.notEqual(innerMapId(loaded.object.map(TABLES_MAP)), tables);
    using replay = await Replay.create(swapped);
    assert.deepEqual(replay.run(packetOf(7)), { action: "drop", rule: 2, engine: "kernel" });
  },
);

Deno.test("planChange() says nothing of records when more than one rule changes", () => {
  const running = createCprog(filterOf(0), { strategy: "tuple" });
  assert.equal(planChange(running, filterOf(4, ONE)).records !== undefined, true);
  assert.equal(planChange(running, filterOf(4, ONE, OTHER)).records, undefined);
  assert.equal(planChange(running, new Filter({ rules: RULES, defaultAction: "drop" })).records, 0);
});
