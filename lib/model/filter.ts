/**
 * Filters: rules in order, and what happens to a packet that none of them holds for.
 *
 * @module
 */

import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { FilterError } from "../diagnostics/errors.ts";
import type { Action } from "./hooks.ts";
import { placeProblem, type Problem, problem } from "./problem.ts";
import { checkKeys, describeValue } from "./raw.ts";
import { badAction, buildRule, createRule, isBuiltRule, type Rule, type RuleInput } from "./rule.ts";

/** What {@link Filter} may be built with. */
export interface FilterOptions {
  /** The rules in order; none unless given. */
  readonly rules?: Iterable<Rule | RuleInput>;
  /** What happens to a packet that no rule holds for; `pass` unless given. */
  readonly defaultAction?: Action;
}

/**
 * An ordered list of rules. The first rule that holds decides; without one, the default action does. Rules are frozen;
 * the list is not. Wherever a rule is taken, a structure made by hand is checked and built.
 */
export class Filter implements Iterable<Rule> {
  #rules: Rule[];
  #defaultAction: Action;

  /**
   * Builds a filter; rules that are not built yet are created and checked.
   *
   * @throws FilterError with every problem of the rules, each with the index of its rule, and of the default action
   */
  constructor(options: FilterOptions = {}) {
    const shape = checkKeys(options, { what: "the options of a filter", keys: ["rules", "defaultAction"] });
    if (shape !== undefined) throw new FilterError([placeProblem(shape)]);
    const { rules: given = [], defaultAction = "pass" } = options;
    if (!isIterable(given)) throw new FilterError([placeProblem(noRules(given))]);
    const failed: Diagnostic[] = [];
    const rules = Array.from(given, (rule, index) => asRule(rule, index, failed));
    if (failed.length > 0) throw new FilterError(failed);
    this.#rules = rules as Rule[];
    this.#defaultAction = asAction(defaultAction);
  }

  /** What happens to a packet that no rule holds for. */
  get defaultAction(): Action {
    return this.#defaultAction;
  }

  /** @throws FilterError for what is no action */
  set defaultAction(action: Action) {
    this.#defaultAction = asAction(action);
  }

  /** Number of rules. */
  get size(): number {
    return this.#rules.length;
  }

  /** The rules in order: a copy. */
  get rules(): readonly Rule[] {
    return [...this.#rules];
  }

  /** The rule at an index from 0, or undefined. */
  at(index: number): Rule | undefined {
    return this.#rules[index];
  }

  /**
   * Adds a rule before the one at `index`, or at the end.
   *
   * @throws FilterError when the rule is refused
   * @throws RangeError when the index is not from 0 to size
   */
  add(rule: Rule | RuleInput, index: number = this.size): this {
    this.#checkIndex(index, this.size);
    this.#rules.splice(index, 0, createRule(rule));
    return this;
  }

  /**
   * Puts a rule in place of the one at `index`.
   *
   * @throws FilterError when the rule is refused
   * @throws RangeError when there is none
   */
  set(index: number, rule: Rule | RuleInput): this {
    this.#checkIndex(index, this.size - 1);
    this.#rules[index] = createRule(rule);
    return this;
  }

  /**
   * Takes the rule at `index` out and returns it.
   *
   * @throws RangeError when there is none
   */
  delete(index: number): Rule {
    this.#checkIndex(index, this.size - 1);
    const [rule] = this.#rules.splice(index, 1);
    return rule as Rule;
  }

  /** A filter with the same rules, which changes apart from this one. */
  clone(): Filter {
    const copy = new Filter({ defaultAction: this.defaultAction });
    copy.#rules = [...this.#rules];
    return copy;
  }

  /** The rules in order. */
  [Symbol.iterator](): Iterator<Rule> {
    return this.#rules.values();
  }

  #checkIndex(index: number, last: number): void {
    if (Number.isInteger(index) && index >= 0 && index <= last) return;
    const range = last < 0 ? "the filter has no rules" : `indexes are 0 to ${last}`;
    throw new RangeError(`Cannot reach rule ${index}: ${range}`);
  }
}

/** A filter, or what one is built with: whatever takes a filter takes either. */
export type FilterInput = Filter | FilterOptions;

/**
 * The filter itself, or one that is built with the options given.
 *
 * @throws FilterError as the constructor of {@link Filter} does
 */
export function createFilter(input: FilterInput): Filter {
  if (input instanceof Filter) return input;
  // Without options, a filter is empty and passes everything: not what a variable that was never set is to mean.
  if (input === undefined) throw new FilterError([placeProblem(problem("bad-type", "undefined is not a filter"))]);
  return new Filter(input);
}

function isIterable(rules: unknown): boolean {
  return typeof rules === "object" && rules !== null && Symbol.iterator in rules;
}

function noRules(given: unknown): Problem {
  return problem("bad-type", `the rules of a filter are an array, not ${describeValue(given)}`);
}

/** The rule, built; what is wrong is put with the others, so that all is said at once. */
function asRule(rule: Rule | RuleInput, index: number, failed: Diagnostic[]): Rule | undefined {
  if (isBuiltRule(rule)) return rule;
  return buildRule(rule, (found) => {
    if (found.severity === "warning") return;
    failed.push(placeProblem({ ...found, message: `rules[${index}]: ${found.message}` }, { rule: index }));
  });
}

function asAction(action: Action): Action {
  if (action === "pass" || action === "drop") return action;
  throw new FilterError([placeProblem(badAction(action))]);
}
