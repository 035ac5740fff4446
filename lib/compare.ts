/**
 * What each strategy would make of a filter.
 *
 * @module
 */

import { planWith } from "./classify/choose.ts";
import { type Cost, costOf } from "./classify/cost.ts";
import { isRefusal, type Plan, type Refusal, STRATEGIES, type StrategyName } from "./classify/plan.ts";
import { type Cprog, mapContents, textOfRule } from "./cprog.ts";
import { generateC } from "./codegen/generate.ts";

/** A strategy, and what it would cost or why it cannot hold the filter. */
export interface StrategyReport {
  /** The strategy. */
  readonly strategy: StrategyName;
  /** Whether it is the C program's. */
  readonly chosen: boolean;
  /** What it is expected to cost, and what it took to plan and to generate. */
  readonly cost?: Cost & { readonly buildMs: number };
  /** Why it cannot hold the filter. */
  readonly refusal?: Refusal;
}

/**
 * Builds a C program's filter with every strategy, from parsed rules to the bytes of the maps, and times each. Nothing is
 * compiled.
 */
export function compareStrategies(cprog: Cprog): readonly StrategyReport[] {
  return STRATEGIES.map((strategy) => {
    const chosen = strategy === cprog.plan.strategy;
    const start = performance.now();
    const plan = planWith(strategy, cprog.filter, { flags: cprog.flags, textOf: textOfRule });
    if (isRefusal(plan)) return { strategy, chosen, refusal: plan };
    build(cprog, plan);
    const buildMs = performance.now() - start;
    return { strategy, chosen, cost: { ...costOf(plan), buildMs } };
  });
}

function build(cprog: Cprog, plan: Plan): void {
  const text = generateC(plan, cprog);
  mapContents({ ...cprog, plan, text });
}
