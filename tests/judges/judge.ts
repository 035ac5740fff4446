/**
 * Judges: whoever can say what a filter does with packets. All must say the same.
 *
 * @module
 */

import type { StrategyName } from "../../lib/classify/plan.ts";
import type { Filter } from "../../lib/model/filter.ts";
import type { HookName } from "../../lib/model/hooks.ts";
import type { Packet } from "../../lib/semantics/dissect.ts";
import type { Verdict } from "../../lib/semantics/evaluate.ts";
import type { Tier } from "./tiers.ts";

/** How rules become a program, for judges that make one. */
export type JudgedStrategy = StrategyName;

/** Where and how a filter is judged. */
export interface JudgeOptions {
  readonly hook: HookName;
  readonly strategy: JudgedStrategy;
}

/** Whoever decides. */
export interface Judge {
  readonly name: string;
  /** What it needs. */
  readonly tier: Tier;
  /** The strategies that make a difference to it; the first stands for all where none does. */
  readonly strategies: readonly JudgedStrategy[];
  /** The verdicts on packets, one for each, in their order. */
  judge(filter: Filter, packets: readonly Packet[], options: JudgeOptions): Promise<readonly Verdict[]>;
}

/** The line of the generated C that names the hook. */
export const HOOK_COMMENT = /^ \* hook: .*$/m;
