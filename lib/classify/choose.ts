/**
 * Chooses a strategy and builds its plan.
 *
 * @module
 */

import { FilterError } from "../diagnostics/errors.ts";
import type { Filter } from "../model/filter.ts";
import type { Rule } from "../model/rule.ts";
import { planInline } from "./inline.ts";
import { LIMITS } from "./limits.ts";
import { planLinear, recordBytes } from "./linear.ts";
import type { LinearPlan, Plan, StrategyChoice } from "./plan.ts";

/**
 * The plan of a filter. `auto` takes `inline` while the comparisons are few, and `linear` beyond.
 *
 * @throws FilterError `too-large` when the strategy cannot hold the filter: says its size and the limit
 */
export function choosePlan(filter: Filter, strategy: StrategyChoice, textOf: (rule: Rule) => string): Plan {
  if (strategy === "linear") return linearOrThrow(filter, "asked for");
  const asked = strategy === "inline";
  const inline = planInline(filter, textOf, asked ? "asked for" : "");
  if (asked) {
    if (inline.comparisons <= LIMITS.inlineComparisons) return inline;
    throw tooLarge(`inline takes ${inline.comparisons} comparisons, ${LIMITS.inlineComparisons} at most`, "use linear");
  }
  const count = `${inline.comparisons} comparisons`;
  if (inline.comparisons <= LIMITS.inlineComfort) return { ...inline, reason: `only ${count}` };
  return linearOrThrow(filter, `${count} are more than ${LIMITS.inlineComfort}, up to which inline is chosen`);
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
