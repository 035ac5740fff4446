/**
 * RTM_NEWTFILTER messages of the flower classifier, by name. Numbers and shapes: linux/rtnetlink.h, linux/pkt_cls.h,
 * linux/tc_act/tc_gact.h.
 *
 * @module
 */

import { type Attribute, readAttributes } from "./netlink.ts";

/** An attribute by its name without `TCA_FLOWER_`: its bytes in hex, or what is in it. */
export type NamedAttribute = readonly [name: string, value: string | readonly NamedAttribute[]];

/** What tc asks of the kernel. */
export interface FlowerMessage {
  /** The message's protocol, in hex as on the wire: `protocol`. */
  readonly protocol: string;
  /** `pref`; 0 leaves it to the kernel. */
  readonly priority: number;
  /** `parent`, in hex: fffffff2 is ingress, fffffff3 egress. */
  readonly parent: string;
  readonly handle: number;
  readonly chain?: number;
  readonly attributes: readonly NamedAttribute[];
}

const RTM_NEWTFILTER = 44;

/** Names of attributes, by their numbers from 1; what is in one that nests, behind it. */
export type Names = readonly (string | readonly [name: string, within: Names])[];

/** Names of `enum` members that are pairs of value and mask. */
function masked(...names: string[]): string[] {
  return names.flatMap((name) => [name, `${name}_MASK`]);
}

const TUNNEL_OPTIONS: Names = [
  ["GENEVE", ["CLASS", "TYPE", "DATA"]],
  ["VXLAN", ["GBP"]],
  ["ERSPAN", ["VER", "INDEX", "DIR", "HWID"]],
  ["GTP", ["PDU_TYPE", "QFI"]],
  ["PFCP", ["TYPE", "SEID"]],
];

/** `TCA_FLOWER_...`, numbers from 1. */
export const FLOWER: Names = [
  ...["CLASSID", "INDEV", "ACT", ...masked("KEY_ETH_DST", "KEY_ETH_SRC"), "KEY_ETH_TYPE", "KEY_IP_PROTO"],
  ...masked("KEY_IPV4_SRC", "KEY_IPV4_DST", "KEY_IPV6_SRC", "KEY_IPV6_DST"),
  ...["KEY_TCP_SRC", "KEY_TCP_DST", "KEY_UDP_SRC", "KEY_UDP_DST", "FLAGS", "KEY_VLAN_ID", "KEY_VLAN_PRIO"],
  ...["KEY_VLAN_ETH_TYPE", "KEY_ENC_KEY_ID"],
  ...masked("KEY_ENC_IPV4_SRC", "KEY_ENC_IPV4_DST", "KEY_ENC_IPV6_SRC", "KEY_ENC_IPV6_DST"),
  ...["KEY_TCP_SRC_MASK", "KEY_TCP_DST_MASK", "KEY_UDP_SRC_MASK", "KEY_UDP_DST_MASK"],
  ...["KEY_SCTP_SRC_MASK", "KEY_SCTP_DST_MASK", "KEY_SCTP_SRC", "KEY_SCTP_DST"],
  ...masked("KEY_ENC_UDP_SRC_PORT", "KEY_ENC_UDP_DST_PORT", "KEY_FLAGS"),
  ...masked("KEY_ICMPV4_CODE", "KEY_ICMPV4_TYPE", "KEY_ICMPV6_CODE", "KEY_ICMPV6_TYPE"),
  ...masked("KEY_ARP_SIP", "KEY_ARP_TIP", "KEY_ARP_OP", "KEY_ARP_SHA", "KEY_ARP_THA"),
  ...["KEY_MPLS_TTL", "KEY_MPLS_BOS", "KEY_MPLS_TC", "KEY_MPLS_LABEL"],
  ...masked("KEY_TCP_FLAGS", "KEY_IP_TOS", "KEY_IP_TTL"),
  ...["KEY_CVLAN_ID", "KEY_CVLAN_PRIO", "KEY_CVLAN_ETH_TYPE"],
  ...masked("KEY_ENC_IP_TOS", "KEY_ENC_IP_TTL"),
  ["KEY_ENC_OPTS", TUNNEL_OPTIONS],
  ["KEY_ENC_OPTS_MASK", TUNNEL_OPTIONS],
  ...["IN_HW_COUNT", "KEY_PORT_SRC_MIN", "KEY_PORT_SRC_MAX", "KEY_PORT_DST_MIN", "KEY_PORT_DST_MAX"],
  ...masked("KEY_CT_STATE", "KEY_CT_ZONE", "KEY_CT_MARK", "KEY_CT_LABELS"),
  ["KEY_MPLS_OPTS", [["LSE", ["DEPTH", "TTL", "BOS", "TC", "LABEL"]]]],
  ...masked("KEY_HASH"),
  ...["KEY_NUM_OF_VLANS", "KEY_PPPOE_SID", "KEY_PPP_PROTO", "KEY_L2TPV3_SID", "L2_MISS"],
  ["KEY_CFM", ["MD_LEVEL", "OPCODE"]],
  ...masked("KEY_SPI", "KEY_ENC_FLAGS"),
];

/** The message, or undefined when it is of another kind. */
export function readFlowerMessage(bytes: Uint8Array): FlowerMessage | undefined {
  const [TCA_KIND, TCA_OPTIONS, TCA_CHAIN] = [1, 2, 11];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint16(4, true) !== RTM_NEWTFILTER) return undefined;
  // struct nlmsghdr has 16 bytes, struct tcmsg behind it 20.
  const attributes = readAttributes(bytes.subarray(36, view.getUint32(0, true)));
  const find = (type: number) => attributes.find((one) => one.type === type)?.bytes;
  if (text(find(TCA_KIND)) !== "flower") return undefined;
  const chain = find(TCA_CHAIN);
  return {
    protocol: bytes.subarray(32, 34).toHex(),
    priority: view.getUint16(34, true),
    parent: view.getUint32(28, true).toString(16),
    handle: view.getUint32(24, true),
    ...(chain && { chain: new DataView(chain.buffer, chain.byteOffset).getUint32(0, true) }),
    attributes: readAttributes(find(TCA_OPTIONS) ?? new Uint8Array()).map((one) => named(one, FLOWER)),
  };
}

function named({ type, bytes }: Attribute, names: Names): NamedAttribute {
  const entry = names[type - 1];
  if (entry === undefined) {
    throw new RangeError(`an attribute with the number ${type}, which has no name here: ${bytes.toHex()}`);
  }
  if (entry === "ACT") return [entry, readAttributes(bytes).map((one) => readAction(one.bytes))];
  if (typeof entry === "string") return [entry, bytes.toHex()];
  const [name, within] = entry;
  return [name, readAttributes(bytes).map((one) => named(one, within))];
}

/** An action: its kind, and of a `gact` the verdict and what else decides; what others say is not about matching. */
function readAction(bytes: Uint8Array): NamedAttribute {
  const [TCA_ACT_KIND, TCA_ACT_OPTIONS, TCA_ACT_FLAGS, TCA_GACT_PARMS, TCA_GACT_PROB] = [1, 2, 7, 2, 3];
  const attributes = readAttributes(bytes);
  const find = (list: readonly Attribute[], type: number) => list.find((one) => one.type === type)?.bytes;
  const kind = text(find(attributes, TCA_ACT_KIND));
  if (kind !== "gact") return [kind, ""];
  const options = readAttributes(find(attributes, TCA_ACT_OPTIONS) ?? new Uint8Array());
  const [flags, probability] = [find(attributes, TCA_ACT_FLAGS), find(options, TCA_GACT_PROB)];
  // struct tc_gact: index, capab, action; four bytes each.
  const verdict = find(options, TCA_GACT_PARMS)?.subarray(8, 12).toHex() ?? "";
  if (flags === undefined && probability === undefined) return [kind, verdict];
  return [kind, [
    ["PARMS", verdict],
    ...(flags === undefined ? [] : [["FLAGS", flags.toHex()] as const]),
    ...(probability === undefined ? [] : [["PROB", probability.toHex()] as const]),
  ]];
}

function text(bytes: Uint8Array | undefined): string {
  return new TextDecoder().decode(bytes).replace(/\0.*$/s, "");
}
