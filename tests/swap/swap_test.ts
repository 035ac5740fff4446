import assert from "node:assert/strict";
import { isTablePlan, type StrategyName } from "../../lib/classify/plan.ts";
import { decodePlan, encodePlan } from "../../lib/classify/plan_text.ts";
import { compile } from "../../lib/compile.ts";
import { loadCprog, type LoadedFilter } from "../../lib/load.ts";
import { Filter } from "../../lib/model/filter.ts";
import type { RuleInput } from "../../lib/model/rule.ts";
import { Replay } from "../../lib/replay.ts";
import { applyChange, planChange, swapRules } from "../../lib/swap.ts";
import { recordCalls } from "../deploy/crash.ts";
import { tierTest } from "../judges/tiers.ts";
import { ethernet, frame, ipv4, tcp } from "../packets/build.ts";

/** A rule a port: odd ones drop. */
function portFilter(ports: readonly number[], more: readonly RuleInput[] = []): Filter {
  const rules = ports.map((port): RuleInput => ({
    action: port % 2 === 1 ? "drop" : "pass",
    matches: [{ field: "tcp.dstport", value: port }, { field: "ip.src", value: "10.0.0.0/8" }],
  }));
  return new Filter({ rules: [...rules, ...more] });
}

function toPort(port: number) {
  return frame(ethernet(), ipv4({ src: "10.1.2.3" }), tcp({ dst: port }));
}

async function load(filter: Filter, strategy: StrategyName): Promise<LoadedFilter> {
  const { cprog, object } = await compile(filter, { strategy });
  return loadCprog(cprog, object);
}

async function decide(loaded: LoadedFilter, ports: readonly number[]) {
  using replay = await Replay.create(loaded);
  return ports.map((port) => replay.run(toPort(port))).map(({ action, rule }) => `${action} ${rule}`);
}

for (const strategy of ["classes", "tuple"] as const) {
  tierTest("kernel", `swapRules() puts other rules into the running program, ${strategy}`, async () => {
    using loaded = await load(portFilter([22, 23, 80]), strategy);
    const id = loaded.program.id;
    assert.deepEqual(await decide(loaded, [22, 23, 24]), ["pass 0", "drop 1", "pass null"]);
    const change = planChange(loaded.cprog, portFilter([80, 23, 24, 25]));
    assert.equal(change.tier, "data");
    const swapped = swapRules(loaded, change);
    assert.equal(swapped.program.id, id);
    assert.deepEqual(await decide(swapped, [22, 23, 24, 25]), ["pass null", "drop 1", "pass 2", "drop 3"]);
  });

  tierTest(
    "kernel",
    `swapRules() keeps the counts of rules that stay, and starts new ones at zero, ${strategy}`,
    async () => {
      using loaded = await load(portFilter([22, 23, 80]), strategy);
      await decide(loaded, [22, 23, 23, 9999]);
      const swapped = swapRules(loaded, planChange(loaded.cprog, portFilter([25, 23])));
      await decide(swapped, [23, 25]);
      // Of port 25, of port 23, of the default.
      assert.deepEqual(swapped.readCounters().map(({ packets }) => packets), [1, 3, 1]);
      // Port 22 comes back: it is a new rule now, whatever counter it gets.
      const again = swapRules(swapped, planChange(swapped.cprog, portFilter([22, 23])));
      assert.deepEqual(again.readCounters().map(({ packets }) => packets), [0, 3, 1]);
    },
  );

  tierTest("kernel", `swapRules() refuses a change that takes another program, ${strategy}`, async () => {
    using loaded = await load(portFilter([22]), strategy);
    const change = planChange(
      loaded.cprog,
      portFilter([22], [{ action: "drop", matches: [{ field: "ip.ttl", value: 4 }] }]),
    );
    assert.equal(change.tier, "compile");
    assert.throws(() => swapRules(loaded, change), TypeError);
    assert.deepEqual(await decide(loaded, [22]), ["pass 0"]);
  });
}

/** No compiler: a change that needs one fails. */
const NO_CLANG = { clang: "/there/is/no/clang" };

for (const strategy of ["classes", "tuple"] as const) {
  tierTest("kernel", `applyChange() takes no clang for rules that are all others, ${strategy}`, async () => {
    using loaded = await load(portFilter([1, 2, 3, 4, 5, 6]), strategy);
    const change = planChange(loaded.cprog, portFilter([11, 12, 13, 14, 15, 16, 17]));
    assert.equal(change.tier, "data");
    const calls = recordCalls(() => swapRules(loaded, change));
    // Neither is anything verified: the only thing that is made is the map of the tables.
    assert.deepEqual(calls.filter((call) => /create|load|prog/.test(call)), ["bpf_map_create"]);
    const swapped = await applyChange(loaded, change, NO_CLANG);
    assert.equal(swapped.program.id, loaded.program.id);
    assert.deepEqual(await decide(swapped, [1, 11, 16, 17]), ["pass null", "drop 0", "pass 5", "drop 6"]);
  });

  tierTest("kernel", `applyChange() takes no clang for rules that need larger maps, ${strategy}`, async () => {
    using small = await load(portFilter([22, 23]), strategy);
    const ports = Array.from({ length: 600 }, (_, index) => 1000 + index);
    const change = planChange(small.cprog, portFilter(ports));
    assert.equal(change.tier, "reload");
    using large = await applyChange(small, change, NO_CLANG);
    assert.notEqual(large.program.id, small.program.id);
    assert.deepEqual(await decide(large, [22, 1000, 1599, 1600]), ["pass null", "pass 0", "drop 599", "pass null"]);
    // The first one stays as it was.
    assert.deepEqual(await decide(small, [22, 23, 1000]), ["pass 0", "drop 1", "pass null"]);
    assert.deepEqual(large.readCounters().map(({ packets }) => packets).filter((packets) => packets > 0), [1, 1, 2]);
    // There is room in it for a few now.
    assert.equal(planChange(large.cprog, portFilter([22, 23])).tier, "data");
  });
}

/** Drops what comes from a set of addresses, each the `step`-th from 10.0.0.0 on, to a port. */
function setFilter(step: number, port: number): Filter {
  const value = Array.from({ length: 1000 }, (_, index) => `10.0.${index * step >> 8}.${index * step & 255}`);
  return new Filter({
    rules: [
      { action: "drop", matches: [{ field: "ip.src", operator: "in", value }, { field: "tcp.dstport", value: port }] },
      { action: "pass", matches: [{ field: "ip.src", operator: "not in", value }] },
    ],
    defaultAction: "drop",
  });
}

for (const strategy of ["classes", "tuple"] as const) {
  tierTest("kernel", `swapRules() puts other sets into the running program, ${strategy}`, async () => {
    using loaded = await load(setFilter(3, 22), strategy);
    assert.ok(loaded.cprog.plan.sets !== undefined);
    const from = (src: string, dst: number) => frame(ethernet(), ipv4({ src }), tcp({ dst }));
    const packets = [from("10.0.0.9", 22), from("10.0.0.10", 22), from("10.0.0.9", 23), from("10.0.0.10", 23)];
    const judge = async (one: LoadedFilter) => {
      using replay = await Replay.create(one);
      return packets.map((packet) => replay.run(packet)).map(({ action, rule }) => `${action} ${rule}`);
    };
    assert.deepEqual(await judge(loaded), ["drop 0", "pass 1", "drop null", "pass 1"]);
    // The plan of another process, by its text.
    const { plan } = loaded.cprog;
    assert.ok(isTablePlan(plan));
    const decoded = { ...decodePlan(encodePlan(plan)), counters: plan.counters };
    const change = planChange({ ...loaded.cprog, plan: decoded }, setFilter(2, 23));
    assert.equal(change.tier, "data");
    assert.deepEqual(await judge(swapRules(loaded, change)), ["pass 1", "drop null", "pass 1", "drop 0"]);
  });
}

tierTest(
  "kernel",
  "applyChange() compiles where rules are code, and loads again where a scan takes others",
  async () => {
    using inline = await load(portFilter([22]), "inline");
    const other = planChange(inline.cprog, portFilter([23]));
    assert.equal(other.tier, "compile");
    await assert.rejects(applyChange(inline, other, NO_CLANG), { name: "UnavailableError" });
    using compiled = await applyChange(inline, other);
    assert.deepEqual(await decide(compiled, [22, 23]), ["pass null", "drop 0"]);
    using linear = await load(portFilter([22]), "linear");
    const longer = planChange(linear.cprog, portFilter([23, 24, 25, 26]));
    assert.equal(longer.tier, "reload");
    using reloaded = await applyChange(linear, longer, NO_CLANG);
    assert.deepEqual(await decide(reloaded, [22, 23, 26]), ["pass null", "drop 0", "pass 3"]);
    // The same rules are the same object.
    assert.equal(planChange(inline.cprog, portFilter([22])).tier, "reload");
  },
);

tierTest("kernel", "planChange() takes another strategy where the running one's cannot hold the rules", async () => {
  using inline = await load(portFilter([22]), "inline");
  const ports = Array.from({ length: 500 }, (_, index) => index);
  const change = planChange(inline.cprog, portFilter(ports));
  assert.equal(change.tier, "compile");
  assert.notEqual(change.cprog.plan.strategy, "inline");
  assert.throws(() => planChange(inline.cprog, portFilter(ports), { strategy: "inline" }), { name: "FilterError" });
});
