/**
 * Plans: how a filter is going to be decided. What a strategy gives to code generation and to the maps.
 *
 * @module
 */

import type { Action } from "../model/hooks.ts";
import type { CounterPlaces } from "./counters.ts";
import type { Term } from "../model/normal_form.ts";
import type { Demand, Place } from "../model/places.ts";
import { derivedPlaces, type SetsPlan } from "./sets/lookup.ts";
import type { Rule } from "../model/rule.ts";
import type { RecentSets } from "./sets/recent.ts";
import type { TupleFormat } from "./tuple/format.ts";
import type { KeyLayout } from "./tuple/layout.ts";

export { DE_BRUIJN, HAS_VECTORS, hashFactor, TUPLE_RECORD, WINDOW_BITS, WINDOWS } from "./tuple/format.ts";
export type { LaneFormat, TupleFormat } from "./tuple/format.ts";
export type { Piece } from "./tuple/layout.ts";
export { TUPLE_LIMITS } from "./tuple/limits.ts";

export { type IntervalForm, intervalForm, LONGEST_BYTES } from "./interval_map/layout.ts";
export { derivedPlaces, type SetLookup, type SetsPlan } from "./sets/lookup.ts";

/** How a packet is classified. */
export type StrategyName = "inline" | "linear" | "classes" | "tuple";

/** What may be asked for: `auto` chooses. */
export type StrategyChoice = StrategyName | "auto";

/** Every strategy, in the order of help. */
export const STRATEGIES: readonly StrategyName[] = Object.freeze(["inline", "linear", "classes", "tuple"]);

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

/** What every plan has. */
export interface PlanBase {
  /** Where each rule counts. */
  readonly counters: CounterPlaces;
  /** What the program has to read of a packet. */
  readonly demand: Demand;
  /** Why this strategy. */
  readonly reason: string;
  /** What the program looks up before it decides; absent without large sets. */
  readonly sets?: SetsPlan;
}

/** Each rule becomes C comparisons. */
export interface InlinePlan extends PlanBase {
  /** The strategy. */
  readonly strategy: "inline";
  /** Rules that can decide: those that never hold, and those after one that always does, are left out. */
  readonly rules: readonly InlineRule[];
  /** What happens to a packet that no rule holds for. */
  readonly defaultAction: Action;
  /** Number of comparisons in the C. */
  readonly comparisons: number;
}

/** What a step of `linear` does: a comparison that may jump, or the decision. */
export type LinearKind = "unless-inside" | "unless-outside" | "if-inside" | "decide";

/** Number of each kind in the generated C and in the map. */
export const LINEAR_KINDS: Readonly<Record<LinearKind, number>> = Object.freeze({
  "unless-inside": 0,
  "unless-outside": 1,
  "if-inside": 2,
  "decide": 3,
});

/** A step of `linear`. The next one follows unless it jumps, and it jumps ahead. */
export type LinearStep =
  | {
    /** When it jumps: a packet without the field is neither inside nor outside. */
    readonly kind: Exclude<LinearKind, "decide">;
    /** Bits of what the packet must have, as PresenceBits numbers them. */
    readonly needs: bigint;
    /** Where the field is. */
    readonly place: Place;
    /** Bits that count; host order. */
    readonly mask: bigint;
    /** First value. */
    readonly lo: bigint;
    /** Last value. */
    readonly hi: bigint;
    /** Position of the step that is next then. */
    readonly jump: number;
  }
  | {
    readonly kind: "decide";
    /** Index of the counter. */
    readonly counter: number;
    /** What happens to the packet. */
    readonly action: Action;
  };

/** A rule of `linear`. */
export type LinearRule = Omit<InlineRule, "text">;

/** Steps in an array map, taken in order; the last one decides the default. */
export interface LinearPlan extends PlanBase {
  /** The strategy. */
  readonly strategy: "linear";
  /** Rules that can decide, as in {@link InlinePlan}. */
  readonly rules: readonly LinearRule[];
  /** What happens to a packet that no rule holds for. */
  readonly defaultAction: Action;
  /** Steps of all rules and the default: what a packet takes at most. */
  readonly steps: number;
  /** Steps that the map has room for: a power of two. */
  readonly capacity: number;
  /** Whether a value needs 128 bits. */
  readonly wide: boolean;
}

/** The places that records compare, in the order of their numbers. */
export function linearPlaces({ demand, sets }: LinearPlan): readonly Place[] {
  return [...demand.places, ...derivedPlaces(sets)];
}

/** What the strategies have in common whose rules are tables in one value, so that all change at once. */
export interface TablePlan extends PlanBase {
  /** The value; machine byte order. */
  readonly tables: Uint8Array<ArrayBuffer>;
  /** What the program masks offsets with: what begins there lies within the value. */
  readonly mask: number;
}

/** Rule records in a few hashed tables, chosen so that a packet touches a handful of them. */
export interface TuplePlan extends TablePlan {
  /** The strategy. */
  readonly strategy: "tuple";
  /** Bytes of the tables without the room behind them: a power of two. */
  readonly capacity: number;
  /** Where the compared places are in the key. */
  readonly layout: KeyLayout;
  /** What is where in the tables. */
  readonly format: TupleFormat;
  /** What they are like. */
  readonly facts: TupleFacts;
  /** What it takes to edit them; absent for tables that another process built. */
  readonly editable?: EditableTables;
  /** How other tables become these, in place. */
  readonly edit?: TableEdit;
}

/** What is remembered of tables, to put rules in and take them out. */
export interface EditableTables {
  /** The rules that they are of. */
  readonly rules: readonly Rule[];
  /** Of each rule: the smallest decides. */
  readonly priorities: Uint32Array;
  /** Priorities of the rules that keep others out, which can never decide. */
  readonly hiding: ReadonlySet<number>;
}

/** A few writes that make tables of others, while a program uses them. */
export interface TableEdit {
  /** The tables that they are for. */
  readonly of: Uint8Array<ArrayBuffer>;
  /** In the order in which they are to be made. */
  readonly writes: readonly TableWrite[];
  /** Records among what is written. */
  readonly records: number;
}

/** Bytes of the tables. Those of a word, at a multiple of eight, are to be written at once. */
export interface TableWrite {
  /** Where they begin. */
  readonly offset: number;
  /** What is there afterwards. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What the tables of a {@link TuplePlan} are like. */
export interface TupleFacts {
  /** Tables; each may cost a packet a probe. */
  readonly tables: number;
  /** Conjunctions that the rules come to. */
  readonly rows: number;
  /** Records: rows without those that an earlier one keeps from deciding. */
  readonly records: number;
  /** Slots of all tables. */
  readonly slots: number;
  /** Records of the fullest slot: what one probe may cost. */
  readonly longest: number;
  /** Groups of records that have vectors to tell them apart. */
  readonly vectors: number;
  /** Bytes of the tables that are used. */
  readonly usedBytes: number;
}

/** A step of `classes` in the program: what it looks up, and by what. Steps before it are named by their position. */
export type ClassesStepShape =
  | ClassesPlaceStep
  | { readonly kind: "pair"; readonly left: number; readonly right: number }
  | { readonly kind: "only"; readonly of: number }
  | { readonly kind: "constant" };

/** A step of `classes` that looks at a place. */
export type ClassesPlaceStep =
  & {
    /** Absent for what the packet has and lacks. */
    readonly place?: string;
    /** Some of its bits; absent for all. */
    readonly bits?: { readonly shift: number; readonly widthBits: number };
    /** Where its first table is, or the header of the interval map. */
    readonly rootAt: number;
  }
  & (
    | {
      /** A table of all values; blocks of 256 of them; two levels of blocks. */
      readonly kind: "table" | "blocks" | "trie";
    }
    | {
      /** An interval map. */
      readonly kind: "map";
      readonly widthBits: number;
      readonly rootBits: number;
    }
  );

/** Fields to equivalence classes, classes to classes; the last table gives the rule. */
export interface ClassesPlan extends TablePlan {
  /** The strategy. */
  readonly strategy: "classes";
  /** The lookup, in order; the last step gives the rule. */
  readonly steps: readonly ClassesStepShape[];
  /** Bytes of the tables without the room behind them: a power of two. */
  readonly capacity: number;
  /** Where the kernel's number of the map that the tables are in is to be, 32 bits: it tells them from those before. */
  readonly generationAt: number;
  /** What they are like. */
  readonly facts: ClassesFacts;
}

/** What the tables of a {@link ClassesPlan} are like. */
export interface ClassesFacts {
  /** Tables: each step of the lookup has one. */
  readonly tables: number;
  /** Bytes of the tables that are used. */
  readonly usedBytes: number;
  /** Loads from them that a packet takes, the mean over what tells classes apart. */
  readonly loads: number;
  /** Most loads that any packet takes. */
  readonly mostLoads: number;
}

/** What the strategies with tables take beside the filter. */
export interface TablePlanOptions extends Pick<PlanBase, "counters" | "reason"> {
  /** A plan whose program is to take the tables, if they can be made so. */
  readonly like?: Plan;
  /** What other strategies have made of the same sets. */
  readonly recent?: RecentSets;
}

/** Where the tables of sets begin in the value that the tables of a plan are: behind those of the strategy. */
export function setsOffset(plan: Plan): number {
  return isTablePlan(plan) ? Math.ceil(plan.tables.length / 64) * 64 : 0;
}

/** Bytes of the value that the tables of a plan are, those of sets included; 0 without tables. */
export function generationBytes(plan: Plan): number {
  if (plan.sets !== undefined) return setsOffset(plan) + plan.sets.tables.length;
  return isTablePlan(plan) ? plan.tables.length : 0;
}

/** Is a type guard for plans whose rules are tables in one value. */
export function isTablePlan(plan: Plan): plan is ClassesPlan | TuplePlan {
  return "tables" in plan;
}

/** Why a strategy cannot hold a filter. */
export interface Refusal {
  /** Stable slug, such as `too-many-rows`. */
  readonly refused: string;
  /** What was too much, or in the way. */
  readonly what: string;
}

/** Is a type guard for refusals. */
export function isRefusal(plan: object): plan is Refusal {
  return "refused" in plan;
}

/** What a strategy makes of a filter. */
export type Plan = InlinePlan | LinearPlan | ClassesPlan | TuplePlan;
