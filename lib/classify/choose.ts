/**
 * Chooses a strategy and builds its plan.
 *
 * @module
 */

import { assertNever } from "../diagnostics/assert_never.ts";
import { FilterError } from "../diagnostics/errors.ts";
import type { Filter } from "../model/filter.ts";
import type { Rule } from "../model/rule.ts";
import { type CounterPlaces, roomyPlaces } from "./counters.ts";
import { planInline } from "./inline.ts";
import { LIMITS } from "./limits.ts";
import { planLinear, recordBytes } from "./linear.ts";
import { planClasses } from "./classes/plan.ts";
import { planTuple } from "./tuple/plan.ts";
import {
  isRefusal,
  type LinearPlan,
  type Plan,
  type Refusal,
  type StrategyChoice,
  type TablePlanOptions,
} from "./plan.ts";

/** What {@link choosePlan} takes beside the filter. */
export interface ChooseOptions {
  readonly strategy: StrategyChoice;
  /** The words above each rule of `inline`. */
  readonly textOf: (rule: Rule) => string;
  /** Where rules count, when they take over from others in a running program. */
  readonly counters?: CounterPlaces;
  /** A plan whose program is to take the rules, if it can. */
  readonly like?: Plan;
}

/**
 * The plan of a filter. `auto` takes `inline` while the comparisons are few, then the first of `classes` and `tuple` that can
 * hold the filter, and `linear` when neither can.
 *
 * @throws FilterError `too-large` when the strategy cannot hold the filter: says its size and the limit
 */
export function choosePlan(filter: Filter, options: ChooseOptions): Plan {
  const { strategy } = options;
  switch (strategy) {
    case "auto":
      return chooseAutomatically(filter, options);
    case "inline": {
      const inline = planInline(filter, options.textOf, ASKED_FOR);
      if (inline.comparisons <= LIMITS.inlineComparisons) return inline;
      const size = `inline takes ${inline.comparisons} comparisons, ${LIMITS.inlineComparisons} at most`;
      throw tooLarge(size, "use auto, which takes a strategy that can hold it");
    }
    case "linear":
      return linearOrThrow(filter, ASKED_FOR);
    case "classes":
    case "tuple": {
      const plan = TABLE_STRATEGIES[strategy](filter, tableOptions(filter, options, ASKED_FOR));
      if (!isRefusal(plan)) return plan;
      throw tooLarge(refusalText(strategy, plan), "use auto, which takes a strategy that can hold it");
    }
    default:
      return assertNever(strategy);
  }
}

const ASKED_FOR = "asked for";

/** Strategies with tables, in the order in which `auto` tries them. */
const TABLE_STRATEGIES = { classes: planClasses, tuple: planTuple } as const;

function chooseAutomatically(filter: Filter, options: ChooseOptions): Plan {
  const inline = planInline(filter, options.textOf, "");
  const count = `${inline.comparisons} comparisons`;
  if (inline.comparisons <= LIMITS.inlineComfort) return { ...inline, reason: `only ${count}` };
  let reason = `${count} are more than ${LIMITS.inlineComfort}, up to which inline is chosen`;
  for (const [name, build] of Object.entries(TABLE_STRATEGIES)) {
    const plan = build(filter, tableOptions(filter, options, reason));
    if (!isRefusal(plan)) return plan;
    reason += `; ${refusalText(name, plan)}`;
  }
  return linearOrThrow(filter, reason);
}

function tableOptions(filter: Filter, { counters, like }: ChooseOptions, reason: string): TablePlanOptions {
  return { counters: counters ?? roomyPlaces(filter), reason, ...(like !== undefined && { like }) };
}

function refusalText(strategy: string, { refused, what }: Refusal): string {
  return `${strategy} cannot hold it (${refused}: ${what})`;
}

function linearOrThrow(filter: Filter, reason: string): LinearPlan {
  const hint = "split the set, or wait for a strategy that holds it";
  const plan = planLinear(filter, LIMITS.linearRecords - 1, reason);
  const sizes = filter.rules.flatMap((rule) => rule.matches).flatMap(({ field, operand }) =>
    operand.kind === "set" ? [`${field} in ${operand.ranges.length + (operand.ipv6Ranges?.length ?? 0)} ranges`] : []
  );
  const largest = sizes.length === 0 ? "" : `; its sets: ${sizes.slice(0, 4).join(", ")}`;
  if (plan === undefined) throw tooLarge(`the filter takes over ${LIMITS.linearRecords} records${largest}`, hint);
  if (plan.matchCapacity > LIMITS.linearMatches) {
    throw tooLarge(
      `a rule takes ${plan.matchCapacity} comparisons at once, ${LIMITS.linearMatches} at most${largest}`,
      hint,
    );
  }
  const bytes = plan.capacity * recordBytes(plan);
  if (bytes > LIMITS.linearBytes) {
    throw tooLarge(`its records take ${bytes} bytes, ${LIMITS.linearBytes} at most${largest}`, hint);
  }
  return plan;
}

function tooLarge(message: string, hint: string): FilterError {
  return new FilterError([{
    severity: "error",
    code: "too-large",
    message: `Cannot plan the filter: ${message}`,
    hint,
  }]);
}
