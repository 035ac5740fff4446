/**
 * Rules that never decide, because earlier ones take every packet that they hold for.
 *
 * @module
 */

import type { Filter } from "../model/filter.ts";
import type { Lint } from "../model/problem.ts";
import { type Rule, ruleKey } from "../model/rule.ts";
import { CoverIndex } from "./cover_index.ts";
import { isEmpty, type Region } from "./region.ts";
import { nameRule, ruleFinding } from "./rule_finding.ts";

/** So many pairs of rules are compared: about a second. Only rules that are wide in every place come to that. */
const MAX_COMPARISONS = 3_000_000;

/**
 * A warning for each rule that an earlier one repeats (`duplicate-rule`) or covers (`shadowed-rule`), and one when not all
 * that are covered were found (`shadows-unchecked`).
 */
export function checkReached(filter: Filter, regions: readonly Region[]): readonly Lint[] {
  const found: Lint[] = [];
  const earlier = new CoverIndex(MAX_COMPARISONS);
  const same = new SameRules(filter.rules);
  let unchecked: Lint | undefined;
  for (const [index, rule] of filter.rules.entries()) {
    const region = regions[index] as Region;
    if (isEmpty(region)) continue;
    const cover = earlier.find(region);
    // What covers nothing exactly may still be repeated; of what is covered, it is said when it is repeated.
    const repeated = cover === undefined && region.exact ? undefined : same.before(index);
    const by = repeated ?? cover;
    if (by !== undefined) {
      found.push(covered(rule, { index, by: filter.at(by), byIndex: by, same: repeated !== undefined }));
    } else if (!region.exact) {
      continue;
    } else if (!earlier.isExhausted) {
      earlier.add(index, region);
    } else {
      unchecked ??= ruleFinding(rule, index, {
        severity: "warning",
        code: "shadows-unchecked",
        message:
          `from here on rules were not compared with all before them: ${MAX_COMPARISONS} comparisons are the most`,
      });
    }
    // Nothing gets past a rule without matches: what follows need not be looked at one by one.
    if (rule.matches.length === 0) return [...found, ...afterAll(filter, index)];
  }
  return unchecked === undefined ? found : [...found, unchecked];
}

/** Finds rules that are the same; most filters have none, and then no keys are made. */
class SameRules {
  readonly #rules: readonly Rule[];
  readonly #first = new Map<string, number>();
  #known = 0;

  constructor(rules: readonly Rule[]) {
    this.#rules = rules;
  }

  /** Index of the first rule that is the same as the one at an index and before it, or undefined. */
  before(index: number): number | undefined {
    for (; this.#known < index; this.#known++) {
      const key = ruleKey(this.#rules[this.#known] as Rule);
      if (!this.#first.has(key)) this.#first.set(key, this.#known);
    }
    return this.#first.get(ruleKey(this.#rules[index] as Rule));
  }
}

/** A warning for each rule after one that holds for every packet. */
function afterAll(filter: Filter, last: number): readonly Lint[] {
  return filter.rules.slice(last + 1).map((rule, offset) =>
    covered(rule, { index: last + 1 + offset, by: filter.at(last), byIndex: last, same: false })
  );
}

function covered(
  rule: Rule,
  place: { readonly index: number; readonly by: Rule | undefined; readonly byIndex: number; readonly same: boolean },
): Lint {
  const by = nameRule(place.by, place.byIndex);
  return ruleFinding(rule, place.index, {
    severity: "warning",
    code: place.same ? "duplicate-rule" : "shadowed-rule",
    message: place.same
      ? `the rule repeats ${by}`
      : `the rule never decides: ${by} takes every packet that it holds for`,
    hint: place.same ? "leave one of them out" : "put it before that rule, or leave it out",
  });
}
