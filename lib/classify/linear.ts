/**
 * The `linear` strategy: records in an array map, tried in order, as libkefir does.
 *
 * @module
 */

import { bigintToBytes } from "../net/bytes.ts";
import type { Filter } from "../model/filter.ts";
import type { Hook } from "../model/hooks.ts";
import { isEverything, neverHolds, normalizeRule, type Side, type Term } from "../model/normal_form.ts";
import { plainPlaces } from "./counters.ts";
import { type LinearPlan, type LinearRecord, MATCH_KINDS, type MatchKind, type RecordMatch } from "./plan.ts";
import { demandOf, placeOf, presenceMask } from "../model/places.ts";

/** The linear plan of a filter; undefined when it takes more than `maxRecords` records. */
export function planLinear(filter: Filter, maxRecords: number, reason: string): LinearPlan | undefined {
  const records: LinearRecord[] = [];
  const allTerms: Term[] = [];
  for (const [index, rule] of filter.rules.entries()) {
    const terms = normalizeRule(rule);
    if (terms.some(neverHolds)) continue;
    allTerms.push(...terms);
    const conjunctions = expand(terms, maxRecords - records.length);
    if (conjunctions === undefined) return undefined;
    for (const matches of conjunctions) records.push({ counter: index, action: rule.action, matches });
    if (terms.length === 0) break;
  }
  records.push({ counter: filter.size, action: filter.defaultAction, matches: [] });
  const demand = demandOf(allTerms);
  return {
    strategy: "linear",
    records,
    capacity: powerOfTwo(records.length),
    matchCapacity: Math.max(1, ...records.map((record) => record.matches.length)),
    wide: demand.places.some((place) => place.widthBits > 64),
    counters: plainPlaces(filter),
    demand,
    reason,
  };
}

/** Bytes of one record in the map. */
export function recordBytes(plan: LinearPlan): number {
  return 16 + plan.matchCapacity * matchBytes(plan);
}

/**
 * The values of the map, one after the other, as struct kefir_record of templates/include/kefir/linear.h has them:
 * host byte order, unused records zero.
 */
export function encodeRecords(plan: LinearPlan, hook: Hook): Uint8Array<ArrayBuffer> {
  const stride = recordBytes(plan);
  const values = new Uint8Array(stride * plan.capacity);
  const view = new DataView(values.buffer);
  const places = new Map(plan.demand.places.map((place, index) => [place.name, index]));
  const valueBytes = plan.wide ? 16 : 8;
  plan.records.forEach((record, index) => {
    const start = index * stride;
    view.setUint32(start, record.matches.length, LITTLE);
    view.setUint32(start + 4, record.counter, LITTLE);
    view.setInt32(start + 8, hook.verdicts[record.action], LITTLE);
    record.matches.forEach((match, position) => {
      const at = start + 16 + position * matchBytes(plan);
      [match.mask, match.lo, match.hi].forEach((value, word) => {
        const bytes = bigintToBytes(value, valueBytes);
        values.set(LITTLE ? bytes.reverse() : bytes, at + word * valueBytes);
      });
      view.setUint32(at + 3 * valueBytes, match.needs, LITTLE);
      view.setUint16(at + 3 * valueBytes + 4, places.get(match.place.name) ?? 0, LITTLE);
      view.setUint16(at + 3 * valueBytes + 6, MATCH_KINDS[match.kind], LITTLE);
    });
  });
  return values;
}

/** The machine's byte order: BPF maps are in the host's. */
const LITTLE = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function matchBytes(plan: LinearPlan): number {
  // Three values, then needs, place and kind; 128-bit values align the whole to 16 bytes.
  return plan.wide ? 64 : 32;
}

/** The conjunctions of which one must hold for all terms to hold; undefined above `limit`. */
function expand(terms: readonly Term[], limit: number): RecordMatch[][] | undefined {
  let conjunctions: RecordMatch[][] = [[]];
  for (const term of terms) {
    const choices = choicesOf(term);
    if (conjunctions.length * choices.length > limit) return undefined;
    conjunctions = conjunctions.flatMap((left) => choices.map((right) => [...left, ...right]));
  }
  return conjunctions;
}

/** The ways in which a condition can hold. */
function choicesOf(term: Term): RecordMatch[][] {
  if (!term.negated) {
    return term.sides.flatMap((side) => side.ranges.map((range) => [recordMatch("inside", side, range)]));
  }
  const outside = (kind: MatchKind, side: Side): RecordMatch[] =>
    side.ranges.length === 0 ? presenceOnly(kind, side) : side.ranges.map((range) => recordMatch(kind, side, range));
  const together = new Set(term.sides.map((side) => presenceMask(side.field))).size === 1;
  if (together) return [term.sides.flatMap((side) => outside("outside", side))];
  // The packet has one side, outside its ranges; of the others it has none, or outside too.
  return term.sides.map((side) => [
    ...outside("outside", side),
    ...term.sides.filter((other) => other !== side).flatMap((other) => outside("absent-or-outside", other)),
  ]).filter((_, index) => !isEverything(term.sides[index] as Side));
}

/** A side without ranges is outside them wherever it is present. */
function presenceOnly(kind: MatchKind, side: Side): RecordMatch[] {
  return kind === "outside" ? [recordMatch("inside", side, { lo: 0n, hi: side.mask })] : [];
}

function recordMatch(kind: MatchKind, side: Side, range: { lo: bigint; hi: bigint }): RecordMatch {
  return {
    kind,
    needs: presenceMask(side.field),
    place: placeOf(side.field),
    mask: side.mask,
    lo: range.lo,
    hi: range.hi,
  };
}

function powerOfTwo(atLeast: number): number {
  let power = 1;
  while (power < atLeast) power *= 2;
  return power;
}
