/**
 * What a plan is expected to cost a packet, so that strategies can be compared before any is compiled. Reading the headers
 * and counting cost the same in every strategy and are left out.
 *
 * The figures were fitted to `deno task bench` of the ClassBench sets (kernel 6.18, AMD EPYC, L2 of 1 MB a core): of 18
 * measurements of 16 to 100 000 rules, the estimate was within a third of all but one. What counts is that strategies
 * come out in the right order, which other machines change little.
 *
 * @module
 */

import { assertNever } from "../diagnostics/assert_never.ts";
import type { Side, Term } from "../model/normal_form.ts";
import { stepBytes } from "./linear.ts";
import type { ClassesPlan, InlinePlan, LinearPlan, LinearRule, Plan, StrategyName, TuplePlan } from "./plan.ts";

/** What a packet is expected to cost. */
export interface Cost {
  /** Nanoseconds, without reading the headers and counting. */
  readonly ns: number;
  /** Reads of tables that a packet is expected to need. */
  readonly loads: number;
  /** What no packet exceeds: comparisons of `inline`, steps of `linear`, reads of `classes`, probes and records of `tuple`. */
  readonly worst: number;
  /** Bytes of the maps, without the counters. */
  readonly bytes: number;
}

/** The least that a strategy costs, whatever the rules: of the simplest filters. */
export const FLOORS: Readonly<Record<StrategyName, number>> = Object.freeze({
  inline: 0,
  linear: 10,
  classes: 6,
  tuple: 15,
});

/** What a plan is expected to cost a packet. Pure: the same plan costs the same everywhere. */
export function costOf(plan: Plan): Cost {
  const { ns, loads, worst, bytes } = costOfStrategy(plan);
  if (plan.sets === undefined) return { ns, loads, worst, bytes };
  const { facts, tables, lookups } = plan.sets;
  return {
    ns: ns + lookups.length * LOOKUP_NS + facts.loads * loadNs(facts.usedBytes),
    loads: loads + facts.loads,
    worst: worst + facts.maxLoads,
    bytes: bytes + tables.length,
  };
}

/** A set lookup without its reads. */
const LOOKUP_NS = 5;

function costOfStrategy(plan: Plan): Cost {
  switch (plan.strategy) {
    case "inline":
      return inlineCost(plan);
    case "linear":
      return linearCost(plan);
    case "classes":
      return classesCost(plan);
    case "tuple":
      return tupleCost(plan);
    default:
      return assertNever(plan);
  }
}

/**
 * Nanoseconds of a read at random in a table of so many bytes: small ones are in the first level of the cache, and reads
 * that do not wait for each other overlap. Between the points the logarithm of the size counts.
 */
export function loadNs(bytes: number): number {
  const above = LOAD_NS.findIndex(([size]) => bytes <= size);
  const [high, highNs] = LOAD_NS.at(above) as readonly [number, number];
  const [low, lowNs] = LOAD_NS[above - 1] ?? [high, highNs];
  return low === high ? highNs : lowNs + (highNs - lowNs) * Math.log2(bytes / low) / Math.log2(high / low);
}

/** Bytes of a table, and what a read of it takes. */
const LOAD_NS: readonly (readonly [bytes: number, ns: number])[] = [
  [1 << 15, 1],
  [1 << 20, 2],
  [1 << 23, 7],
  [1 << 25, 16],
  [1 << 27, 40],
  [Infinity, 40],
];

/** A comparison in C, taken or not. */
const COMPARISON_NS = 0.2;
/** A step of `linear`: a call by bpf_loop, a lookup in the array, a comparison. */
const STEP_NS = 4;
/** A probe of `tuple`, without its reads: the key under a mask, and its hash. */
const PROBE_NS = 8;
/** A record of `tuple` compared, without its read. */
const RECORD_NS = 4;

/** Most rules fail at their first condition, all of whose ranges are compared. */
function inlineCost({ rules, comparisons }: InlinePlan): Cost {
  const taken = rules.reduce((sum, rule) => sum + firstRanges(rule) + 1, 0);
  return { ns: taken * COMPARISON_NS, loads: 0, worst: comparisons, bytes: 0 };
}

/** The default decides for most packets of most filters. */
function linearCost(plan: LinearPlan): Cost {
  const taken = 1 + plan.rules.reduce((sum, rule) => sum + firstRanges(rule), 0);
  const bytes = plan.capacity * stepBytes(plan);
  return { ns: taken * STEP_NS, loads: taken, worst: plan.steps, bytes };
}

function classesCost({ facts, tables }: ClassesPlan): Cost {
  // Two to find the tables.
  const loads = 2 + facts.loads;
  // The tables that are read are some of all, and few are as large.
  return { ns: loads * loadNs(facts.usedBytes / 2), loads, worst: 2 + facts.mostLoads, bytes: tables.length };
}

function tupleCost({ facts, tables }: TuplePlan): Cost {
  const { tables: probes, slots, records, longest, vectors, usedBytes } = facts;
  const slotNs = loadNs(8 * slots / Math.max(1, probes));
  const recordNs = loadNs(usedBytes);
  // A packet finds records in two slots or so: one by its own rule, one by chance.
  const found = Math.min(2, probes);
  const vectored = vectors / Math.max(1, records) > 1 / 1024 ? 8 : 0;
  const loads = 2 + 2 * probes + found * (2 + vectored);
  const ns = probes * (PROBE_NS + slotNs) + found * (2 * recordNs + RECORD_NS + vectored * loadNs(64 * vectors));
  return { ns, loads, worst: probes * (1 + longest), bytes: tables.length };
}

function firstRanges({ terms }: LinearRule): number {
  const [first]: readonly (Term | undefined)[] = terms;
  return first?.sides.reduce((sum: number, side: Side) => sum + Math.max(1, side.ranges.length), 0) ?? 1;
}
