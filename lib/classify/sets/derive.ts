/**
 * Large sets become places that the program computes: what a strategy then sees of a million addresses is one comparison.
 * Which sets are looked up, and the conditions of the rules with the lookups in place of the sets.
 *
 * @module
 */

import { fieldNamed, sidesOf } from "../../model/fields.ts";
import type { Filter } from "../../model/filter.ts";
import { counterpartOf, type Match, rangesIn } from "../../model/match.ts";
import { isEverything, neverHolds, normalizeMatch, type Side, type Term } from "../../model/normal_form.ts";
import { type Place, placeOf } from "../../model/places.ts";
import type { Rule } from "../../model/rule.ts";
import { allOnes } from "../../net/bytes.ts";
import { isRefusal, type Refusal } from "../plan.ts";
import { buildLookups } from "./build.ts";
import { SET_LIMITS } from "./limits.ts";
import { DIRECT_BITS, type SetsPlan } from "./lookup.ts";
import type { RecentSets } from "./recent.ts";
import { Sources } from "./sources.ts";

/** How {@link deriveSets} chooses. */
export interface DeriveOptions {
  /**
   * What rules compare of a set: `class`, the numbers of its classes, which cost `classes` nothing and others rows; `bits`,
   * a bit, or a single class.
   */
  readonly encoding: "class" | "bits";
  /** Ranges of a set with bits beyond which it is looked up; without it, also what multiplies in a rule is. */
  readonly plainRanges?: number;
  /** Lookups whose program is to do these too, if it can. */
  readonly like?: SetsPlan | undefined;
  /** What other strategies have made of the same sets. */
  readonly recent?: RecentSets | undefined;
}

/** The conditions of a filter's rules, with lookups in place of large sets. */
export interface Derivation {
  /** Absent when no set is large. */
  readonly plan?: SetsPlan;
  /** As normalizeRule(). */
  termsOf(rule: Rule): readonly Term[];
  /** Whether some rule compares a place itself. */
  comparesItself(place: Place): boolean;
}

/** Looks for the large sets of a filter and builds their lookups; or says why that cannot be. */
export function deriveSets(filter: Filter, options: DeriveOptions): Derivation | Refusal {
  const last = filter.rules.findIndex((rule) => rule.matches.length === 0);
  const rules = last < 0 ? filter.rules : filter.rules.slice(0, last);
  const sides = options.encoding === "class" ? sidesForClasses(rules) : sidesForBits(rules, options.plainRanges);
  if (sides.size === 0) {
    return { termsOf: (rule) => rule.matches.map(normalizeMatch), comparesItself: () => true };
  }
  const sources = new Sources();
  for (const { sides: all, derived } of sides.values()) {
    all.forEach((side) => derived(side) && sources.add(side));
  }
  const built = buildLookups(sources, options);
  if (isRefusal(built)) return built;
  const terms = new Map<Match, Term>();
  const itself = new Set<Place>();
  for (const [match, { sides: all, negated, derived }] of sides) {
    const replaced = all.map((side) => derived(side) ? built.sideOf(side, sources.numberOf(side)) : side);
    replaced.forEach((side) => side.derived === undefined && itself.add(placeOf(side.field)));
    terms.set(match, { sides: replaced, negated });
  }
  const seen = new Set<string>();
  for (const { matches } of rules) {
    for (const match of matches) {
      if (terms.has(match)) continue;
      const isMixed = match.operand.kind === "set" && match.operand.ipv6Ranges !== undefined;
      if (seen.has(match.field) && !isMixed) continue;
      seen.add(match.field);
      const field = fieldNamed(match.field);
      sidesOf(field).forEach((side) => itself.add(placeOf(side)));
      if (isMixed) sidesOf(counterpartOf(field)).forEach((side) => itself.add(placeOf(side)));
    }
  }
  return {
    plan: built.plan,
    termsOf: (rule) => rule.matches.map((match) => terms.get(match) ?? normalizeMatch(match)),
    comparesItself: (place) => itself.has(place),
  };
}

/** A condition, and which of its sides are looked up. */
interface Candidate extends Term {
  derived(side: Side): boolean;
}

/** Large sets, and sets that multiply each other in a rule. */
function sidesForBits(rules: readonly Rule[], plainRanges: number | undefined): ReadonlyMap<Match, Candidate> {
  const candidates = new Map<Match, Candidate>();
  for (const { matches } of rules) {
    let product = 1;
    let largest = 0;
    for (const match of matches) {
      const size = rangesIn(match);
      if (size > largest) largest = size;
      product *= Math.max(1, size);
    }
    if (largest <= 2) continue;
    const least = plainRanges ?? (product > SET_LIMITS.plainProduct ? 2 : SET_LIMITS.plainRanges);
    if (largest <= least || matches.some(isNever)) continue;
    for (const match of matches) {
      if (rangesIn(match) <= least) continue;
      const isLarge = (side: Side): boolean => side.ranges.length > least && !isEverything(side);
      const term = normalizeMatch(match);
      if (term.sides.some(isLarge)) candidates.set(match, { ...term, derived: isLarge });
    }
  }
  return candidates;
}

/** Up to so many ranges under a mask that is no prefix `classes` cuts into conditions on 16 bits each; they are rows. */
const CHUNKED_RANGES = 4;

/**
 * Large sets, and many ranges under masks that are no prefix of places too wide to be enumerated. A place that is looked up for
 * one condition is looked up for all: then it is not a dimension beside.
 */
function sidesForClasses(rules: readonly Rule[]): ReadonlyMap<Match, Candidate> {
  const opened = new Set<string>();
  const candidates = new Map<Match, Candidate>();
  for (const { matches } of rules) {
    // Only sets have many ranges; most rules are none of them.
    if (!matches.some((match) => rangesIn(match) > CHUNKED_RANGES) || matches.some(isNever)) continue;
    for (const match of matches) {
      const term = normalizeMatch(match);
      for (const side of term.sides) {
        const { widthBits } = side.field;
        // A narrow place is a table of all values there.
        if (widthBits <= DIRECT_BITS || isEverything(side) || side.ranges.length === 0) continue;
        const isWideMask = side.mask !== allOnes(widthBits) && side.ranges.length > CHUNKED_RANGES;
        if (isWideMask || side.ranges.length > SET_LIMITS.classesRanges) opened.add(Sources.keyOf(side));
      }
    }
  }
  if (opened.size === 0) return candidates;
  const derived = (side: Side): boolean =>
    side.ranges.length > 0 && !isEverything(side) && opened.has(Sources.keyOf(side));
  for (const { matches } of rules) {
    if (matches.some(isNever)) continue;
    for (const match of matches) {
      const term = normalizeMatch(match);
      if (term.sides.some(derived)) candidates.set(match, { ...term, derived });
    }
  }
  return candidates;
}

/** Strategies leave out what never holds, and what it looks at may not be read. */
function isNever(match: Match): boolean {
  return neverHolds(normalizeMatch(match));
}
