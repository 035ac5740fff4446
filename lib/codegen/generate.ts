/**
 * Generates the C of a plan. The same plan gives the same text on any machine.
 *
 * @module
 */

import { assertNever } from "../diagnostics/assert_never.ts";
import { isMapped, NO_FLAGS, type ProgramFlags } from "../model/flags.ts";
import type { Action, Hook } from "../model/hooks.ts";
import {
  generationBytes,
  type InlinePlan,
  type IntervalForm,
  intervalForm,
  isTablePlan,
  LINEAR_KINDS,
  linearPlaces,
  type LinearPlan,
  type Plan,
} from "../classify/plan.ts";
import { DEFAULT_LICENSE } from "../model/license.ts";
import { VERSION } from "../version.ts";
import { escapeComment, escapeString } from "./escape.ts";
import { classesScope } from "./classes_scope.ts";
import {
  asksFrameLength,
  dissectionScope,
  forgets,
  measuresFrame,
  type Setting,
  valueType,
} from "./dissection_scope.ts";
import { intervalScope } from "./interval_scope.ts";
import { TABLE_MASK_MARK } from "./sizes.ts";
import { setsScope } from "./sets_scope.ts";
import { tupleScope } from "./tuple_scope.ts";
import { conditionOf } from "./expressions.ts";
import { fillTemplate, type TemplateScope } from "./template.ts";
import { INCLUDED_TEMPLATES, PROGRAM_TEMPLATE } from "./templates.ts";

/** What a program is generated for. */
export interface GenerateOptions {
  readonly hook: Hook;
  /** Name of the filter, for the banner. */
  readonly name: string;
  /** XDP: whether the program reads packets in several buffers (kernel 5.18), which large MTUs need. */
  readonly frags: boolean;
  /** Whether rules count packets and bytes; true unless given. */
  readonly counts?: boolean;
  /** What the program declares, see checkLicense(); {@link DEFAULT_LICENSE} unless given. */
  readonly license?: string;
  /** How it differs from the usual program; not at all unless given. */
  readonly flags?: ProgramFlags;
}

/** The C program of a plan. */
export function generateC(plan: Plan, options: GenerateOptions): string {
  const dissects = plan.strategy !== "inline" || plan.demand.places.length > 0;
  const { hook, counts = true, flags = NO_FLAGS } = options;
  const countsBytes = counts || asksFrameLength(plan);
  const measures = countsBytes || measuresFrame(plan);
  const xdp = hook.context === "xdp";
  const scope: TemplateScope = {
    version: VERSION,
    filter: escapeComment(options.name),
    license: escapeString(options.license ?? DEFAULT_LICENSE),
    hook: hook.name,
    strategy: plan.strategy,
    section: xdp && options.frags ? `${hook.section}.frags` : hook.section,
    xdp,
    tc: !xdp,
    inline: plan.strategy === "inline",
    linear: plan.strategy === "linear",
    tuple: plan.strategy === "tuple",
    classes: plan.strategy === "classes",
    counts,
    ...(counts && {
      sized: plan.strategy !== "inline",
      counters: plan.strategy !== "inline" ? "KEFIR_COUNTERS" : plan.counters.capacity,
    }),
    measures,
    counted_bytes: countsBytes,
    tables: generationBytes(plan) > 0,
    sets: plan.sets !== undefined,
    // What the others do with sets is apart already.
    decides_apart: plan.strategy === "linear" && plan.sets !== undefined,
    dissects,
    ...(xdp && (measures || dissects) && { frags: options.frags }),
    ...functionsScope(flags),
    ...(dissects && dissectionScope(plan, { hook, flags })),
    prints: flags.printk,
    ...(flags.printk && printScope(plan, hook)),
    ...intervalScope(intervalForms(plan)),
    ...(generationBytes(plan) > 0 && { masked: isTablePlan(plan), mapped: isMapped(flags) }),
    ...(isTablePlan(plan) && { mask_mark: TABLE_MASK_MARK }),
    ...(plan.sets !== undefined && setsScope(plan.sets)),
    ...strategyScope(plan, { hook, flags }),
  };
  const text = fillTemplate(PROGRAM_TEMPLATE, scope, (name) => {
    const included = INCLUDED_TEMPLATES[name];
    if (included === undefined) throw new Error(`Cannot include "${name}": there is no such template`);
    return included;
  });
  return text.replaceAll(/\n{3,}/g, "\n\n").replaceAll(/\{\n\n/g, "{\n");
}

/** The one place that decides how functions are called and loops are made: templates say KEFIR_GLOBAL, KEFIR_LOOP and so on. */
function functionsScope({ inlineFunctions, noLoops }: ProgramFlags): TemplateScope {
  return {
    in_line: inlineFunctions,
    calls_own: !inlineFunctions,
    loops_by_call: !inlineFunctions && !noLoops,
    loops_in_line: inlineFunctions && !noLoops,
    unrolls: noLoops,
  };
}

/** What is said in the kernel's trace. Where it is, rules count in their order, as createCprog() and planChange() see to. */
function printScope(plan: Plan, hook: Hook): TemplateScope {
  return {
    interface: hook.context === "xdp" ? "ingress_ifindex" : "ifindex",
    default_number: plan.counters.indexes.length - 1,
    drop: hook.verdictNames.drop,
  };
}

/** The forms of the interval maps that the program looks up. */
function intervalForms(plan: Plan): ReadonlySet<IntervalForm> {
  const ofSets = plan.sets?.lookups.flatMap(({ table }) => table.kind === "intervals" ? [table.form] : []) ?? [];
  if (plan.strategy !== "classes") return new Set(ofSets);
  const ofPlaces = plan.steps.flatMap((step) => step.kind === "map" ? [intervalForm(step.widthBits)] : []);
  return new Set([...ofSets, ...ofPlaces]);
}

function strategyScope(plan: Plan, { hook, flags }: Setting): TemplateScope {
  const verdict = (action: Action): string => hook.verdictNames[action];
  switch (plan.strategy) {
    case "inline":
      return inlineScope(plan, verdict);
    case "linear":
      return linearScope(plan, flags);
    case "classes":
      return classesScope(plan, hook, flags);
    case "tuple":
      return tupleScope(plan, hook);
    default:
      return assertNever(plan);
  }
}

function inlineScope(plan: InlinePlan, verdict: (action: Action) => string): TemplateScope {
  const reachesDefault = plan.rules.every((rule) => rule.terms.length > 0);
  return {
    rules: plan.rules.map((rule) => ({
      comment: escapeComment(`rule ${rule.index}: ${rule.text}`),
      verdict: verdict(rule.action),
      counter: rule.index,
      conditional: rule.terms.length > 0,
      condition: conditionOf(rule.terms),
    })),
    default: reachesDefault,
    ...(reachesDefault &&
      { default_verdict: verdict(plan.defaultAction), default_counter: plan.counters.indexes.at(-1) as number }),
  };
}

/** What bpf_loop goes through at most (include/linux/bpf.h); the last step ends it. */
const BPF_MAX_LOOPS = 1 << 23;

function linearScope(plan: LinearPlan, flags: ProgramFlags): TemplateScope {
  const meanings = {
    "unless-inside": "jumps unless the packet has the field, inside the range",
    "unless-outside": "jumps unless the packet has the field, outside the range",
    "if-inside": "jumps if the packet has the field, inside the range",
    "decide": "the verdict, and the counter",
  };
  const places = linearPlaces(plan);
  return {
    kinds: Object.entries(LINEAR_KINDS).map(([kind, number]) => ({
      macro: `KEFIR_${kind.toUpperCase().replaceAll("-", "_")}`,
      number,
      meaning: meanings[kind as keyof typeof meanings],
    })),
    value_type: valueType(plan),
    ...(forgets(flags) && { wide_values: plan.wide }),
    most_steps: forgets(flags) ? plan.capacity : BPF_MAX_LOOPS,
    ...(!(forgets(flags) && places.length > 0) && {
      read_places: places.map((place, index) => ({ index, name: place.name })),
    }),
  };
}
