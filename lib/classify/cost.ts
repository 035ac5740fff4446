/**
 * What a plan is expected to cost a packet, so that strategies can be compared before any is compiled. Reading the headers
 * and counting cost the same in every strategy and are left out.
 *
 * The figures were fitted to measurements as `deno task bench` makes them, of the ClassBench sets of 16 to 100 000 rules
 * (kernel 6.18, AMD EPYC, L2 of 1 MB a core), less the 9 ns of headers and counter. They are within a third or so of what was
 * measured; what counts is that strategies come out in the right order, which other machines change little.
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

/** The least that a strategy costs a packet of which so many places are looked at: what is not less need not be built. */
export function leastNs(strategy: StrategyName, places: number): number {
  switch (strategy) {
    case "inline":
      return 0;
    case "linear":
      return STEP_NS;
    case "classes":
      // A table a place, and one for each two of them, of small filters.
      return 0.3 * (1 + 2 * places);
    case "tuple":
      return PROBE_NS + RECORD_NS + 3;
    default:
      return assertNever(strategy);
  }
}

/** What a plan is expected to cost a packet. Pure: the same plan costs the same everywhere. */
export function costOf(plan: Plan): Cost {
  const cost = costOfStrategy(plan);
  if (plan.sets === undefined) return cost;
  const { ns, loads, worst, bytes } = cost;
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

/** Nanoseconds of a read at random in a table of so many bytes, which the next one waits for. */
export function loadNs(bytes: number): number {
  return between(LOAD_NS, bytes);
}

type Points = readonly (readonly [bytes: number, ns: number])[];

const LOAD_NS: Points = [[1 << 15, 1], [1 << 20, 3], [1 << 23, 12], [1 << 25, 25], [1 << 27, 60]];

/** A read of `classes`: most do not wait for each other, and few tables are as large as all together. */
const CLASSES_NS: Points = [[1 << 16, 0.2], [1 << 18, 0.3], [1 << 20, 0.7], [1 << 21, 1.1], [1 << 24, 1.6], [
  1 << 27,
  6,
]];

/** Between two points the logarithm of the size counts. */
function between(points: Points, bytes: number): number {
  const above = points.findIndex(([size]) => bytes <= size);
  const [high, highNs] = points.at(above) as Points[number];
  const [low, lowNs] = points[above - 1] ?? [high, highNs];
  return low === high ? highNs : lowNs + (highNs - lowNs) * Math.log2(bytes / low) / Math.log2(high / low);
}

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
  return { ns: loads * between(CLASSES_NS, facts.usedBytes), loads, worst: 2 + facts.mostLoads, bytes: tables.length };
}

function tupleCost({ facts, tables }: TuplePlan): Cost {
  const { tables: probes, slots, records, longest, vectors, usedBytes } = facts;
  const slotNs = loadNs(8 * slots / Math.max(1, probes));
  const recordNs = loadNs(usedBytes);
  // A packet finds records by its own rule, and now and then by chance.
  const found = Math.min(1 + (probes - 1) / 4, 3);
  const vectored = vectors / Math.max(1, records) > 1 / 1024 ? 8 : 0;
  const loads = 2 + 2 * probes + found * (2 + vectored);
  const ns = probes * (PROBE_NS + slotNs) + found * (2 * recordNs + RECORD_NS + vectored * loadNs(64 * vectors));
  return { ns, loads, worst: probes * (1 + longest), bytes: tables.length };
}

function firstRanges({ terms }: LinearRule): number {
  const [first]: readonly (Term | undefined)[] = terms;
  return first?.sides.reduce((sum: number, side: Side) => sum + Math.max(1, side.ranges.length), 0) ?? 1;
}
