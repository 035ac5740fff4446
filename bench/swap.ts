/**
 * How long a change of rules takes in a loaded program, from the parsed rules to where every packet sees the new ones.
 *
 * @module
 */

import { loadCprog } from "../lib/load.ts";
import { compileCprog } from "../lib/compile.ts";
import { createCprog } from "../lib/cprog.ts";
import type { StrategyName } from "../lib/classify/plan.ts";
import { Filter } from "../lib/model/filter.ts";
import { applyChange, type ChangeTier, planChange } from "../lib/swap.ts";

/** What one change took. */
export interface SwapResult {
  /** Which change. */
  readonly change: "all rules" | "one rule";
  readonly tier: ChangeTier;
  /** Records that are written into the tables in use, where these are few. */
  readonly records?: number;
  /** Milliseconds from the rules to a plan, checks and tables included. */
  readonly planMs: number;
  /** Milliseconds from the plan to where no packet sees the old rules any more. */
  readonly applyMs: number;
}

/** Loads a filter and changes it: one rule deleted, and all rules in reverse order, which decide differently. */
export async function measureSwap(filter: Filter, strategy: StrategyName): Promise<SwapResult[]> {
  const { rules, defaultAction } = filter;
  const changes = [
    ["one rule", new Filter({ rules: rules.filter((_, index) => index !== rules.length >> 1), defaultAction })],
    ["all rules", new Filter({ rules: rules.toReversed(), defaultAction })],
  ] as const;
  const cprog = createCprog(filter, { strategy });
  using loaded = loadCprog(cprog, await compileCprog(cprog));
  let current = loaded;
  const results: SwapResult[] = [];
  for (const [change, other] of changes) {
    const start = performance.now();
    const planned = planChange(current.cprog, other);
    const planEnd = performance.now();
    const changed = await applyChange(current, planned);
    results.push({
      change,
      tier: planned.tier,
      ...(planned.records !== undefined && { records: planned.records }),
      planMs: planEnd - start,
      applyMs: performance.now() - planEnd,
    });
    // The same program with other tables, or another one.
    if (changed.object === loaded.object) current = changed;
    else changed[Symbol.dispose]();
  }
  return results;
}
