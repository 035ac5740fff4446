import assert from "node:assert/strict";
import type { StrategyName } from "../../lib/classify/plan.ts";
import { compile } from "../../lib/compile.ts";
import { loadCprog, type LoadedFilter } from "../../lib/load.ts";
import { Filter } from "../../lib/model/filter.ts";
import type { RuleInput } from "../../lib/model/rule.ts";
import { Replay } from "../../lib/replay.ts";
import { planChange, swapRules } from "../../lib/swap.ts";
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

for (const strategy of ["classes"] as const) {
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

tierTest(
  "kernel",
  "planChange() asks for another program where rules are code, and when counters have no room",
  async () => {
    using inline = await load(portFilter([22]), "inline");
    assert.equal(planChange(inline.cprog, portFilter([23])).tier, "compile");
    using classes = await load(portFilter([22]), "classes");
    const many = Array.from({ length: classes.cprog.plan.counters.capacity }, (_, index) => index);
    assert.equal(planChange(classes.cprog, portFilter(many)).tier, "compile");
  },
);
