/**
 * The `linear` strategy: the rules as steps in an array map, taken in order, as libkefir does. It holds what no other
 * strategy can: a rule takes a step for each of its ranges and one to decide, however its sets combine.
 *
 * @module
 */

import { powerOfTwo } from "./bits.ts";
import { bigintToBytes, LITTLE_ENDIAN } from "../net/bytes.ts";
import type { ConcreteField } from "../model/field.ts";
import type { Filter } from "../model/filter.ts";
import { NO_FLAGS, type ProgramFlags } from "../model/flags.ts";
import type { Hook } from "../model/hooks.ts";
import type { Range } from "../model/match.ts";
import { neverHolds, normalizeRule, type Side, type Term } from "../model/normal_form.ts";
import { demandOf, type Place, placeOf, presencesOf } from "../model/places.ts";
import { type PresenceBits, presenceBitsOf, tooManyPresences } from "../model/presence_bits.ts";
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
  const refusal = tooManyPresences(demand, LIMITS.linearHeaders);
  if (refusal !== undefined) return refusal;
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

/** Bytes of one step in the map: three values, then what it needs (64 bits), where it jumps to, place and kind. */
export function stepBytes({ wide }: Pick<LinearPlan, "wide">): number {
  return wide ? 64 : 40;
}

/** The steps of a plan, in order. */
export function linearSteps(plan: LinearPlan): readonly LinearStep[] {
  const steps: LinearStep[] = [];
  walkSteps(plan, (step) => steps.push(step));
  return steps;
}

function walkSteps(plan: LinearPlan, take: (step: LinearStep) => void): void {
  const { rules, counters, defaultAction } = plan;
  const writer = new StepWriter(presenceBitsOf(plan.demand), take);
  let next = 0;
  for (const { index, action, terms } of rules) {
    const end = next + stepsOfRule(terms);
    for (const term of terms) {
      const behind = next + stepsOfTerm(term);
      if (term.negated) writer.takeNegated(term, { behind, end });
      else writer.takePositive(term, { behind, end });
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
      view.setBigInt64(behind, BigInt(hook.verdicts[step.action]), LITTLE_ENDIAN);
      view.setUint32(behind + 8, step.counter, LITTLE_ENDIAN);
    } else {
      writeValue(view, at, valueBytes, step.mask);
      writeValue(view, at + valueBytes, valueBytes, step.lo);
      writeValue(view, at + 2 * valueBytes, valueBytes, step.hi);
      view.setBigUint64(behind, step.needs, LITTLE_ENDIAN);
      view.setUint32(behind + 8, step.jump, LITTLE_ENDIAN);
      view.setUint16(behind + 12, places.get(step.place.name) ?? 0, LITTLE_ENDIAN);
    }
    view.setUint16(behind + 14, LINEAR_KINDS[step.kind], LITTLE_ENDIAN);
    at += stride;
  });
  return values;
}

function writeValue(view: DataView, at: number, bytes: number, value: bigint): void {
  if (bytes === 8) return view.setBigUint64(at, value, LITTLE_ENDIAN);
  const packet = bigintToBytes(value, bytes);
  new Uint8Array(view.buffer, at, bytes).set(LITTLE_ENDIAN ? packet.reverse() : packet);
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
  const presences = sidesByPresence(sides).length;
  return presences > 1 ? ranges + presences : Math.max(ranges, 1);
}

/** The sides whose presence differs, the first of each. */
function sidesByPresence(sides: readonly Side[]): readonly Side[] {
  if (sides.length === 1) return sides;
  return [...new Map(sides.map((side) => [presencesOf(side.field).join(" "), side])).values()];
}

/** Positions of the first step behind a term, and of the first behind its rule. */
interface Jumps {
  readonly behind: number;
  readonly end: number;
}

/** Makes the steps of terms. */
class StepWriter {
  readonly #bits: PresenceBits;
  readonly #take: (step: LinearStep) => void;
  /** The same for each of many steps. */
  readonly #where = new Map<ConcreteField, { readonly needs: bigint; readonly place: Place }>();

  constructor(bits: PresenceBits, take: (step: LinearStep) => void) {
    this.#bits = bits;
    this.#take = take;
  }

  /** One range after the other: the first that the packet is in leads behind the term, none of them behind the rule. */
  takePositive({ sides }: Term, { behind, end }: Jumps): void {
    let left = sides.reduce((sum, side) => sum + side.ranges.length, 0);
    for (const side of sides) {
      for (const range of side.ranges) {
        left--;
        if (left === 0) this.#compare("unless-inside", side, range, end);
        else this.#compare("if-inside", side, range, behind);
      }
    }
  }

  /** The packet must have a side, and no side that it has may be in its ranges. */
  takeNegated({ sides }: Term, { behind, end }: Jumps): void {
    const presences = sidesByPresence(sides);
    const alone = presences.length === 1;
    for (const side of sides) {
      for (const range of side.ranges) this.#compare(alone ? "unless-outside" : "if-inside", side, range, end);
    }
    if (alone && sides.some((side) => side.ranges.length > 0)) return;
    presences.forEach((side, index) => {
      const range = { lo: 0n, hi: side.mask };
      const isLast = index + 1 === presences.length;
      if (isLast) this.#compare("unless-inside", side, range, end);
      else this.#compare("if-inside", side, range, behind);
    });
  }

  #compare(kind: Exclude<LinearStep["kind"], "decide">, side: Side, { lo, hi }: Range, jump: number): void {
    let where = this.#where.get(side.field);
    if (where === undefined) {
      where = { needs: this.#bits.wideMaskOf(side.field), place: placeOf(side.field) };
      this.#where.set(side.field, where);
    }
    const { needs, place } = where;
    this.#take({ kind, needs, place: side.derived ?? place, mask: side.mask, lo, hi, jump });
  }
}
