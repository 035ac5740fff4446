/**
 * The smallest usual frame that has given fields with given values: the headers that they need, and zeros.
 *
 * @module
 */

import type { LayerName } from "../model/field.ts";
import { layerOf } from "../model/layers.ts";
import {
  ETH_P_ARP,
  ETH_P_CFM,
  ETH_P_IPV4,
  ETH_P_IPV6,
  ETH_P_PPP_SES,
  ETH_P_RARP,
  IPV6_EXTENSIONS,
  VLAN_TPIDS,
} from "../net/protocol_numbers.ts";
import { buildTransport } from "./build_transport.ts";
import { atLeast, be16, type Bytes, type FieldValue, fillLayer, fillSlices, joinBytes } from "./frame_bits.ts";

/**
 * The frame, in packet order. Where values contradict each other, later ones win or are lost: whoever needs them all looks
 * whether the frame has them.
 */
export function buildFrame(values: readonly FieldValue[]): Bytes {
  const type = typeOf(values);
  const network = fillSlices(buildNetwork(type, values), values, "l3");
  const head = fillLayer(Uint8Array.of(2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0, 0), values, "eth").subarray(0, 12);
  const [tpid = 0] = VLAN_TPIDS;
  const tags = Array.from({ length: tagCount(values) }, (_, index) => {
    const tag = Uint8Array.of(...be16(tpid), 0, 0, 0, 0);
    const layer = (["svlan", "cvlan"] as const)[index];
    return (layer === undefined ? tag : fillLayer(tag, values, layer)).subarray(0, 4);
  });
  const frame = joinBytes(head, ...tags, Uint8Array.of(...be16(type)), network);
  return atLeast(frame, Math.min(Number(valueOf("frame.len", values) ?? 0n), LONGEST));
}

/** No longer frame is shown. */
const LONGEST = 1518;

/** The innermost Ethernet type: as the values say, or need. */
function typeOf(values: readonly FieldValue[]): number {
  const said = ["eth.type", "cvlan.etype", "svlan.etype"].map((name) => valueOf(name, values))
    .find((type) => type !== undefined && !VLAN_TPIDS.includes(Number(type)));
  if (said !== undefined) return Number(said);
  const family = values.map(([field]) => field.family).find((one) => one !== undefined);
  if (family !== undefined) return family === "ipv4" ? ETH_P_IPV4 : ETH_P_IPV6;
  for (const [{ layer }] of values) {
    const [type] = layerOf(layer).types ?? [];
    if (type !== undefined) return type;
  }
  // What says nothing of what is inside may as well have IPv4 in it, which readers know best.
  return ETH_P_IPV4;
}

function tagCount(values: readonly FieldValue[]): number {
  const layers = new Set<LayerName>(values.map(([{ layer }]) => layer));
  const said = Number(valueOf("vlan.count", values) ?? 0n);
  return Math.max(Math.min(said, VLAN_TPIDS.length), layers.has("cvlan") ? 2 : layers.has("svlan") ? 1 : 0);
}

function buildNetwork(type: number, values: readonly FieldValue[]): Bytes {
  switch (type) {
    case ETH_P_IPV4:
    case ETH_P_IPV6:
      return buildIp(type, values);
    case ETH_P_ARP:
    case ETH_P_RARP:
      // RFC 826: a request about IPv4 over Ethernet.
      return fillLayer(atLeast(Uint8Array.of(0, 1, 8, 0, 6, 4, 0, 1), 28), values, "arp");
    case ETH_P_PPP_SES:
      // RFC 2516 section 4: version and type 1; IPv4 in PPP.
      return fillLayer(Uint8Array.of(0x11, 0, 0, 0, 0, 2, 0, 0x21), values, "pppoe");
    case ETH_P_CFM:
      return fillLayer(new Uint8Array(4), values, "cfm");
    default:
      return layerOf("mpls1").types?.includes(type) ? buildLabelStack(values) : new Uint8Array(0);
  }
}

/** As many entries as the values ask for; the last one is the bottom, unless a value says otherwise. */
function buildLabelStack(values: readonly FieldValue[]): Bytes {
  const depth = Math.max(1, ...values.map(([{ layer }]) => Number(/^mpls(\d)$/.exec(layer)?.[1] ?? 1)));
  const entries = Array.from({ length: depth }, (_, index) => {
    const entry = Uint8Array.of(0, 0, index === depth - 1 ? 1 : 0, 64);
    return fillLayer(entry, values, `mpls${index + 1}` as LayerName);
  });
  return joinBytes(...entries);
}

function buildIp(type: number, values: readonly FieldValue[]): Bytes {
  const isIpv4 = type === ETH_P_IPV4;
  const transport = buildTransport(values);
  let { protocol: next } = transport;
  const extensions: Bytes[] = [];
  if (values.some(([{ layer }]) => layer === "ah")) {
    // RFC 4302 section 2: twelve bytes.
    extensions.unshift(fillLayer(Uint8Array.of(next, 1, ...new Array<number>(10).fill(0)), values, "ah"));
    next = IPV6_EXTENSIONS.ah;
  }
  const kind = Number(valueOf("l3.frag", values) ?? 0n);
  // More fragments, or an offset of eight bytes.
  const fragment = kind === 3 ? [0x20, 0] : kind === 1 ? [0, 1] : [0, 0];
  if (!isIpv4 && kind !== 0) {
    extensions.unshift(Uint8Array.of(next, 0, ...be16(kind === 3 ? 1 : 8), 0, 0, 0, 0));
    next = IPV6_EXTENSIONS.fragment;
  }
  const payload = joinBytes(...extensions, transport.bytes);
  if (!isIpv4) {
    const header = new Uint8Array(40);
    header.set([0x60, 0, 0, 0, ...be16(payload.length), next, 64]);
    // RFC 3849: 2001:db8::1 to 2001:db8::2.
    header.set([0x20, 0x01, 0x0d, 0xb8], 8);
    header.set([0x20, 0x01, 0x0d, 0xb8], 24);
    [header[23], header[39]] = [1, 2];
    return fillSlices(joinBytes(fillLayer(header, values, "ipv6"), payload), values, "ipv6");
  }
  const header = new Uint8Array(20);
  // RFC 5737: 192.0.2.1 to 198.51.100.2.
  header.set([0x45, 0, ...be16(20 + payload.length), 0, 0, ...fragment, 64, next, 0, 0, 192, 0, 2, 1, 198, 51, 100, 2]);
  return fillSlices(joinBytes(fillLayer(header, values, "ipv4"), payload), values, "ipv4");
}

function valueOf(name: string, values: readonly FieldValue[]): bigint | undefined {
  return values.find(([field]) => field.name === name)?.[1];
}
