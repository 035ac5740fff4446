import assert from "node:assert/strict";
import { choosePlan } from "../../lib/classify/choose.ts";
import { planClasses } from "../../lib/classify/classes/plan.ts";
import { roomyPlaces } from "../../lib/classify/counters.ts";
import { isRefusal, type Plan } from "../../lib/classify/plan.ts";
import { TUPLE_LIMITS } from "../../lib/classify/tuple/limits.ts";
import { planTuple } from "../../lib/classify/tuple/plan.ts";
import type { Filter } from "../../lib/model/filter.ts";
import { makeTrial, tryPlan } from "../judges/large.ts";
import { tierTest } from "../judges/tiers.ts";
import { settingsFor } from "../random/settings.ts";
import { LARGEST, makeLongRule, makeSet, SETS } from "./sets.ts";

const { seed, again } = settingsFor(1);

/** Why a strategy may leave a filter to another. */
const REASONS = [
  "too-many-rules",
  "too-many-rows",
  "too-many-classes",
  "too-many-words",
  "too-many-bytes",
  "too-many-comparisons",
  "too-much-memory",
  "too-much-work",
  "tables-too-large",
  "wide-mask",
  "compound-absence",
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

  tierTest("kernel", `${small} rules, ${name}: every strategy decides as they say (${again})`, async () => {
    const filter = makeSet(name, { rules: small, seed });
    const trial = makeTrial(filter, { packets: 150, seed });
    assert.ok(trial.expected.some(({ rule }) => rule !== null), "some packet meets a rule");
    for (const build of [planClasses, planTuple]) {
      const plan = build(filter, { counters: roomyPlaces(filter), reason: "" });
      if (isRefusal(plan)) {
        assert.ok(REASONS.includes(plan.refused), `${plan.refused}: ${plan.what}`);
        continue;
      }
      checkBound(plan);
      await tryPlan(trial, plan, "xdp");
    }
  });

  tierTest("kernel", `${largest} rules, ${name}: auto takes what decides as they say (${again})`, async () => {
    const filter = makeSet(name, { rules: largest, seed });
    const plan = planAutomatically(filter);
    checkBound(plan);
    const trial = makeTrial(filter, { packets: largest > 10_000 ? 20 : 40, seed });
    await tryPlan(trial, plan, "tc-ingress");
  });
}

tierTest("kernel", `one rule of 64 matches is decided as it says (${again})`, async () => {
  const filter = makeLongRule(seed);
  const trial = makeTrial(filter, { packets: 200, seed });
  const plans = [
    choosePlan(filter, { strategy: "inline", textOf: () => "" }),
    choosePlan(filter, { strategy: "linear", textOf: () => "" }),
    planClasses(filter, { counters: roomyPlaces(filter), reason: "" }),
    planTuple(filter, { counters: roomyPlaces(filter), reason: "" }),
  ];
  for (const plan of plans) {
    assert.ok(!isRefusal(plan));
    await tryPlan(trial, plan, "xdp");
  }
});
