/**
 * LAYERS: the headers, and parts of headers, that a packet has or has not, once: what has to be below each, and what it is
 * called.
 *
 * @module
 */

import {
  ETH_P_ARP,
  ETH_P_CFM,
  ETH_P_IPV4,
  ETH_P_IPV6,
  ETH_P_MPLS_MC,
  ETH_P_MPLS_UC,
  ETH_P_PPP_SES,
  ETH_P_RARP,
  PORT_PROTOCOLS,
} from "../net/protocol_numbers.ts";

/** A row of LAYERS. */
export interface Layer {
  /** What people call it. */
  readonly title: string;
  /** The packets that can have it: any frame, those of one IP family, those of either. */
  readonly reach: "frame" | "ipv4" | "ipv6" | "ip";
  /** The Ethernet types that it is behind, when not any. */
  readonly types?: readonly number[];
  /** The IP protocols that it is behind, when not any. */
  readonly protocols?: readonly number[];
}

/** An entry of the label stack. */
export type MplsLayer = `mpls${1 | 2 | 3 | 4 | 5 | 6 | 7}`;

/** A header, or a part of one, that LAYERS has. */
export type HeaderName =
  | "frame"
  | "eth"
  | "ethertype"
  | "svlan"
  | "cvlan"
  | "arp"
  | MplsLayer
  | "pppoe"
  | "cfm"
  | "ipv4"
  | "ipv6"
  | "l4proto"
  | "ah"
  | "l4data"
  | "ports"
  | "tcp"
  | "icmp"
  | "gre"
  | "grekey"
  | "erspan2"
  | "erspan3"
  | "vxlan"
  | "geneve"
  | "gtp"
  | "gtpext"
  | "tunnel"
  | "tunnelid";

const UDP = [17];
const GRE = [47];
const MPLS = { reach: "frame", types: [ETH_P_MPLS_UC, ETH_P_MPLS_MC] } as const;

/**
 * The rows. Bytes of each, in packet order:
 *
 * | layer | bytes |
 * |---|---|
 * | frame | what is known of the frame: its length 0-3 (a tag in metadata counts 4), number of tags 4 (three stands for more) |
 * | eth | destination 0-5, source 6-11; IEEE 802.3 |
 * | ethertype | the innermost Ethernet type |
 * | svlan, cvlan | first and second tag: TPID 0-1, TCI 2-3, type of what follows 4-5; IEEE 802.1Q |
 * | arp | the 28 bytes of ARP or RARP for IPv4 over Ethernet; RFC 826, RFC 903 |
 * | mpls1 to mpls7 | entries of the label stack, the top one first; RFC 3032 section 2.1 |
 * | pppoe | a session's header 0-5, the PPP protocol 6-7, also where it was one byte; RFC 2516 section 4, RFC 1661 section 2 |
 * | cfm | level and version 0, opcode 1; IEEE 802.1Q clause 21.4 |
 * | ipv4, ipv6 | the fixed header; RFC 791, RFC 8200 |
 * | l4proto | the protocol above IP 0 (of IPv6, the one at the end of the extension headers), fragment kind 1: bit 0 a fragment, bit 1 the first one |
 * | ah | first eight bytes of the (first) authentication header; RFC 4302 |
 * | l4data | first four bytes after the IP header or chain |
 * | ports | the same four bytes, when the protocol has ports |
 * | tcp | first 14 bytes of TCP; RFC 9293 section 3.1 |
 * | icmp | type 0, code 1 of ICMP or ICMPv6; RFC 792, RFC 4443 |
 * | gre | flags and version 0-1, type 2-3, of version 0; RFC 2784 |
 * | grekey | GRE's key; RFC 2890 |
 * | erspan2, erspan3 | the header behind GRE's, of 8 and of 12 bytes |
 * | vxlan, geneve | the 8 bytes behind UDP's header; RFC 7348, RFC 8926 |
 * | gtp | the 8 bytes behind UDP's header that every GTP-U header has; 3GPP TS 29.281 |
 * | gtpext | PDU type 0, QoS flow 1, of a PDU session container that follows at once; 3GPP TS 38.415 |
 * | tunnel | which of these it is: 1 VXLAN, 2 Geneve, 3 GRE, 4 ERSPAN, 5 GTP-U |
 * | tunnelid | the number of the tunnel: network identifier, key, session or endpoint |
 */
export const LAYERS: Readonly<Record<HeaderName, Layer>> = freezeRows<HeaderName>({
  frame: { title: "Frame", reach: "frame" },
  eth: { title: "Ethernet", reach: "frame" },
  ethertype: { title: "Ethernet type", reach: "frame" },
  svlan: { title: "VLAN, outer", reach: "frame" },
  cvlan: { title: "VLAN, inner", reach: "frame" },
  arp: { title: "ARP", reach: "frame", types: [ETH_P_ARP, ETH_P_RARP] },
  mpls1: { title: "MPLS", ...MPLS },
  mpls2: { title: "MPLS, entry 2", ...MPLS },
  mpls3: { title: "MPLS, entry 3", ...MPLS },
  mpls4: { title: "MPLS, entry 4", ...MPLS },
  mpls5: { title: "MPLS, entry 5", ...MPLS },
  mpls6: { title: "MPLS, entry 6", ...MPLS },
  mpls7: { title: "MPLS, entry 7", ...MPLS },
  pppoe: { title: "PPPoE", reach: "frame", types: [ETH_P_PPP_SES] },
  cfm: { title: "CFM", reach: "frame", types: [ETH_P_CFM] },
  ipv4: { title: "IPv4", reach: "ipv4", types: [ETH_P_IPV4] },
  ipv6: { title: "IPv6", reach: "ipv6", types: [ETH_P_IPV6] },
  l4proto: { title: "Protocol above IP", reach: "ip" },
  ah: { title: "Authentication header", reach: "ip" },
  l4data: { title: "First four bytes above IP", reach: "ip" },
  ports: { title: "Ports", reach: "ip", protocols: PORT_PROTOCOLS },
  tcp: { title: "TCP", reach: "ip", protocols: [6] },
  icmp: { title: "ICMP", reach: "ip", protocols: [1, 58] },
  gre: { title: "GRE", reach: "ip", protocols: GRE },
  grekey: { title: "GRE key", reach: "ip", protocols: GRE },
  erspan2: { title: "ERSPAN type II", reach: "ip", protocols: GRE },
  erspan3: { title: "ERSPAN type III", reach: "ip", protocols: GRE },
  vxlan: { title: "VXLAN", reach: "ip", protocols: UDP },
  geneve: { title: "Geneve", reach: "ip", protocols: UDP },
  gtp: { title: "GTP-U", reach: "ip", protocols: UDP },
  gtpext: { title: "GTP-U PDU session container", reach: "ip", protocols: UDP },
  tunnel: { title: "Tunnel", reach: "ip", protocols: [...UDP, ...GRE] },
  tunnelid: { title: "Tunnel id", reach: "ip", protocols: [...UDP, ...GRE] },
});

/** Where slices are counted from; `payload` is behind the header of TCP, UDP or SCTP, the others begin with the layer. */
export type SliceStart = "l3" | "ipv4" | "ipv6" | "l4" | "payload" | "geneve";

/** Some bytes of the frame from a start on, as many as it has: `l4[8:4]`. */
export type SliceName = `${SliceStart}[${number}:${number}]`;

/** A header, or a part of one, or bytes at an offset, that a packet has or has not. */
export type LayerName = HeaderName | SliceName;

/** The bytes that a slice is of. */
export interface Slice {
  /** What it is counted from. */
  readonly start: SliceStart;
  /** Bytes from there to its first. */
  readonly offsetBytes: number;
  /** Number of bytes. */
  readonly bytes: number;
}

/** The slice of that name, or undefined when it is the name of a header. */
export function sliceOf(layer: LayerName): Slice | undefined {
  const parts = /^(\w+)\[(\d+):(\d+)\]$/.exec(layer);
  if (parts === null) return undefined;
  return { start: parts[1] as SliceStart, offsetBytes: Number(parts[2]), bytes: Number(parts[3]) };
}

/** The name of a slice. */
export function sliceName({ start, offsetBytes, bytes }: Slice): SliceName {
  return `${start}[${offsetBytes}:${bytes}]`;
}

/** Is a type guard for headers. */
export function isHeader(layer: LayerName): layer is HeaderName {
  return Object.hasOwn(LAYERS, layer);
}

/** What is known of a layer, slices included. */
export function layerOf(layer: LayerName): Layer {
  return isHeader(layer) ? LAYERS[layer] : STARTS[(sliceOf(layer) as Slice).start];
}

/** Every start, in the order of the packet, with the packets that have it. */
export const STARTS: Readonly<Record<SliceStart, Layer>> = freezeRows({
  l3: { title: "Bytes from layer 3 on", reach: "frame" },
  ipv4: { ...LAYERS.ipv4, title: "Bytes from the IPv4 header on" },
  ipv6: { ...LAYERS.ipv6, title: "Bytes from the IPv6 header on" },
  l4: { title: "Bytes from layer 4 on", reach: "ip" },
  payload: { title: "Bytes behind TCP, UDP or SCTP", reach: "ip", protocols: [6, 17, 132] },
  geneve: { ...LAYERS.geneve, title: "Bytes from the Geneve header on" },
});

/** The layer of an entry of the label stack, from 1. */
export function mplsLayer(entry: number): MplsLayer {
  return `mpls${entry}` as MplsLayer;
}

function freezeRows<Name extends string>(rows: Record<Name, Layer>): Readonly<Record<Name, Layer>> {
  Object.values(rows).forEach((row) => Object.freeze(row));
  return Object.freeze(rows);
}
