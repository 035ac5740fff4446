/**
 * The `linear` strategy: the rules as steps in an array map, taken in order, as libkefir does. It holds what no other
 * strategy can: a rule takes a step for each of its ranges and one to decide, however its sets combine.
 *
 * @module
 */

import { bigintToBytes } from "../net/bytes.ts";
import type { ConcreteField } from "../model/field.ts";
import type { Filter } from "../model/filter.ts";
import { NO_FLAGS, type ProgramFlags } from "../model/flags.ts";
import type { Hook } from "../model/hooks.ts";
import type { Range } from "../model/match.ts";
import { neverHolds, normalizeRule, type Side, type Term } from "../model/normal_form.ts";
import { demandOf, type Place, placeOf, presenceMask } from "../model/places.ts";
import { plainPlaces } from "./counters.ts";
import { LIMITS } from "./limits.ts";
import {
  isRefusal,
  LINEAR_KINDS,
  linearPlaces,
  type LinearPlan,
  type LinearRule,
  type LinearStep,
  type Refusal,
} from "./plan.ts";
import { deriveSets } from "./sets/derive.ts";
import { SET_LIMITS } from "./sets/limits.ts";

/** The linear plan of a filter, or why the strategy cannot hold it. */
export function planLinear(filter: Filter, reason: string, flags: ProgramFlags = NO_FLAGS): LinearPlan | Refusal {
  const derivation = deriveSets(filter, { encoding: "bits", plainRanges: SET_LIMITS.linearRanges });
  // Sets that cannot be looked up take their steps.
  const { termsOf, plan: sets } = isRefusal(derivation) ? { termsOf: normalizeRule, plan: undefined } : derivation;
  const most = mostSteps(flags);
  const rules: LinearRule[] = [];
  // The last step decides the default.
  let steps = 1;
  for (const [index, rule] of filter.rules.entries()) {
    const terms = termsOf(rule);
    if (terms.some(neverHolds)) continue;
    rules.push({ index, action: rule.action, terms });
    steps += stepsOfRule(terms);
    if (steps > most) return { refused: "too-many-steps", what: `rule ${index} is beyond ${most} steps` };
    if (terms.length === 0) break;
  }
  const demand = demandOf(allTermsOf(rules));
  const plan: LinearPlan = {
    strategy: "linear",
    rules,
    defaultAction: filter.defaultAction,
    steps,
    capacity: powerOfTwo(steps),
    wide: demand.places.some((place) => place.widthBits > 64),
    counters: plainPlaces(filter),
    demand,
    reason,
    ...(sets !== undefined && { sets }),
  };
  const bytes = plan.capacity * stepBytes(plan);
  if (bytes <= LIMITS.linearBytes) return plan;
  return { refused: "too-many-bytes", what: `its steps take ${bytes} bytes, ${LIMITS.linearBytes} at most` };
}

/** Steps that a program can take: with bpf_loop the verifier looks at one, else at each. */
function mostSteps({ inlineFunctions, noLoops }: ProgramFlags): number {
  return inlineFunctions || noLoops ? LIMITS.linearStepsInLine : LIMITS.linearSteps;
}

/** Bytes of one step in the map: three values, then what it needs, where it jumps to, place and kind. */
export function stepBytes({ wide }: Pick<LinearPlan, "wide">): number {
  return wide ? 64 : 40;
}

/** The steps of a plan, in order. */
export function linearSteps(plan: LinearPlan): readonly LinearStep[] {
  const steps: LinearStep[] = [];
  walkSteps(plan, (step) => steps.push(step));
  return steps;
}

function walkSteps({ rules, counters, defaultAction }: LinearPlan, take: (step: LinearStep) => void): void {
  let next = 0;
  for (const { index, action, terms } of rules) {
    const end = next + stepsOfRule(terms);
    for (const term of terms) {
      const behind = next + stepsOfTerm(term);
      (term.negated ? takeNegated : takePositive)(term, { behind, end }, take);
      next = behind;
    }
    take({ kind: "decide", counter: counters.indexes[index] as number, action });
    next = end;
  }
  take({ kind: "decide", counter: counters.indexes.at(-1) as number, action: defaultAction });
}

/**
 * The values of the map, one after the other, as struct kefir_step of templates/include/kefir/linear.h has them: host byte
 * order, unused steps zero.
 */
export function encodeSteps(plan: LinearPlan, hook: Hook): Uint8Array<ArrayBuffer> {
  const stride = stepBytes(plan);
  const values = new Uint8Array(stride * plan.capacity);
  const view = new DataView(values.buffer);
  const places = new Map(linearPlaces(plan).map((place, index) => [place.name, index]));
  const valueBytes = plan.wide ? 16 : 8;
  let at = 0;
  walkSteps(plan, (step) => {
    const behind = at + 3 * valueBytes;
    if (step.kind === "decide") {
      view.setInt32(behind, hook.verdicts[step.action], LITTLE);
      view.setUint32(behind + 4, step.counter, LITTLE);
    } else {
      writeValue(view, at, valueBytes, step.mask);
      writeValue(view, at + valueBytes, valueBytes, step.lo);
      writeValue(view, at + 2 * valueBytes, valueBytes, step.hi);
      view.setUint32(behind, step.needs, LITTLE);
      view.setUint32(behind + 4, step.jump, LITTLE);
      view.setUint16(behind + 8, places.get(step.place.name) ?? 0, LITTLE);
    }
    view.setUint16(behind + 10, LINEAR_KINDS[step.kind], LITTLE);
    at += stride;
  });
  return values;
}

/** The machine's byte order: BPF maps are in the host's. */
const LITTLE = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function writeValue(view: DataView, at: number, bytes: number, value: bigint): void {
  if (bytes === 8) return view.setBigUint64(at, value, LITTLE);
  const packet = bigintToBytes(value, bytes);
  new Uint8Array(view.buffer, at, bytes).set(LITTLE ? packet.reverse() : packet);
}

function* allTermsOf(rules: readonly LinearRule[]): Generator<Term> {
  for (const { terms } of rules) yield* terms;
}

function stepsOfRule(terms: readonly Term[]): number {
  return terms.reduce((sum, term) => sum + stepsOfTerm(term), 1);
}

function stepsOfTerm({ sides, negated }: Term): number {
  const ranges = sides.reduce((sum, side) => sum + side.ranges.length, 0);
  if (!negated) return ranges;
  const presences = presencesOf(sides).length;
  return presences > 1 ? ranges + presences : Math.max(ranges, 1);
}

/** The sides whose presence differs, the first of each. */
function presencesOf(sides: readonly Side[]): readonly Side[] {
  if (sides.length === 1) return sides;
  return [...new Map(sides.map((side) => [presenceMask(side.field), side])).values()];
}

/** Positions of the first step behind a term, and of the first behind its rule. */
interface Jumps {
  readonly behind: number;
  readonly end: number;
}

/** One range after the other: the first that the packet is in leads behind the term, none of them behind the rule. */
function takePositive({ sides }: Term, { behind, end }: Jumps, take: (step: LinearStep) => void): void {
  let left = sides.reduce((sum, side) => sum + side.ranges.length, 0);
  for (const side of sides) {
    for (const range of side.ranges) {
      left--;
      take(left === 0 ? compare("unless-inside", side, range, end) : compare("if-inside", side, range, behind));
    }
  }
}

/** The packet must have a side, and no side that it has may be in its ranges. */
function takeNegated({ sides }: Term, { behind, end }: Jumps, take: (step: LinearStep) => void): void {
  const presences = presencesOf(sides);
  const alone = presences.length === 1;
  for (const side of sides) {
    for (const range of side.ranges) take(compare(alone ? "unless-outside" : "if-inside", side, range, end));
  }
  if (alone && sides.some((side) => side.ranges.length > 0)) return;
  presences.forEach((side, index) => {
    const range = { lo: 0n, hi: side.mask };
    const isLast = index + 1 === presences.length;
    take(isLast ? compare("unless-inside", side, range, end) : compare("if-inside", side, range, behind));
  });
}

function compare(
  kind: Exclude<LinearStep["kind"], "decide">,
  side: Side,
  { lo, hi }: Range,
  jump: number,
): LinearStep {
  const { needs, place } = whereOf(side.field);
  return { kind, needs, place: side.derived ?? place, mask: side.mask, lo, hi, jump };
}

/** The same for each of many steps. */
function whereOf(field: ConcreteField): { readonly needs: number; readonly place: Place } {
  let where = WHERE.get(field);
  if (where === undefined) WHERE.set(field, where = { needs: presenceMask(field), place: placeOf(field) });
  return where;
}

const WHERE = new WeakMap<ConcreteField, { readonly needs: number; readonly place: Place }>();

function powerOfTwo(atLeast: number): number {
  let power = 1;
  while (power < atLeast) power *= 2;
  return power;
}
