/**
 * The rules of a deployment as a deployment knows them: what they are called, how they were written, where they count. They are
 * apart from the manifest, because only some commands read them, and there may be many.
 *
 * @module
 */

import type { CounterPlaces } from "../classify/counters.ts";
import { type Cprog, textOfRule } from "../cprog.ts";
import type { BpfMap } from "../kernel/map.ts";
import { counterKeys } from "../model/counter_keys.ts";
import { createTextMap, readTextMap } from "./text_map.ts";

/** Rules as columns, in the order of the filter. */
export interface RuleList {
  /** What each counts under, and then the default: see counterKeys(). */
  readonly keys: readonly string[];
  /** As written. */
  readonly texts: readonly string[];
  /** Line of its file, from 1; null for a rule that came from elsewhere. */
  readonly lines: readonly (number | null)[];
  /** Where each counts, and then the default. */
  readonly counters: CounterPlaces;
}

/** The rules of a program. */
export function ruleListOf({ filter, plan }: Cprog): RuleList {
  return {
    keys: counterKeys(filter),
    texts: filter.rules.map(textOfRule),
    lines: filter.rules.map((rule) => rule.source?.line ?? null),
    counters: plan.counters,
  };
}

/** Creates the map that holds them. */
export function createRuleListMap(list: RuleList): BpfMap {
  const { keys, texts, lines, counters: { indexes, capacity } } = list;
  const isPlain = indexes.every((place, index) => place === index);
  return createTextMap(
    "kefir_rule_list",
    JSON.stringify({ keys, texts, lines, capacity, ...(!isPlain && { indexes }) }),
  );
}

/** Reads the rules that are pinned at `path`, which only {@link createRuleListMap} writes. */
export function readRuleList(path: string): RuleList {
  const { keys, texts, lines, capacity, indexes } = JSON.parse(readTextMap(path));
  return {
    keys,
    texts,
    lines,
    counters: { indexes: indexes ?? keys.map((_: string, index: number) => index), capacity },
  };
}
