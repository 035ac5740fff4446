/**
 * Generates the C of a plan. The same plan gives the same text on any machine.
 *
 * @module
 */

import { assertNever } from "../diagnostics/assert_never.ts";
import type { ConcreteField } from "../model/field.ts";
import { NO_FLAGS, type ProgramFlags } from "../model/flags.ts";
import type { Action, Hook } from "../model/hooks.ts";
import {
  derivedPlaces,
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
import { type Place, type Presence, presenceBit, protocolOf } from "../model/places.ts";
import { IPV6_EXTENSIONS, PORT_PROTOCOLS, VLAN_TPIDS } from "../net/protocol_numbers.ts";
import { MAX_IPV6_EXTENSIONS } from "../model/limits.ts";
import { VERSION } from "../version.ts";
import { escapeComment, escapeString } from "./escape.ts";
import { classesScope, classifiesApart } from "./classes_scope.ts";
import { intervalScope } from "./interval_scope.ts";
import { TABLE_MASK_MARK } from "./sizes.ts";
import { setsScope } from "./sets_scope.ts";
import { isRoomy, tupleScope } from "./tuple_scope.ts";
import { conditionOf, placeType, presenceMacro, readPlace, readTagPlace } from "./expressions.ts";
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
  const measures = counts || measuresFrame(plan);
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
    tables: generationBytes(plan) > 0,
    sets: plan.sets !== undefined,
    // What the others do with sets is apart already.
    decides_apart: plan.strategy === "linear" && plan.sets !== undefined,
    dissects,
    ...(xdp && (measures || dissects) && { frags: options.frags }),
    ...(dissects && { ...functionsScope(flags), ...dissectionScope(plan, { hook, flags }) }),
    ...intervalScope(intervalForms(plan)),
    ...(generationBytes(plan) > 0 && { masked: isTablePlan(plan) }),
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

/** What the program is generated for, as far as its parts differ by it. */
interface Setting {
  readonly hook: Hook;
  readonly flags: ProgramFlags;
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

/** Whether loops are gone through by the verifier round by round, and functions for each way to them. */
function forgets({ inlineFunctions, noLoops }: ProgramFlags): boolean {
  return inlineFunctions || noLoops;
}

/** What the dissection is to read: only what the filter asks for. */
function dissectionScope(plan: Plan, { hook, flags }: Setting): TemplateScope {
  const { places, presences, families } = plan.demand;
  const has = (presence: Presence): boolean => presences.has(presence);
  const fieldsOf = (...layers: readonly ConcreteField["layer"][]): Place[] =>
    places.filter((place) => layers.includes(place.layer));
  const protocols = [...presences].flatMap((presence) => {
    const number = protocolOf(presence);
    return number === undefined ? [] : [{ number, macro: presenceMacro(presence) }];
  }).sort((a, b) => a.number - b.number);
  const ipv4 = families.has("ipv4") || has("ipv4");
  const ipv6 = families.has("ipv6") || has("ipv6");
  const svlan = has("svlan");
  const cvlan = has("cvlan");
  const ethertype = fieldsOf("ethertype");
  const vlan = svlan || cvlan || ethertype.length > 0 || ipv4 || ipv6;
  const ah = has("ah");
  const ports = has("ports");
  const l4data = has("l4data");
  const protocol = has("l4proto") || protocols.length > 0;
  const aboveProtocol = ah || ports || l4data;
  const extensions = Object.values<number>(IPV6_EXTENSIONS);
  const headers = [...places, ...derivedPlaces(plan.sets)];
  const byNumber = plan.strategy === "linear" && forgets(flags) && headers.length > 0;
  // Of what is in a map's value the verifier knows nothing, and so does not tell one packet from another.
  const roomy = forgets(flags) || (plan.strategy === "tuple" ? isRoomy(plan) : bytesOf(headers) > STACK_BYTES);
  const read = (base: string, list: readonly Place[]): TemplateScope[] =>
    list.map((place) => ({ name: place.name, value: readPlace(place, base) }));
  const readTag = (list: readonly Place[]): TemplateScope[] =>
    list.map((place) => ({ name: place.name, value: readTagPlace(place) }));
  return {
    wide: places.some((place) => place.widthBits > 64),
    presence: [...presences].map((presence) => ({ macro: presenceMacro(presence), bit: presenceBit(presence) }))
      .sort((a, b) => a.bit - b.bit),
    forgets: forgets(flags),
    roomy,
    ...(roomy && { pass: hook.verdictNames.pass }),
    tests_presence: plan.strategy === "inline" || plan.strategy === "linear" || ah || plan.sets !== undefined,
    places: headers.map((place) => ({ type: byNumber ? valueType(plan) : placeType(place), name: place.name })),
    by_number: byNumber,
    ...(byNumber && { value_type: valueType(plan), last_place: headers.length - 1 }),
    eth_present: has("eth"),
    eth_fields: read("eth", fieldsOf("eth")),
    vlan,
    apart: vlan && !forgets(flags) && (plan.strategy === "inline" || plan.strategy === "classes") &&
      plan.sets === undefined &&
      bytesOf(places) <= REGISTER_BYTES && !(plan.strategy === "classes" && classifiesApart(plan)),
    svlan,
    cvlan,
    l4: protocol || aboveProtocol,
    ipv4,
    ipv6,
    ...(vlan && {
      notes_metadata: hook.context === "tc" && (svlan || cvlan),
      tpids: anyOf("type", VLAN_TPIDS, (tpid) => `0x${tpid.toString(16)}`),
      ethertype_fields: ethertype.map((place) => ({ name: place.name })),
    }),
    ...(svlan && { svlan_fields: readTag(fieldsOf("svlan")) }),
    ...(cvlan && { cvlan_fields: readTag(fieldsOf("cvlan")) }),
    ...(ipv4 && { ipv4_present: has("ipv4"), ipv4_fields: read("ipv4", fieldsOf("ipv4")) }),
    ...(ipv6 && {
      ipv6_present: has("ipv6"),
      ipv6_fields: read("ipv6", fieldsOf("ipv6")),
      chain: protocol || aboveProtocol,
      ...((protocol || aboveProtocol) && { walks_with_headers: ah || forgets(flags) }),
    }),
    ...((ipv4 || protocol || aboveProtocol) && { protocol }),
    ...((protocol || aboveProtocol) && { ah, l4_bytes: ports || l4data, ports }),
    ...(protocol && { protocols, l4proto_present: has("l4proto"), l4_proto: fieldsOf("l4proto").length > 0 }),
    ...(ipv4 && { above_protocol: aboveProtocol }),
    ...(ah && { ah_fields: read("ah", fieldsOf("ah")) }),
    ...((ports || l4data) && { l4data }),
    ...(l4data && { l4data_fields: read("l4", fieldsOf("l4data")) }),
    ...(ports && {
      low_port_protocols: lowBits(PORT_PROTOCOLS),
      other_port_protocols: anyOf("protocol", PORT_PROTOCOLS.filter((one) => one >= 64), String),
      ports_fields: read("l4", fieldsOf("ports")),
    }),
    ...(ipv6 && (protocol || aboveProtocol) && {
      low_extensions: lowBits(extensions),
      other_extensions: anyOf("protocol", extensions.filter((one) => one >= 64), String),
      max_extensions: MAX_IPV6_EXTENSIONS,
    }),
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
    most_steps: forgets(flags) ? plan.capacity : BPF_MAX_LOOPS,
    ...(!(forgets(flags) && places.length > 0) && {
      read_places: places.map((place, index) => ({ index, name: place.name })),
    }),
  };
}

/** The C type of what `linear` compares. */
function valueType(plan: Plan): string {
  return plan.strategy === "linear" && plan.wide ? "kefir_u128" : "__u64";
}

/** Whether the dissection compares lengths of headers with the frame's. */
function measuresFrame({ demand: { presences, families } }: Plan): boolean {
  const chain = (["l4proto", "ah", "l4data", "ports"] as const).some((layer) => presences.has(layer)) ||
    [...presences].some((presence) => protocolOf(presence) !== undefined);
  return presences.has("ipv4") || families.has("ipv4") || (chain && (presences.has("ipv6") || families.has("ipv6")));
}

/** The numbers below 64, each as a bit. */
function lowBits(numbers: readonly number[]): string {
  const bits = numbers.filter((one) => one < 64).reduce((sum, one) => sum | 1n << BigInt(one), 0n);
  return `0x${bits.toString(16)}ull`;
}

/** Bytes of fields up to which clang keeps them in registers, or next to them: with more it needs the stack twice. */
const REGISTER_BYTES = 48;

/** Headers of more bytes are in a map's value of the CPU: a program and all that it calls have 512 bytes of stack. */
const STACK_BYTES = 128;

function bytesOf(places: readonly Place[]): number {
  return places.reduce((sum, { widthBits }) => sum + Math.ceil(widthBits / 8), 0);
}

function anyOf(variable: string, values: readonly number[], format: (value: number) => string): string {
  return values.map((value) => `${variable} == ${format(value)}`).join(" || ");
}
