/**
 * What the template of the `classes` strategy asks for.
 *
 * @module
 */

import type { ClassesPlan, ClassesStepShape } from "../classify/plan.ts";
import type { Hook } from "../model/hooks.ts";
import { PRESENCE_BITS } from "../model/places.ts";
import type { TemplateScope } from "./template.ts";

/** The values of templates/include/kefir/classes.h. */
export function classesScope(plan: ClassesPlan, hook: Hook): TemplateScope {
  const tries = new Map<string, TemplateScope>();
  for (const step of plan.steps) {
    if (step.kind === "trie") tries.set(trieName(step), trieScope(step));
  }
  return {
    pairs: plan.steps.some((step) => step.kind === "pair"),
    tries: [...tries.values()],
    default_verdict: hook.verdictNames.pass,
    drop: hook.verdictNames.drop,
    pass: hook.verdictNames.pass,
    steps: plan.steps.map((step, index) => ({
      name: index === plan.steps.length - 1 ? "decided" : nameOf(step, index),
      value: valueOf(plan.steps, step, index),
    })),
  };
}

function valueOf(steps: readonly ClassesStepShape[], step: ClassesStepShape, index: number): string {
  const name = (position: number): string => nameOf(steps[position] as ClassesStepShape, position);
  switch (step.kind) {
    case "direct":
      return step.place === undefined
        ? `kefir_entry(tables, ${index}, h->present & 0x${((1 << PRESENCE_BITS) - 1).toString(16)})`
        : `kefir_entry(tables, ${index}, h->${step.place})`;
    case "trie":
      return `kefir_${trieName(step)}(tables, ${index}, h->${step.place})`;
    case "pair":
      return `kefir_pair(tables, ${index}, ${name(step.left)}, ${name(step.right)})`;
    case "only":
      return `kefir_entry(tables, ${index}, ${name(step.of)})`;
    case "constant":
      return `kefir_entry(tables, ${index}, 0)`;
  }
}

function nameOf(step: ClassesStepShape, index: number): string {
  if (step.kind === "direct") return `${step.place ?? "presence"}_class`;
  return step.kind === "trie" ? `${step.place}_class` : `class_${index}`;
}

type TrieStep = Extract<ClassesStepShape, { readonly kind: "trie" }>;

function trieName({ widthBits, shifts }: TrieStep): string {
  return `trie_${widthBits}_${shifts.length - 1}`;
}

function trieScope({ widthBits, shifts }: TrieStep): TemplateScope {
  const [root = 0, ...levels] = shifts;
  return {
    bits: widthBits,
    depth: levels.length,
    type: widthBits > 64 ? "kefir_u128" : widthBits > 32 ? "__u64" : "__u32",
    root_shift: root,
    levels: levels.map((shift) => ({ shift })),
  };
}
