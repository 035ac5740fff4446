/**
 * Plans: how a filter is going to be decided. What a strategy gives to code generation and to the maps.
 *
 * @module
 */

import type { Action } from "../model/hooks.ts";
import type { Term } from "../model/normal_form.ts";
import type { Demand, Place } from "../model/places.ts";

/** How a packet is classified. */
export type StrategyName = "inline" | "linear";

/** What may be asked for: `auto` chooses. */
export type StrategyChoice = StrategyName | "auto";

/** Every strategy, in the order of help. */
export const STRATEGIES: readonly StrategyName[] = Object.freeze(["inline", "linear"]);

/** A rule of `inline`. */
export interface InlineRule {
  /** Index in the filter, which is also the index of its counter. */
  readonly index: number;
  /** What happens to the packet. */
  readonly action: Action;
  /** Conditions that must all hold. */
  readonly terms: readonly Term[];
  /** How people wrote it. */
  readonly text: string;
}

/** Each rule becomes C comparisons. */
export interface InlinePlan {
  /** The strategy. */
  readonly strategy: "inline";
  /** Rules that can decide: those that never hold, and those after one that always does, are left out. */
  readonly rules: readonly InlineRule[];
  /** What happens to a packet that no rule holds for. */
  readonly defaultAction: Action;
  /** Number of rules in the filter: the index of the default's counter. */
  readonly ruleCount: number;
  /** What the program has to read of a packet. */
  readonly demand: Demand;
  /** Number of comparisons in the C. */
  readonly comparisons: number;
  /** Why this strategy. */
  readonly reason: string;
}

/** How a record compares: the packet must have the field inside, must have it outside, or may lack it. */
export type MatchKind = "inside" | "outside" | "absent-or-outside";

/** Number of each kind in the generated C and in the map. */
export const MATCH_KINDS: Readonly<Record<MatchKind, number>> = Object.freeze({
  "inside": 0,
  "outside": 1,
  "absent-or-outside": 2,
});

/** One comparison of a record. */
export interface RecordMatch {
  /** How the range is meant. */
  readonly kind: MatchKind;
  /** Bits of what the packet must have. */
  readonly needs: number;
  /** Where the field is. */
  readonly place: Place;
  /** Bits that count; host order. */
  readonly mask: bigint;
  /** First value. */
  readonly lo: bigint;
  /** Last value. */
  readonly hi: bigint;
}

/** A conjunction of comparisons, one way in which a rule holds. */
export interface LinearRecord {
  /** Index of the rule in the filter, or the number of rules for the default. */
  readonly counter: number;
  /** What happens to the packet. */
  readonly action: Action;
  /** Comparisons that must all hold. */
  readonly matches: readonly RecordMatch[];
}

/** Records in an array map, tried in order. The last one has no match: it is the default. */
export interface LinearPlan {
  /** The strategy. */
  readonly strategy: "linear";
  /** In the order in which they are tried. */
  readonly records: readonly LinearRecord[];
  /** Records that the map has room for: a power of two. */
  readonly capacity: number;
  /** Matches that a record has room for. */
  readonly matchCapacity: number;
  /** Whether a value needs 128 bits. */
  readonly wide: boolean;
  /** Number of rules in the filter: the index of the default's counter. */
  readonly ruleCount: number;
  /** What the program has to read of a packet. */
  readonly demand: Demand;
  /** Why this strategy. */
  readonly reason: string;
}

/** What a strategy makes of a filter. */
export type Plan = InlinePlan | LinearPlan;
