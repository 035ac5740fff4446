/**
 * What the template of the `classes` strategy asks for.
 *
 * @module
 */

import { type ClassesPlaceStep, type ClassesPlan, type ClassesStepShape, intervalForm } from "../classify/plan.ts";
import type { ProgramFlags } from "../model/flags.ts";
import type { Hook } from "../model/hooks.ts";
import type { Demand } from "../model/places.ts";
import { presenceBitsOf } from "../model/presence_bits.ts";
import { allOnes } from "../net/bytes.ts";
import type { TemplateScope } from "./template.ts";

/** The values of templates/include/kefir/classes.h. */
export function classesScope(plan: ClassesPlan, hook: Hook, { inlineFunctions }: ProgramFlags): TemplateScope {
  const { steps, generationAt } = plan;
  const called = inlineFunctions ? [] : calledMaps(steps);
  return {
    classifies_apart: classifiesApart(plan),
    calls: called.length > 0,
    ...(called.length > 0 && { generation_at: generationAt }),
    blocks: steps.some(({ kind }) => kind === "blocks" || kind === "trie"),
    rows: steps.some(({ kind }) => kind === "pair" || kind === "only" || kind === "constant"),
    called_maps: called.map((step) => ({
      name: placeName(step),
      parameters: step.widthBits > 64 ? "__u64 high, __u64 low" : "__u64 value",
      value: lookupOf(step, step.widthBits > 64 ? "high, low" : "value"),
    })),
    drop: hook.verdictNames.drop,
    pass: hook.verdictNames.pass,
    steps: orderOf(steps).map((index) => {
      const step = steps[index] as ClassesStepShape;
      return {
        name: index === steps.length - 1 ? "decided" : nameOf(step, index),
        value: valueOf({ steps, called, demand: plan.demand }, index),
        called: called.some((one) => one === step),
      };
    }),
  };
}

/**
 * Whether the lookup is a function of its own: where it calls others, and where it has so many steps that what is kept
 * between them does not fit the stack beside the dissection.
 */
export function classifiesApart({ steps, sets }: ClassesPlan): boolean {
  return sets !== undefined || isDeep(steps) || calledMaps(steps).length > 0;
}

function isDeep(steps: readonly ClassesStepShape[]): boolean {
  return steps.length > STACK_STEPS;
}

const STACK_STEPS = 16;

/** The order in which the steps stand: of many, what a step needs right before it, so that little is kept on the stack. */
function orderOf(steps: readonly ClassesStepShape[]): readonly number[] {
  if (!isDeep(steps)) return [...steps.keys()];
  const needed = (index: number): number[] => {
    const step = steps[index] as ClassesStepShape;
    const before = step.kind === "pair" ? [step.left, step.right] : step.kind === "only" ? [step.of] : [];
    // What takes more steps first: its class alone is kept while the other is looked up.
    const parts = before.map(needed).sort((a, b) => b.length - a.length);
    return [...parts.flat(), index];
  };
  return needed(steps.length - 1);
}

/** All steps, and those of maps that have a function of their own. */
interface Steps {
  readonly steps: readonly ClassesStepShape[];
  readonly called: readonly MapStep[];
  readonly demand: Demand;
}

function valueOf({ steps, called, demand }: Steps, index: number): string {
  const step = steps[index] as ClassesStepShape;
  const name = (position: number): string => nameOf(steps[position] as ClassesStepShape, position);
  switch (step.kind) {
    case "pair":
      return `kefir_pair(tables, ${index}, ${name(step.left)}, ${name(step.right)})`;
    case "only":
      return `kefir_pair(tables, ${index}, ${name(step.of)}, 0)`;
    case "constant":
      return `kefir_pair(tables, ${index}, 0, 0)`;
    default:
      return placeValue(step, { called, demand });
  }
}

function placeValue(step: ClassesPlaceStep, { called, demand }: Omit<Steps, "steps">): string {
  const value = step.place === undefined
    ? `(h->present & 0x${allOnes(presenceBitsOf(demand).count).toString(16)})`
    : readOf(step);
  const first = (shift: number): string => `kefir_entry(tables, ${step.rootAt} + 2 * (${value} >> ${shift}))`;
  switch (step.kind) {
    case "table":
      return `kefir_entry(tables, ${step.rootAt} + 2 * (${value}))`;
    case "blocks":
      return `kefir_block(tables, ${first(8)}, ${value})`;
    case "trie":
      return `kefir_block(tables, kefir_block(tables, ${first(16)}, ${value} >> 8), ${value})`;
    case "map":
      return mapValue(step, value, called.includes(step));
  }
}

type MapStep = Extract<ClassesPlaceStep, { readonly kind: "map" }>;

/**
 * The maps that have a function of their own: the verifier goes through it once, and through what is put where it is used as
 * often as there are ways to get there. Lookups of up to 32 bits are short; so many of them are put where they are used.
 */
function calledMaps(steps: readonly ClassesStepShape[]): readonly MapStep[] {
  const maps = steps.filter((step) => step.kind === "map");
  const wide = maps.filter(({ widthBits }) => widthBits > 32);
  return maps.length - wide.length > INLINE_MAPS ? maps : wide;
}

const INLINE_MAPS = 2;

function mapValue(step: MapStep, value: string, called: boolean): string {
  const given = step.widthBits > 64 ? `${value} >> 64, ${value}` : value;
  return called ? `kefir_map_${placeName(step)}(${given}, generation)` : lookupOf(step, given);
}

function lookupOf({ widthBits, rootBits, rootAt }: MapStep, value: string): string {
  return `kefir_interval_lookup${intervalForm(widthBits)}(tables, KEFIR_MAP(${2 ** rootBits}, ${rootAt}), ${value})`;
}

/** What a step looks at. */
function readOf({ place, bits }: ClassesPlaceStep): string {
  if (bits === undefined) return `h->${place}`;
  return `((__u32)(h->${place} >> ${bits.shift}) & 0x${allOnes(bits.widthBits).toString(16)})`;
}

function nameOf(step: ClassesStepShape, index: number): string {
  if (step.kind === "pair" || step.kind === "only" || step.kind === "constant") return `class_${index}`;
  return `${placeName(step)}_class`;
}

function placeName({ place = "presence", bits }: ClassesPlaceStep): string {
  return bits === undefined ? place : `${place}_from_${bits.shift}`;
}
