/**
 * How each limit of large sets is reached, and what is beyond it; tests/classify/capacities_test.ts goes through them.
 *
 * @module
 */

import assert from "node:assert/strict";
import { planWith } from "../../lib/classify/choose.ts";
import { isRefusal, type Plan, type StrategyName } from "../../lib/classify/plan.ts";
import { SET_LIMITS } from "../../lib/classify/sets/limits.ts";
import { Filter } from "../../lib/model/filter.ts";
import type { MatchInput } from "../../lib/model/match.ts";
import { withLimits } from "../classify/lowered.ts";
import { makeTrial, tryPlan } from "../judges/large.ts";

/** So many addresses that do not touch, from an address on. */
function addresses(count: number, from = 0x0a00_0000): number[] {
  return Array.from({ length: count }, (_, index) => from + 2 * index);
}

/** A rule for each set. */
function rulesOf(sets: readonly MatchInput[]): Filter {
  return new Filter({ rules: sets.map((match, index) => ({ action: index % 2 ? "pass" : "drop", matches: [match] })) });
}

/** Sets of which each overlaps the next. */
function overlapping(count: number, size = 20): Filter {
  return rulesOf(Array.from({ length: count }, (_, index) => ({
    field: "ip.src",
    value: addresses(size, 0x0a00_0000 + 2 * index),
  })));
}

/** Sets without a value in common. */
function apart(count: number): Filter {
  return rulesOf(Array.from({ length: count }, (_, index) => ({
    field: "ip.src",
    value: addresses(20, 0x0a00_0000 + 0x1_0000 * index),
  })));
}

function planOf(filter: Filter, strategy: StrategyName): Plan {
  const plan = planWith(strategy, filter, { textOf: () => "" });
  assert.ok(!isRefusal(plan), isRefusal(plan) ? plan.what : "");
  return plan;
}

async function judge(filter: Filter, plan: Plan): Promise<void> {
  await tryPlan(makeTrial(filter, { packets: 200, seed: 1 }), plan, "xdp");
}

/** What a strategy looks up at the limit, none, and beyond it, the set. */
function thresholdOf(strategy: StrategyName, limit: number): () => Promise<void> {
  return async () => {
    for (const [size, isLookedUp] of [[limit, false], [limit + 1, true]] as const) {
      const filter = rulesOf([{ field: "ip.src", value: addresses(size) }]);
      const plan = planOf(filter, strategy);
      assert.equal(plan.sets !== undefined, isLookedUp, `${size} ranges`);
      await judge(filter, plan);
    }
  };
}

function bitsOf(plan: Plan): number {
  return plan.sets?.lookups.reduce((sum, { bitPlaces }) => sum + bitPlaces.length, 0) ?? 0;
}

/** A test body for each limit. */
export const SET_LIMIT_CASES: Readonly<Record<keyof typeof SET_LIMITS, () => Promise<void>>> = {
  plainRanges: thresholdOf("tuple", SET_LIMITS.plainRanges),
  linearRanges: thresholdOf("linear", SET_LIMITS.linearRanges),
  classesRanges: thresholdOf("classes", SET_LIMITS.classesRanges),
  plainProduct: async () => {
    const side = Math.sqrt(SET_LIMITS.plainProduct);
    for (const [more, isLookedUp] of [[0, false], [1, true]] as const) {
      const matches = [{ field: "ip.src", value: addresses(side) }, { field: "ip.dst", value: addresses(side + more) }];
      const filter = new Filter({ rules: [{ action: "drop", matches }] });
      const plan = planOf(filter, "tuple");
      assert.equal(plan.sets !== undefined, isLookedUp);
      await judge(filter, plan);
    }
  },
  classes: async () => {
    // So many addresses, each in other sets than all the others, and one set more.
    const numbers = Array.from({ length: SET_LIMITS.classes }, (_, index) => index + 1);
    const sets = Array.from({ length: Math.log2(SET_LIMITS.classes + 1) }, (_, bit): MatchInput => ({
      field: "ip.src",
      // Which ones is spread, so that no set is a few ranges.
      value: numbers.filter((number) => number * 40_503 >> bit & 1).map((number) => 0x0a00_0000 + number),
    }));
    const more: MatchInput = { field: "ip.src", value: addresses(20, 0x0b00_0000) };
    for (const [filter, isOne] of [[rulesOf(sets), true], [rulesOf([...sets, more]), false]] as const) {
      const plan = planOf(filter, "tuple");
      assert.equal(plan.sets?.lookups.length === 1, isOne);
      await judge(filter, plan);
    }
  },
  members: async () => {
    // Forty sets take two words, of each class and of what is in none.
    const filter = apart(40);
    for (const [members, lookups] of [[2 * 41, 1], [2 * 41 - 1, 2]] as const) {
      await withLimits([[SET_LIMITS, { members }]], async () => {
        const plan = planOf(filter, "tuple");
        assert.equal(plan.sets?.lookups.length, lookups);
        await judge(filter, plan);
      });
    }
  },
  bitsAlways: async () => {
    // Up to the limit a bit each, beyond it a class.
    for (const [count, bits] of [[SET_LIMITS.bitsAlways, 1], [SET_LIMITS.bitsAlways + 1, 0]] as const) {
      const plan = planOf(apart(count), "tuple");
      assert.equal(bitsOf(plan), bits);
      await judge(apart(count), plan);
    }
  },
  bits: async () => {
    for (const [count, hasClasses] of [[SET_LIMITS.bits, false], [SET_LIMITS.bits + 1, true]] as const) {
      const filter = overlapping(count);
      const plan = planOf(filter, "tuple");
      assert.equal(bitsOf(plan), SET_LIMITS.bits / 16);
      assert.equal(plan.sets?.lookups[0]?.classPlace !== undefined, hasClasses);
      await judge(filter, plan);
    }
  },
  lookups: async () => {
    // Each under a mask of its own, which is a lookup of its own.
    const masked = (count: number) =>
      rulesOf(Array.from({ length: count }, (_, index) => ({
        field: "ip.src",
        value: Array.from({ length: 40 }, (_, number) => 4 * number),
        mask: 0xffff_ffffn ^ 0x100n << BigInt(index),
      })));
    const filter = masked(SET_LIMITS.lookups);
    const plan = planOf(filter, "tuple");
    assert.equal(plan.sets?.lookups.length, SET_LIMITS.lookups);
    await judge(filter, plan);
    const beyond = masked(SET_LIMITS.lookups + 1);
    for (const strategy of ["tuple", "classes"] as const) {
      await withLimits([[SET_LIMITS, { classesRanges: 16 }]], () => {
        const refusal = planWith(strategy, beyond, { textOf: () => "" });
        assert.ok(isRefusal(refusal) && refusal.refused === "too-many-set-lookups");
      });
    }
    // Those sets are steps then.
    const steps = planOf(beyond, "linear");
    assert.equal(steps.sets, undefined);
    await judge(beyond, steps);
  },
  bytes: async () => {
    const filter = rulesOf([{ field: "ip.src", value: addresses(2_000) }]);
    const used = planOf(filter, "tuple").sets?.facts.usedBytes ?? 0;
    await withLimits([[SET_LIMITS, { bytes: used }]], () => judge(filter, planOf(filter, "tuple")));
    await withLimits([[SET_LIMITS, { bytes: used - 1 }]], () => {
      const refusal = planWith("tuple", filter, { textOf: () => "" });
      assert.ok(isRefusal(refusal) && refusal.refused === "sets-too-large");
    });
  },
};
