/**
 * What the templates of the dissection ask for: which headers are read, and what of them.
 *
 * @module
 */

import { derivedPlaces, type Plan } from "../classify/plan.ts";
import type { ConcreteField } from "../model/field.ts";
import type { ProgramFlags } from "../model/flags.ts";
import type { Hook } from "../model/hooks.ts";
import { type HeaderName, type LayerName, type Slice, sliceOf, type SliceStart } from "../model/layers.ts";
import { MAX_IPV6_EXTENSIONS } from "../model/limits.ts";
import { type Demand, isAboveIp, type Place, type Presence, protocolOf } from "../model/places.ts";
import { presenceBitsOf } from "../model/presence_bits.ts";
import { IPV6_EXTENSIONS, PORT_PROTOCOLS, VLAN_TPIDS } from "../net/protocol_numbers.ts";
import { classifiesApart } from "./classes_scope.ts";
import { placeType, presenceMacro, readPlace, readTagPlace } from "./expressions.ts";
import { LINK_LAYERS, linkScope } from "./link_scope.ts";
import type { TemplateScope } from "./template.ts";
import { tunnelScope } from "./tunnel_scope.ts";
import { isRoomy } from "./tuple_scope.ts";

/** Layers above IP that are read by kefir_dissect_upper. */
const UPPER: readonly Exclude<HeaderName, "frame" | "ethertype">[] = ["tcp", "icmp"];

/** What the program is generated for, as far as its parts differ by it. */
export interface Setting {
  readonly hook: Hook;
  readonly flags: ProgramFlags;
}

/** What the dissection is to read: only what the filter asks for. */
export function dissectionScope(plan: Plan, { hook, flags }: Setting): TemplateScope {
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
  const frame = fieldsOf("frame").map(({ name }) => name);
  const slices = slicesOf(plan.demand);
  const starts = new Set(slices.map(({ start }) => start));
  const otherTypes = LINK_LAYERS.some((layer) => has(layer));
  const vlan = svlan || cvlan || ethertype.length > 0 || frame.length > 0 || ipv4 || ipv6 || starts.has("l3") ||
    otherTypes;
  const ah = has("ah");
  const ports = has("ports");
  const l4data = has("l4data");
  const protocol = has("l4proto") || protocols.length > 0;
  const tunnels = tunnelScope(plan.demand);
  const upper = UPPER.some((layer) => has(layer)) || starts.has("l4") || starts.has("payload") ||
    tunnels.tunnels === true;
  const aboveProtocol = ah || ports || l4data || upper;
  const names = new Set(places.map(({ name }) => name));
  const extensions = Object.values<number>(IPV6_EXTENSIONS);
  const bits = presenceBitsOf(plan.demand);
  const isWide = bits.count > 32;
  const headers = [...places, ...derivedPlaces(plan.sets)];
  const byNumber = plan.strategy === "linear" && forgets(flags) && headers.length > 0;
  // Of what is in a map's value the verifier knows nothing, and so does not tell one packet from another.
  const kept = places.length > FEW_PLACES ? KEPT_OF_MANY : KEPT_OF_FEW;
  const many = plan.strategy === "inline" && plan.comparisons > kept;
  const roomy = forgets(flags) || many || (plan.strategy === "tuple" ? isRoomy(plan) : bytesOf(headers) > STACK_BYTES);
  const testsPresence = plan.strategy === "inline" || (plan.strategy === "linear" && !forgets(flags)) || ah ||
    plan.sets !== undefined;
  const read = (base: string, list: readonly Place[]): TemplateScope[] =>
    list.map((place) => ({ name: place.name, value: readPlace(place, base) }));
  const readTag = (list: readonly Place[]): TemplateScope[] =>
    list.map((place) => ({ name: place.name, value: readTagPlace(place) }));
  return {
    wide: places.some((place) => place.widthBits >= 64),
    presence: bits.entries.map(([presence, bit]) => ({ macro: presenceMacro(presence), bit })),
    ...(bits.count > 0 && { suffix: isWide ? "ull" : "u" }),
    present_type: isWide ? "__u64" : "__u32",
    forgets: forgets(flags) && (plan.strategy === "linear" || ipv6 && (protocol || aboveProtocol)),
    roomy,
    ...(roomy && {
      pass: hook.verdictNames.pass,
      most_cleared: MOST_CLEARED,
      // None takes more than 16 bytes.
      cleared_from: Array.from({ length: Math.ceil(16 * (headers.length + 1) / MOST_CLEARED) }, (_, piece) => ({
        from: piece * MOST_CLEARED,
      })),
    }),
    tests_presence: testsPresence,
    ...(testsPresence &&
      { rereads: forgets(flags) || many }),
    places: headers.map((place) => ({ type: byNumber ? valueType(plan) : placeType(place), name: place.name })),
    by_number: byNumber,
    ...(byNumber && { value_type: valueType(plan), last_place: headers.length - 1 }),
    eth_present: has("eth"),
    eth_fields: read("eth", fieldsOf("eth")),
    vlan,
    reads_tags: vlan && !flags.noVlan,
    apart: vlan && !forgets(flags) && !many && (plan.strategy === "inline" || plan.strategy === "classes") &&
      plan.sets === undefined &&
      bytesOf(places) <= REGISTER_BYTES && slices.length === 0 && !upper &&
      !(plan.strategy === "classes" && classifiesApart(plan)),
    svlan,
    cvlan,
    l4: protocol || aboveProtocol,
    ipv4,
    ipv6,
    ...(vlan && {
      notes_metadata: hook.context === "tc" && (svlan || cvlan || frame.includes("vlan_count")),
      frame_len: frame.includes("frame_len"),
      vlan_count: frame.includes("vlan_count"),
      l3_slices: starts.has("l3"),
      // Without tags there may be nothing that asks where they end.
      reads_offset: !flags.noVlan || ipv4 || ipv6 || starts.has("l3") || otherTypes,
      reads_type: !flags.noVlan || ethertype.length > 0 || ipv4 || ipv6 || otherTypes,
      ...(!flags.noVlan && { tpids: anyOf("type", VLAN_TPIDS, (tpid) => `0x${tpid.toString(16)}`) }),
      ethertype_fields: ethertype.map((place) => ({ name: place.name })),
    }),
    other_types: otherTypes,
    ...(otherTypes && linkScope(plan.demand)),
    slice_starts: groupSlices(slices),
    ...tunnels,
    ...(svlan && { svlan_fields: readTag(fieldsOf("svlan")) }),
    ...(cvlan && { cvlan_fields: readTag(fieldsOf("cvlan")) }),
    ...(ipv4 &&
      { ipv4_present: has("ipv4"), ipv4_fields: read("ipv4", fieldsOf("ipv4")), ipv4_slices: starts.has("ipv4") }),
    ...(ipv6 && {
      ipv6_present: has("ipv6"),
      ipv6_fields: read("ipv6", fieldsOf("ipv6")),
      ipv6_slices: starts.has("ipv6"),
      chain: protocol || aboveProtocol,
      ...((protocol || aboveProtocol) && { walks_with_headers: ah || forgets(flags) }),
    }),
    ...((ipv4 || protocol || aboveProtocol) && { protocol }),
    ...((protocol || aboveProtocol) && { ah, l4_bytes: ports || l4data, ports }),
    ...(protocol && { protocols, l4proto_present: has("l4proto"), l4_proto: names.has("l4_proto") }),
    ...((protocol || ipv6 && aboveProtocol) && { l3_frag: names.has("l3_frag") }),
    ...((protocol || aboveProtocol) && { upper }),
    ...(upper && {
      tcp_bytes: has("tcp") || starts.has("payload"),
      ...((has("tcp") || starts.has("payload")) && { tcp: has("tcp") }),
      ...(has("tcp") && { tcp_fields: read("tcp", fieldsOf("tcp")) }),
      payload_slices: starts.has("payload"),
      icmp: has("icmp"),
      ...(has("icmp") && { icmp_fields: read("icmp", fieldsOf("icmp")) }),
      l4_slices: starts.has("l4"),
    }),
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

interface SlicePlace extends Slice {
  readonly place: Place;
}

/** The slices that are asked for. */
function slicesOf({ places }: Demand): readonly SlicePlace[] {
  return places.flatMap((place) => {
    const slice = sliceOf(place.layer);
    return slice === undefined ? [] : [{ ...slice, place }];
  });
}

/** The slices of each start, in the order of the bytes: the same for the same demand. */
function groupSlices(slices: readonly SlicePlace[]): TemplateScope[] {
  return [...Map.groupBy(slices, ({ start }): SliceStart => start)].sort(([a], [b]) => a < b ? -1 : 1)
    .map(([start, own]) => ({
      start,
      slices: own.toSorted((a, b) => a.offsetBytes - b.offsetBytes || a.bytes - b.bytes).map((slice) => ({
        from: slice.offsetBytes,
        bytes: slice.bytes,
        macro: presenceMacro(slice.place.layer as Presence),
        name: slice.place.name,
        value: readPlace(slice.place, "bytes"),
      })),
    }));
}

/** Whether loops are gone through by the verifier round by round, and functions for each way to them. */
export function forgets({ inlineFunctions, noLoops }: ProgramFlags): boolean {
  return inlineFunctions || noLoops;
}

/** The C type of what `linear` compares. */
export function valueType(plan: Plan): string {
  return plan.strategy === "linear" && plan.wide ? "kefir_u128" : "__u64";
}

/** Whether the program notes how long the frame is. */
export function asksFrameLength({ demand }: Plan): boolean {
  return demand.places.some(({ name }) => name === "frame_len");
}

/** Whether the dissection compares lengths of headers with the frame's. */
export function measuresFrame({ demand: { presences, families } }: Plan): boolean {
  const chain = [...presences].some((one) => protocolOf(one) !== undefined || isAboveIp(one as LayerName));
  return presences.has("ipv4") || families.has("ipv4") || (chain && (presences.has("ipv6") || families.has("ipv6")));
}

/** The numbers below 64, each as a bit. */
function lowBits(numbers: readonly number[]): string {
  const bits = numbers.filter((one) => one < 64).reduce((sum, one) => sum | 1n << BigInt(one), 0n);
  return `0x${bits.toString(16)}ull`;
}

/**
 * Comparisons up to which `inline` keeps what it read in registers, on few places and on more. What the verifier learns of it
 * in one rule it takes into the next ones: 200 comparisons on 11 places took it over a million instructions, 480 on 8 places
 * 815 000, and a fortieth of that when all is read anew from a map's value, which costs a packet a third. What is on the stack
 * it knows as well: read anew from there, 104 comparisons of two addresses took it over a million.
 */
const KEPT_OF_FEW = 256;
const KEPT_OF_MANY = 48;
const FEW_PLACES = 8;

/** Bytes of fields up to which clang keeps them in registers, or next to them: with more it needs the stack twice. */
const REGISTER_BYTES = 48;

/** Zeros that clang writes at once (llvm, BPFISelLowering.cpp: 128 stores). */
const MOST_CLEARED = 1024;

/** Headers of more bytes are in a map's value of the CPU: a program and all that it calls have 512 bytes of stack. */
const STACK_BYTES = 128;

function bytesOf(places: readonly Place[]): number {
  return places.reduce((sum, { widthBits }) => sum + Math.ceil(widthBits / 8), 0);
}

function anyOf(variable: string, values: readonly number[], format: (value: number) => string): string {
  return values.map((value) => `${variable} == ${format(value)}`).join(" || ");
}
