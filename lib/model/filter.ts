/**
 * Filters: rules in order, and what happens to a packet that none of them holds for.
 *
 * @module
 */

import type { Action } from "./hooks.ts";
import { createRule, isBuiltRule, type Rule, type RuleInput } from "./rule.ts";

/** What {@link Filter} may be built with. */
export interface FilterOptions {
  /** The rules in order; none unless given. */
  readonly rules?: Iterable<Rule | RuleInput>;
  /** What happens to a packet that no rule holds for; `pass` unless given. */
  readonly defaultAction?: Action;
}

/**
 * An ordered list of rules. The first rule that holds decides; without one, the default action does. Rules are frozen;
 * the list is not.
 */
export class Filter implements Iterable<Rule> {
  #rules: Rule[];
  /** What happens to a packet that no rule holds for. */
  defaultAction: Action;

  /** Builds a filter; rules that are not built yet are created and checked. */
  constructor(options: FilterOptions = {}) {
    this.#rules = Array.from(options.rules ?? [], asRule);
    this.defaultAction = options.defaultAction ?? "pass";
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
   * @throws RangeError when the index is not from 0 to size
   */
  add(rule: Rule | RuleInput, index: number = this.size): this {
    this.#checkIndex(index, this.size);
    this.#rules.splice(index, 0, asRule(rule));
    return this;
  }

  /**
   * Puts a rule in place of the one at `index`.
   *
   * @throws RangeError when there is none
   */
  set(index: number, rule: Rule | RuleInput): this {
    this.#checkIndex(index, this.size - 1);
    this.#rules[index] = asRule(rule);
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

function asRule(rule: Rule | RuleInput): Rule {
  return isBuiltRule(rule) ? rule : createRule(rule);
}
