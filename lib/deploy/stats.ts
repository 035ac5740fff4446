/**
 * Which filters are attached on this host, and what they count.
 *
 * @module
 */

import type { Counter } from "../counters.ts";
import { readDeployments } from "./deployment.ts";
import { type AttachedFilter, describeDeployment } from "./description.ts";
import { requireDeployment } from "./detach.ts";
import { readRules, totalCounters } from "./generation.ts";
import { withLock } from "./layout.ts";

/** What a rule of an attached filter has decided. */
export interface RuleStats extends Counter {
  /** Index of the rule, from 0. */
  readonly index: number;
  /** Line of its file, from 1; null for a rule that came from elsewhere. */
  readonly line: number | null;
  /** The rule as written. */
  readonly text: string;
}

/** What an attached filter has decided, since it was attached: a replacement keeps the counts of rules that stay. */
export interface FilterStats {
  /** Name of the deployment. */
  readonly name: string;
  /** Whether packets are counted now; what is counted without is from before a replacement. */
  readonly counts: boolean;
  /** Of each rule, in order. */
  readonly rules: readonly RuleStats[];
  /** Of the default action. */
  readonly default: Counter;
}

/**
 * Every filter that kefir has on this host, by name.
 *
 * @throws UnavailableError without a BPF file system or the privilege
 */
export function list(): readonly AttachedFilter[] {
  return withLock(() => readDeployments().map(describeDeployment));
}

/**
 * The counts of a filter.
 *
 * @throws Deno.errors.NotFound without a filter of that name
 */
export function stats(name: string): FilterStats {
  return withLock(() => {
    const { generation } = requireDeployment(name);
    const rules = readRules(generation);
    const totals = totalCounters(generation, rules);
    const none: Counter = { packets: 0, bytes: 0 };
    return {
      name,
      counts: generation.manifest.counts ?? true,
      rules: rules.texts.map((text, index) => ({
        index,
        line: rules.lines[index] ?? null,
        text,
        ...(totals[index] ?? none),
      })),
      default: totals[rules.texts.length] ?? none,
    };
  });
}
