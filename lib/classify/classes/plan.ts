/**
 * The `classes` strategy: fields to equivalence classes, classes to classes, the last table gives the rule. A dozen loads and
 * hardly a branch, however many rules there are, while the tables fit their budget.
 *
 * @module
 */

import type { Filter } from "../../model/filter.ts";
import { neverHolds, type Term } from "../../model/normal_form.ts";
import { demandOf, isDemandWithin } from "../../model/places.ts";
import { type PresenceBits, presenceBitsOf, tooManyPresences } from "../../model/presence_bits.ts";
import { LIMITS } from "../limits.ts";
import {
  type ClassesPlan,
  type ClassesStepShape,
  derivedPlaces,
  isRefusal,
  type Refusal,
  type TablePlanOptions,
} from "../plan.ts";
import { type Row, rowsOfRule } from "../rows.ts";
import { type Derivation, deriveSets } from "../sets/derive.ts";
import { assembleTables } from "./assemble.ts";
import type { ClassRefusal } from "./budget.ts";
import { buildSteps, type PairOrder } from "./build.ts";
import { chunkRows, chunksOf } from "./chunks.ts";
import {
  conditionsByPlace,
  type Dimension,
  type DimensionInput,
  emptyDimension,
  placeDimension,
  presenceDimension,
} from "./dimension.ts";

/** The plan of a filter, or why the strategy cannot hold it. */
export function planClasses(filter: Filter, options: TablePlanOptions): ClassesPlan | Refusal {
  const { counters, reason } = options;
  if (counters.indexes.some((index) => index >= LIMITS.classesCounters)) {
    return { refused: "too-many-rules", what: `${filter.size} rules` };
  }
  const derivation = deriveSets(filter, { encoding: "class", like: options.like?.sets, recent: options.recent });
  if (isRefusal(derivation)) return derivation;
  const conjunctions = conjunctionsOf(filter, derivation);
  const demand = demandOf(conjunctions.flatMap(({ terms }) => terms));
  const like = options.like?.strategy === "classes" ? options.like : undefined;
  const decisionOf = (rule: number): number => {
    const drops = (filter.at(rule)?.action ?? filter.defaultAction) === "drop";
    return (counters.indexes[rule] as number) << 1 | (drops ? 1 : 0);
  };
  const sets = derivation.plan === undefined ? {} : { sets: derivation.plan };
  // The program of another filter may not do for this one; then it takes one of its own.
  const attempt = (other: ClassesPlan | undefined): ClassesPlan | Refusal => {
    const asked = other?.demand ?? demand;
    const bits = presenceBitsOf(asked);
    const tooMany = tooManyPresences(asked, LIMITS.classesHeaders);
    if (tooMany !== undefined) return tooMany;
    const rows = rowsOf(conjunctions, bits);
    if (isRefusal(rows)) return rows;
    const decisions = Uint16Array.from([...rows.map(({ rule }) => rule), filter.size], decisionOf);
    const work = { left: LIMITS.classesWork };
    const budget = { classes: LIMITS.classesClasses, entries: LIMITS.classesBytes / 2 };
    const refuse = (refused: ClassRefusal): Refusal => ({ refused, what: `${rows.length} rows` });
    const input = { rows, budget, work };
    const own = dimensionsOf(input, bits.count);
    if (typeof own === "string") return refuse(own);
    const dimensions = other === undefined ? own : dimensionsLike(other, own, input);
    if (dimensions === undefined) return { refused: "shape", what: `${rows.length} rows` };
    const order = other === undefined ? {} : { order: orderOf(other.steps) };
    const steps = buildSteps({ dimensions, rowCount: rows.length, budget, work, ...order });
    if (typeof steps === "string") return refuse(steps);
    const assembled = assembleTables(steps, {
      decisions,
      maxBytes: LIMITS.classesBytes,
      ...(other !== undefined && { like: other }),
    });
    if (assembled === undefined) return refuse("tables-too-large");
    return { strategy: "classes", ...assembled, ...sets, counters, demand: asked, reason };
  };
  if (like !== undefined && isDemandWithin(demand, like.demand)) {
    const plan = attempt(like);
    if (!isRefusal(plan)) return plan;
  }
  return attempt(undefined);
}

/** The conditions of a rule, which can hold together as far as each can. */
interface Conjunction {
  readonly rule: number;
  readonly terms: readonly Term[];
}

/** The rules that can decide. */
function conjunctionsOf(filter: Filter, { termsOf }: Derivation): readonly Conjunction[] {
  const conjunctions: Conjunction[] = [];
  for (const [rule, one] of filter.rules.entries()) {
    const terms = termsOf(one);
    if (terms.some(neverHolds)) continue;
    conjunctions.push({ rule, terms });
    if (terms.length === 0) break;
  }
  return conjunctions;
}

function rowsOf(conjunctions: readonly Conjunction[], bits: PresenceBits): readonly Row[] | Refusal {
  const rows: Row[] = [];
  for (const { rule, terms } of conjunctions) {
    const limit = LIMITS.classesRows - rows.length;
    const more = rowsOfRule(rule, terms, { bits, limit });
    if (typeof more === "string") return { refused: more, what: `rule ${rule}` };
    const unmasked = chunkRows(more, limit);
    if (unmasked === undefined) return { refused: "too-many-rows", what: `rule ${rule}` };
    rows.push(...unmasked);
  }
  return rows;
}

/** The dimensions in which rows differ. */
function dimensionsOf(input: DimensionInput, presenceBits: number): readonly Dimension[] | ClassRefusal {
  const dimensions: Dimension[] = [];
  const add = (found: Dimension | ClassRefusal | undefined): ClassRefusal | undefined => {
    if (typeof found === "string") return found;
    if (found !== undefined && !found.classes.isWhole(input.rows.length)) dimensions.push(found);
    return undefined;
  };
  for (const [place, conditions] of conditionsByPlace(input.rows)) {
    const refusal = add(placeDimension(place, conditions, input));
    if (refusal !== undefined) return refusal;
  }
  return add(presenceDimension(presenceBits, input)) ?? dimensions;
}

/** The dimensions of another plan, in its order; undefined when it lacks one of those that there are. */
function dimensionsLike(
  { steps, demand, sets }: ClassesPlan,
  own: readonly Dimension[],
  input: DimensionInput,
): readonly Dimension[] | undefined {
  const places = [...demand.places, ...derivedPlaces(sets)];
  const dimensions: Dimension[] = [];
  for (const step of steps) {
    if (step.kind === "pair" || step.kind === "only" || step.kind === "constant") break;
    const whole = places.find(({ name }) => name === step.place);
    const place = whole === undefined || step.bits === undefined
      ? whole
      : chunksOf(whole).find(({ shift }) => shift === step.bits?.shift);
    if (place === undefined && step.place !== undefined) return undefined;
    const widthBits = place?.widthBits ?? presenceBitsOf(demand).count;
    const same = own.find((one) => one.place?.name === place?.name && one.widthBits === widthBits);
    dimensions.push(same ?? emptyDimension(place, widthBits, input));
  }
  return own.every((one) => dimensions.includes(one)) ? dimensions : undefined;
}

/** Which steps the pairs of a plan combine. */
function orderOf(steps: readonly ClassesStepShape[]): PairOrder {
  return new Map(
    steps.flatMap((step, index) => step.kind === "pair" ? [[index, [step.left, step.right] as const] as const] : []),
  );
}
