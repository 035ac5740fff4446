/**
 * The keys of tc's flower classifier, as tc-flower(8) and iproute2's f_flower.c have them.
 *
 * @module
 */

/** How the value of a key is read. */
export type KeyKind = "mac" | "number" | "etherType" | "protocol" | "maskedNumber" | "address" | "port";

/** A key. */
export interface FlowerKey {
  readonly kind: KeyKind;
  /** Name of the row of FIELDS: of either family where they differ, of the protocol's ports after `PROTOCOL.`. */
  readonly field: string | { readonly ipv4: string; readonly ipv6: string } | { readonly port: string };
  /** The tag that has to be there. */
  readonly tag?: "vlan" | "cvlan";
}

/** The keys that kefir reads. */
export const KEYS: ReadonlyMap<string, FlowerKey> = new Map<string, FlowerKey>([
  ["dst_mac", { kind: "mac", field: "eth.dst" }],
  ["src_mac", { kind: "mac", field: "eth.src" }],
  ["vlan_id", { kind: "number", field: "svlan.id", tag: "vlan" }],
  ["vlan_prio", { kind: "number", field: "svlan.priority", tag: "vlan" }],
  ["vlan_ethtype", { kind: "etherType", field: "svlan.etype", tag: "vlan" }],
  ["cvlan_id", { kind: "number", field: "cvlan.id", tag: "cvlan" }],
  ["cvlan_prio", { kind: "number", field: "cvlan.priority", tag: "cvlan" }],
  ["cvlan_ethtype", { kind: "etherType", field: "cvlan.etype", tag: "cvlan" }],
  ["ip_proto", { kind: "protocol", field: { ipv4: "ip.proto", ipv6: "ipv6.l4.proto" } }],
  ["ip_tos", { kind: "maskedNumber", field: { ipv4: "ip.dsfield", ipv6: "ipv6.tclass" } }],
  ["ip_ttl", { kind: "maskedNumber", field: { ipv4: "ip.ttl", ipv6: "ipv6.hlim" } }],
  ["dst_ip", { kind: "address", field: { ipv4: "ip.dst", ipv6: "ipv6.dst" } }],
  ["src_ip", { kind: "address", field: { ipv4: "ip.src", ipv6: "ipv6.src" } }],
  ["dst_port", { kind: "port", field: { port: "dstport" } }],
  ["src_port", { kind: "port", field: { port: "srcport" } }],
]);

/** Words of tc that kefir refuses by name: keys that are not supported yet, and what is about the classifier itself. */
export const UNSUPPORTED: ReadonlySet<string> = new Set([
  ...["num_of_vlans", "pppoe_sid", "ppp_proto", "mpls", "mpls_label", "mpls_tc", "mpls_bos", "mpls_ttl", "lse"],
  ...["tcp_flags", "type", "code", "arp_tip", "arp_sip", "arp_op", "arp_tha", "arp_sha", "ip_flags", "l2_miss"],
  ...["enc_dst_ip", "enc_src_ip", "enc_key_id", "enc_dst_port", "enc_tos", "enc_ttl", "enc_flags"],
  ...["geneve_opts", "vxlan_opts", "erspan_opts", "gtp_opts", "pfcp_opts", "l2tpv3_sid", "spi", "cfm"],
  ...["ct_state", "ct_zone", "ct_mark", "ct_label", "indev", "classid", "flowid", "hw_tc"],
  ...["prio", "pref", "priority", "preference", "handle", "chain", "parent", "dev", "block"],
]);

/** Of these, those that no value follows. */
export const UNSUPPORTED_FLAGS: ReadonlySet<string> = new Set([
  ...["skip_sw", "skip_hw", "in_hw", "not_in_hw", "verbose", "ingress", "egress", "root"],
]);

/** Actions of tc other than those that decide. */
export const UNSUPPORTED_ACTIONS: ReadonlySet<string> = new Set([
  ...["reclassify", "pipe", "continue", "trap", "jump", "goto", "gact", "mirred", "police", "skbedit", "pedit", "vlan"],
  ...["mpls", "nat", "ct", "tunnel_key", "csum", "sample", "bpf", "connmark", "skbmod", "ife", "xt", "gate", "simple"],
]);

/** Names of Ethernet types as tc reads them, in any case. */
export const TC_ETHERTYPES: ReadonlyMap<string, number> = new Map([
  ["ip", 0x0800],
  ["ipv4", 0x0800],
  ["ipv6", 0x86dd],
  ["arp", 0x0806],
  ["rarp", 0x8035],
  ["802.1q", 0x8100],
  ["802.1ad", 0x88a8],
  ["mpls_uc", 0x8847],
  ["mpls_mc", 0x8848],
  ["ppp_disc", 0x8863],
  ["ppp_ses", 0x8864],
  ["lldp", 0x88cc],
]);

/** Names that `ip_proto` takes, and the family that tc wants with them. */
export const TC_PROTOCOLS: ReadonlyMap<string, { readonly number: number; readonly family?: "ipv4" | "ipv6" }> =
  new Map([
    ["tcp", { number: 6 }],
    ["udp", { number: 17 }],
    ["sctp", { number: 132 }],
    ["l2tp", { number: 115 }],
    ["icmp", { number: 1, family: "ipv4" }],
    ["icmpv6", { number: 58, family: "ipv6" }],
  ]);

/** The protocols whose ports flower reads, with the prefix of their rows of FIELDS. */
export const FLOWER_PORTS: ReadonlyMap<number, string> = new Map([[6, "tcp"], [17, "udp"], [132, "sctp"]]);
