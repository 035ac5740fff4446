import assert from "node:assert/strict";
import { choosePlan, planWith } from "../../lib/classify/choose.ts";
import { isRefusal, type Plan, STRATEGIES } from "../../lib/classify/plan.ts";
import { TUPLE_LIMITS } from "../../lib/classify/tuple/limits.ts";
import { Filter } from "../../lib/model/filter.ts";
import { planChange, swapRules } from "../../lib/swap.ts";
import { cprogOf, loadPlan, makeTrial, tryLoaded, tryPlan } from "../judges/large.ts";
import { buildNative } from "../judges/native.ts";
import { tierTest } from "../judges/tiers.ts";
import { settingsFor } from "../random/settings.ts";
import { LARGEST, makeLongRule, makeSet, SETS } from "./sets.ts";

const { seed, again } = settingsFor(1);

/** Why a strategy may leave a filter to another. */
const REASONS = [
  "too-many-headers",
  "too-many-rules",
  "too-many-rows",
  "too-many-classes",
  "too-many-words",
  "too-many-bytes",
  "too-many-comparisons",
  "too-many-set-lookups",
  "sets-too-large",
  "too-much-memory",
  "too-much-work",
  "tables-too-large",
];

/** What `auto` takes, which says of each strategy that cannot hold the filter why. */
function planAutomatically(filter: Filter): Plan {
  const plan = choosePlan(filter, { strategy: "auto", textOf: () => "" });
  const reasons = [...plan.reason.matchAll(/(\w+) cannot hold it \(([^:)]*)/g)];
  for (const [, strategy, code] of reasons) {
    assert.notEqual(strategy, plan.strategy, plan.reason);
    assert.ok(REASONS.includes(code!), plan.reason);
  }
  if (plan.strategy === "linear") assert.ok(reasons.length > 0, plan.reason);
  return plan;
}

/** What a packet takes at most is what the program has room for: no record is left out because there are many. */
function checkBound(plan: Plan): void {
  if (plan.strategy !== "tuple") return;
  const { tables, records } = plan.facts;
  assert.ok(tables + 2 * records <= TUPLE_LIMITS.laterSteps, `${tables} tables, ${records} records`);
}

for (const name of Object.keys(SETS)) {
  const largest = LARGEST[name] ?? 10_000;
  const small = Math.min(300, largest);

  tierTest(
    "kernel",
    `${small} rules, ${name}: every strategy decides as they say, and others do (${again})`,
    async () => {
      const filter = makeSet(name, { rules: small, seed });
      const others = makeSet(name, { rules: small, seed: seed + 1 });
      const mixed = new Filter({
        rules: [...others.rules.slice(0, small / 2), ...filter.rules.slice(small / 4, small / 2)],
        defaultAction: filter.defaultAction,
      });
      const trial = makeTrial(filter, { packets: 150, seed });
      const mixedTrial = makeTrial(mixed, { packets: 80, seed });
      assert.ok(trial.expected.some(({ rule }) => rule !== null), "some packet meets a rule");
      for (const strategy of ["classes", "tuple"] as const) {
        const plan = planWith(strategy, filter, { textOf: () => "" });
        if (isRefusal(plan)) {
          assert.ok(REASONS.includes(plan.refused), `${plan.refused}: ${plan.what}`);
          continue;
        }
        checkBound(plan);
        using loaded = await loadPlan(filter, plan, "xdp");
        await tryLoaded(trial, loaded);
        // The same program with rules of the same kind, some of which stay.
        const change = planChange(loaded.cprog, mixed, { strategy });
        if (change.tier === "data") await tryLoaded(mixedTrial, swapRules(loaded, change));
      }
    },
  );

  tierTest("kernel", `${largest} rules, ${name}: auto takes what decides as they say (${again})`, async () => {
    const filter = makeSet(name, { rules: largest, seed });
    const plan = planAutomatically(filter);
    checkBound(plan);
    const trial = makeTrial(filter, { packets: largest > 10_000 ? 20 : 40, seed });
    await tryPlan(trial, plan, "tc-ingress");
  });
}

/** Those whose tables are of all kinds: groups behind groups, ranges, wide places, both families. */
const SANITIZED = ["all rules overlap, the narrow ones first", "families in turn", "masks that are no prefixes, IPv6"];

for (const name of SANITIZED) {
  tierTest("clang", `200 rules, ${name}: no read is beyond the tables (${again})`, async () => {
    const { filter, packets, expected } = makeTrial(makeSet(name, { rules: 200, seed }), { packets: 300, seed });
    for (const strategy of ["classes", "tuple"] as const) {
      const plan = planWith(strategy, filter, { textOf: () => "" });
      if (isRefusal(plan)) continue;
      await using program = await buildNative(cprogOf(filter, plan, "xdp"));
      const verdicts = await program.run(packets);
      assert.deepEqual(verdicts.map(({ action, rule }) => ({ action, rule })), expected);
    }
  });
}

tierTest("kernel", `one rule of 64 matches is decided as it says (${again})`, async () => {
  const filter = makeLongRule(seed);
  const trial = makeTrial(filter, { packets: 200, seed });
  for (const strategy of STRATEGIES) {
    await tryPlan(trial, choosePlan(filter, { strategy, textOf: () => "" }), "xdp");
  }
});
