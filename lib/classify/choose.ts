/**
 * Chooses a strategy and builds its plan.
 *
 * @module
 */

import { rangesIn } from "../model/match.ts";
import { assertNever } from "../diagnostics/assert_never.ts";
import { FilterError } from "../diagnostics/errors.ts";
import { logOf } from "../diagnostics/log.ts";
import type { Filter } from "../model/filter.ts";
import type { ProgramFlags } from "../model/flags.ts";
import type { Rule } from "../model/rule.ts";
import { planClasses } from "./classes/plan.ts";
import { costOf, leastNs } from "./cost.ts";
import { type CounterPlaces, roomyPlaces } from "./counters.ts";
import { planInline } from "./inline.ts";
import { LIMITS, memoryLimit } from "./limits.ts";
import { planLinear } from "./linear.ts";
import { isRefusal, type Plan, type Refusal, type StrategyChoice, type StrategyName } from "./plan.ts";
import { RecentSets } from "./sets/recent.ts";
import { planTuple } from "./tuple/plan.ts";

/** What a strategy takes beside the filter. */
type PlanOptions = Omit<ChooseOptions, "strategy">;

/** What {@link choosePlan} takes beside the filter. */
export interface ChooseOptions {
  readonly strategy: StrategyChoice;
  /** How the program differs from the usual one; not at all unless given. */
  readonly flags?: ProgramFlags;
  /** The words above each rule of `inline`. */
  readonly textOf: (rule: Rule) => string;
  /** Where rules count, when they take over from others in a running program. */
  readonly counters?: CounterPlaces;
  /** A plan whose program is to take the rules, if it can. */
  readonly like?: Plan;
  /** Bytes that the maps may take for `auto` to choose a strategy; {@link memoryLimit} unless given. */
  readonly memoryBytes?: number;
  /** What other strategies have made of the filter's sets. */
  readonly recent?: RecentSets;
}

/**
 * The plan of a filter. `auto` takes, of the strategies that can hold the filter in the memory that they may take, the one
 * that is expected to cost a packet the least; what cannot win is not built. `linear` is there when no other can hold it.
 *
 * @throws FilterError `too-large` when the strategy cannot hold the filter: says its size and the limit; `strategy-needs`
 * when it cannot do without what the flags rule out
 */
export function choosePlan(filter: Filter, options: ChooseOptions): Plan {
  const plan = choose(filter, options);
  log.info(`chose ${plan.strategy}: ${plan.reason}`, { strategy: plan.strategy, reason: plan.reason });
  return plan;
}

const log = logOf("classify");

function choose(filter: Filter, options: ChooseOptions): Plan {
  const { strategy } = options;
  if (strategy === "auto") return chooseAutomatically(filter, options);
  const plan = planWith(strategy, filter, options);
  if (!isRefusal(plan)) return { ...plan, reason: "asked for" };
  if (plan.refused.startsWith("needs-")) throw strategyNeeds(strategy, plan);
  throw tooLarge(
    refusalText(strategy, plan),
    strategy === "linear" ? "split the filter" : "use auto, which takes a strategy that can hold it",
  );
}

/** What a strategy makes of a filter, or why it cannot hold it. The plan's reason is empty. */
export function planWith(strategy: StrategyName, filter: Filter, options: PlanOptions): Plan | Refusal {
  const plan = build(strategy, filter, options);
  if (isRefusal(plan)) log.debug(refusalText(strategy, plan), { strategy, refused: plan.refused });
  else log.debug(`built ${strategy}`, { strategy });
  return plan;
}

function build(strategy: StrategyName, filter: Filter, options: PlanOptions): Plan | Refusal {
  switch (strategy) {
    case "inline":
      return planInline(filter, options.textOf, "");
    case "linear":
      return planLinear(filter, "", options.flags);
    case "classes":
      return planClasses(filter, tableOptions(filter, options));
    case "tuple":
      if (options.flags?.inlineFunctions) {
        return { refused: "needs-calls", what: "its long lookups are bpf_loop's callback" };
      }
      if (options.flags?.noLoops) {
        return { refused: "needs-loops", what: "how many tables and records it looks at is data" };
      }
      return planTuple(filter, tableOptions(filter, options));
    default:
      return assertNever(strategy);
  }
}

/** A refusal in words, with its code. */
export function refusalText(strategy: StrategyName, { refused, what }: Refusal): string {
  return `${strategy} cannot hold it (${refused}: ${what})`;
}

/** In the order in which they are built: from the one that takes the least time. */
const TRIED: readonly StrategyName[] = ["inline", "classes", "tuple"];

function chooseAutomatically(filter: Filter, options: ChooseOptions): Plan {
  const limit = options.memoryBytes ?? memoryLimit(entriesOf(filter));
  const others: string[] = [];
  // What takes clang and the verifier long is still better than a scan.
  let spare: Plan | undefined;
  const recent = new RecentSets();
  let best: { readonly plan: Plan; readonly ns: number } | undefined;
  for (const strategy of TRIED) {
    const least = leastNs(strategy, best?.plan.demand.places.length ?? 0);
    if (best !== undefined && best.ns <= least) {
      others.push(`${strategy} takes ${rounded(least)} ns at least`);
      continue;
    }
    const plan = planWith(strategy, filter, { ...options, recent });
    if (isRefusal(plan)) {
      others.push(refusalText(strategy, plan));
      continue;
    }
    const { ns, bytes } = costOf(plan);
    if (plan.strategy === "inline" && plan.comparisons > LIMITS.inlineComfort) {
      spare = plan;
      others.push(`inline makes ${plan.comparisons} comparisons, chosen up to ${LIMITS.inlineComfort}`);
    } else if (bytes > limit) {
      const refusal = { refused: "too-much-memory", what: `${bytes} bytes, ${limit} at most for so many rules` };
      others.push(refusalText(strategy, refusal));
    } else if (best === undefined || ns < best.ns) {
      if (best !== undefined) others.push(expectation(best));
      best = { plan, ns };
    } else {
      others.push(expectation({ plan, ns }));
    }
  }
  if (best === undefined && spare !== undefined) return { ...spare, reason: others.join("; ") };
  if (best === undefined) {
    const plan = planLinear(filter, others.join("; "), options.flags);
    if (!isRefusal(plan)) return plan;
    throw tooLarge([...others, refusalText("linear", plan)].join("; "), "split the filter");
  }
  return { ...best.plan, reason: [`about ${rounded(best.ns)} ns a packet`, ...others].join("; ") };
}

/** Rules, and entries of sets beyond the first. */
function entriesOf(filter: Filter): number {
  let entries = filter.size;
  for (const { matches } of filter) {
    for (const match of matches) entries += Math.max(0, rangesIn(match) - 1);
  }
  return entries;
}

function expectation({ plan, ns }: { readonly plan: Plan; readonly ns: number }): string {
  return `${plan.strategy} would take about ${rounded(ns)}`;
}

function rounded(ns: number): string {
  return ns < 10 ? ns.toFixed(1) : ns.toFixed(0);
}

function tableOptions(filter: Filter, { counters, like, recent }: PlanOptions) {
  return {
    counters: counters ?? roomyPlaces(filter),
    reason: "",
    ...(like !== undefined && { like }),
    ...(recent !== undefined && { recent }),
  };
}

function strategyNeeds(strategy: StrategyName, refusal: Refusal): FilterError {
  return new FilterError([{
    severity: "error",
    code: "strategy-needs",
    message: `Cannot plan the filter: ${refusalText(strategy, refusal)}`,
    hint: "use auto, which takes a strategy that can do without",
  }]);
}

function tooLarge(message: string, hint: string): FilterError {
  return new FilterError([{
    severity: "error",
    code: "too-large",
    message: `Cannot plan the filter: ${message}`,
    hint,
  }]);
}
