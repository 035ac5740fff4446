import assert from "node:assert/strict";
import { costOf, leastNs, loadNs } from "../../lib/classify/cost.ts";
import { isRefusal, type Plan, STRATEGIES, type StrategyName } from "../../lib/classify/plan.ts";
import { planWith } from "../../lib/classify/choose.ts";
import { compareStrategies } from "../../lib/compare.ts";
import { createCprog, mapContents } from "../../lib/cprog.ts";
import { Filter } from "../../lib/model/filter.ts";
import { parseFilter } from "../../lib/syntax/rule_file.ts";
import { makeRuleSet, type RuleSetStyle, STYLES } from "../classbench/rule_sets.ts";

function accessList(rules: number): Filter {
  const text = makeRuleSet(STYLES["access lists"] as RuleSetStyle, { rules, seed: 7 });
  return parseFilter(text, { syntax: "classbench" }).filter;
}

function planOf(strategy: StrategyName, filter: Filter): Plan {
  const plan = planWith(strategy, filter, { textOf: () => "" });
  assert.ok(!isRefusal(plan));
  return plan;
}

const HUNDRED = accessList(100);

Deno.test("costOf() has strategies in the order that they are measured in, of a hundred rules", () => {
  const ns = (["classes", "tuple", "linear"] as const).map((strategy) => costOf(planOf(strategy, HUNDRED)).ns);
  assert.deepEqual(ns, ns.toSorted((a, b) => a - b));
  assert.ok(ns[2]! > 5 * ns[1]!, "linear grows with the rules");
});

Deno.test("costOf() has inline below the others for a few rules, and grow with them", () => {
  const [few, more] = [4, 30].map((rules) => costOf(planOf("inline", accessList(rules))).ns) as [number, number];
  assert.ok(few < more);
  for (const strategy of ["classes", "tuple", "linear"] as const) {
    assert.ok(few < costOf(planOf(strategy, accessList(4))).ns, strategy);
  }
});

for (const strategy of STRATEGIES) {
  Deno.test(`costOf() says what the maps of ${strategy} take, and a bound that is no less than what is expected`, () => {
    const filter = accessList(20);
    const { ns, loads, worst, bytes } = costOf(planOf(strategy, filter));
    const contents = mapContents(createCprog(filter, { strategy }));
    assert.equal(bytes, contents.reduce((sum, { values }) => sum + values.length, 0));
    assert.ok(ns > 0 && worst > 0);
    if (strategy !== "tuple") assert.ok(worst >= Math.floor(loads), `${loads} loads, ${worst} at most`);
  });

  Deno.test(`leastNs() is no more than what ${strategy} is expected to cost`, () => {
    for (const rules of [1, 5, 100]) {
      const plan = planWith(strategy, accessList(rules), { textOf: () => "" });
      if (isRefusal(plan)) continue;
      const least = leastNs(strategy, plan.demand.places.length);
      assert.ok(costOf(plan).ns >= least, `${rules} rules: ${costOf(plan).ns} ns, ${least} at least`);
    }
  });
}

Deno.test("loadNs() grows with the table", () => {
  const sizes = [0, 1, 1 << 15, 1 << 18, 1 << 20, 1 << 22, 1 << 25, 1 << 30];
  const times = sizes.map(loadNs);
  assert.deepEqual(times, times.toSorted((a, b) => a - b));
  assert.ok(times.every((ns) => ns > 0 && ns < 100));
});

Deno.test("compareStrategies() tells of each strategy what it costs, or the code of its refusal", () => {
  const reports = compareStrategies(createCprog(HUNDRED));
  assert.deepEqual(reports.map(({ strategy }) => strategy), STRATEGIES);
  assert.equal(reports.filter(({ chosen }) => chosen).length, 1);
  for (const { strategy, cost, refusal } of reports) {
    assert.equal(refusal?.refused, strategy === "inline" ? "too-many-comparisons" : undefined);
    assert.equal(cost === undefined, strategy === "inline");
    if (cost !== undefined) assert.ok(cost.buildMs > 0);
  }
});
