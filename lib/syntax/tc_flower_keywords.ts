/**
 * Every keyword of tc-flower(8) of iproute2 6.x, once: how tc finds it, what follows it, what it becomes, and whether
 * kefir takes it as a match, ignores it or refuses it. The parser, the printer, the docs and the tests read this table.
 * Source: iproute2 f_flower.c, tc_filter.c, m_gact.c, m_action.c.
 *
 * @module
 */

import { parseCNumber } from "./c_number.ts";
import type { FlowerFormName } from "./tc_flower_forms.ts";
import type { FlowerOptionsName } from "./tc_flower_options.ts";

/**
 * Where a keyword stands: in the command before `flower`, among flower's keys, behind `lse` or `cfm`, behind an action.
 */
export type FlowerLevel = "command" | "key" | "lse" | "cfm" | "action";

/** What has to be said with a key; a row of FLOWER_NEEDS. */
export type FlowerNeed =
  | "vlan"
  | "cvlan"
  | "ip"
  | "ports"
  | "tcp"
  | "icmp"
  | "l2tp"
  | "ipsec"
  | "arp"
  | "mpls"
  | "pppoe"
  | "cfm"
  | "tunnel";

/** The field that a key is on: one, that of the family, of the IP protocol, or of a label stack entry. */
export type FlowerField =
  | string
  | { readonly ipv4: string; readonly ipv6: string; readonly either?: string }
  | { readonly protocols: Readonly<Record<number, string>> }
  | { readonly entry: string };

interface Common {
  readonly name: string;
  readonly level: FlowerLevel;
  /** Other words for it. */
  readonly aliases?: readonly string[];
  /** Whether tc wants the whole word; elsewhere a beginning will do, of the first row that has it. */
  readonly isExact?: true;
}

/** A keyword that becomes matches. */
export interface FlowerMatchKeyword extends Common {
  readonly class: "match";
  /** How its value is read; `parts` for keywords behind which others stand. */
  readonly value: FlowerFormName | FlowerOptionsName | "parts" | "depth" | "protocol";
  /** The field, unless the way to read it says so. */
  readonly field?: FlowerField;
  readonly needs?: FlowerNeed;
  /** What holds for a packet. */
  readonly meaning: string;
  /** Where libkefir had it otherwise; the keyword was not in libkefir unless this is given. */
  readonly libkefir?: string;
}

/** A keyword that says where the rule stands among the others. */
export interface FlowerOrderKeyword extends Common {
  readonly class: "order";
  readonly words: 1;
  readonly meaning: string;
}

/** A keyword that does not change the verdict. */
export interface FlowerIgnoredKeyword extends Common {
  readonly class: "ignored";
  /** How many words follow. */
  readonly words: 0 | 1 | 2;
  /** Why it may be ignored. */
  readonly reason: string;
  /** Whether tc takes a word that follows. */
  readonly isValue?: (text: string) => boolean;
}

/** A keyword that a packet at this hook cannot answer. */
export interface FlowerRefusedKeyword extends Common {
  readonly class: "refused";
  /** How many words follow. */
  readonly words: 0 | 1 | 3;
  readonly reason: string;
  readonly hint?: string;
  /** Whether it may be ignored where it names the device of the command. */
  readonly isDevice?: true;
}

/** A keyword. */
export type FlowerKeyword = FlowerMatchKeyword | FlowerOrderKeyword | FlowerIgnoredKeyword | FlowerRefusedKeyword;

const SAME = "as here";
const TRACKED = "connections are not tracked";

/** The keywords, at each level in the order in which tc tries them. */
export const FLOWER_KEYWORDS: readonly FlowerKeyword[] = [
  ignored("dev", "command", 1, "attach says where a filter goes", { isExact: true }),
  ignored("block", "command", 1, "attach says where a filter goes", { isValue: isNumber }),
  ignored("root", "command", 0, "attach says where a filter goes", { isExact: true }),
  ignored("ingress", "command", 0, "attach says where a filter goes", { isExact: true }),
  ignored("egress", "command", 0, "attach says where a filter goes", { isExact: true }),
  ignored("parent", "command", 1, "attach says where a filter goes", { isExact: true, isValue: isClass }),
  ignored("handle", "command", 1, "kefir has ids of its own", { isExact: true, isValue: isNumber }),
  {
    name: "preference",
    aliases: ["pref", "priority", "prio"],
    level: "command",
    class: "order",
    words: 1,
    meaning: "the rule's place: rules are tried in ascending order",
  },
  match("protocol", "command", "protocol", "eth.type", {
    meaning: "the innermost Ethernet type; for 802.1Q and 802.1ad the first tag's TPID; `all` is no match",
    libkefir: "implied nothing",
  }),
  ignored("chain", "command", 1, "chain 0 is where filters begin"),
  ignored("estimator", "command", 2, "it measures rates"),

  ignored("classid", "key", 1, "it names a class of a qdisc", { isValue: isClass }),
  ignored("flowid", "key", 1, "it names a class of a qdisc", { isValue: isClass }),
  ignored("hw_tc", "key", 1, "it names a traffic class of a card", { isValue: (text) => isNumber(text, 15n) }),
  match("ip_flags", "key", "ipFlags", "l3.frag", {
    needs: "ip",
    meaning: "whether it is a fragment, and whether it is the first one",
  }),
  refused("l2_miss", "key", 1, "the bridge's tables are not in the packet", { isExact: true }),
  ignored("verbose", "key", 0, "it asks the driver to say more"),
  ignored("skip_hw", "key", 0, "kefir's programs run in software"),
  refused("skip_sw", "key", 0, "such a rule matches nothing in software, where kefir's programs run", {
    hint: "leave it out to have the rule in software",
  }),
  refused("ct_state", "key", 1, TRACKED),
  refused("ct_zone", "key", 1, TRACKED),
  refused("ct_mark", "key", 1, TRACKED),
  refused("ct_label", "key", 1, TRACKED),
  refused("indev", "key", 1, "a filter does not know which device a packet came in at, other than its own", {
    hint: "attach the filter to that device",
    isDevice: true,
  }),
  match("num_of_vlans", "key", "tags", "vlan.count", { isExact: true, meaning: "number of VLAN tags" }),
  match("vlan_id", "key", "number", "svlan.id", { needs: "vlan", meaning: "id of the first tag", libkefir: SAME }),
  match("vlan_prio", "key", "number", "svlan.priority", {
    needs: "vlan",
    meaning: "priority of the first tag",
    libkefir: "read from the wrong byte",
  }),
  match("vlan_ethtype", "key", "etherType", "svlan.etype", {
    needs: "vlan",
    meaning: "type of what follows the first tag",
    libkefir: SAME,
  }),
  match("cvlan_id", "key", "number", "cvlan.id", { needs: "cvlan", meaning: "id of the second tag", libkefir: SAME }),
  match("cvlan_prio", "key", "number", "cvlan.priority", {
    needs: "cvlan",
    meaning: "priority of the second tag",
    libkefir: "read from the wrong byte",
  }),
  match("cvlan_ethtype", "key", "etherType", "cvlan.etype", {
    needs: "cvlan",
    meaning: "type of what follows the second tag",
    libkefir: SAME,
  }),
  match("mpls", "key", "parts", undefined, {
    needs: "mpls",
    meaning: "a list of `lse`, each about one entry of the label stack",
  }),
  match("depth", "lse", "depth", { entry: "label" }, {
    needs: "mpls",
    meaning: "1 to 7: which entry, from the top of the stack; alone, that there is one",
  }),
  match("label", "lse", "number", { entry: "label" }, { needs: "mpls", meaning: "label of the entry" }),
  match("tc", "lse", "number", { entry: "exp" }, { needs: "mpls", meaning: "traffic class of the entry" }),
  match("bos", "lse", "number", { entry: "bottom" }, {
    needs: "mpls",
    meaning: "whether it is the bottom of the stack",
  }),
  match("ttl", "lse", "number", { entry: "ttl" }, { needs: "mpls", meaning: "time to live of the entry" }),
  match("lse", "lse", "parts", undefined, { meaning: "the entry that `depth` says, and what it has" }),
  match("mpls_label", "key", "number", "mpls.label", { needs: "mpls", meaning: "label of the top entry" }),
  match("mpls_tc", "key", "number", "mpls.exp", { needs: "mpls", meaning: "traffic class of the top entry" }),
  match("mpls_bos", "key", "number", "mpls.bottom", {
    needs: "mpls",
    meaning: "whether the top entry is the bottom of the stack",
  }),
  match("mpls_ttl", "key", "number", "mpls.ttl", { needs: "mpls", meaning: "time to live of the top entry" }),
  match("dst_mac", "key", "mac", "eth.dst", { meaning: "destination MAC address", libkefir: SAME }),
  match("src_mac", "key", "mac", "eth.src", { meaning: "source MAC address", libkefir: SAME }),
  match("ip_proto", "key", "ipProtocol", { ipv4: "ip.proto", ipv6: "ipv6.l4.proto" }, {
    needs: "ip",
    meaning: "protocol above IP, behind IPv6 extension headers; `ah` over IPv6: that there is an AH header",
    libkefir: "the number was decimal",
  }),
  match("ip_tos", "key", "tosTtl", { ipv4: "ip.dsfield", ipv6: "ipv6.tclass" }, {
    needs: "ip",
    meaning: "the whole TOS byte or traffic class",
    libkefir: "the mask was decimal unless 0x",
  }),
  match("ip_ttl", "key", "tosTtl", { ipv4: "ip.ttl", ipv6: "ipv6.hlim" }, {
    needs: "ip",
    meaning: "time to live or hop limit",
    libkefir: "the mask was decimal unless 0x",
  }),
  match("dst_ip", "key", "address", { ipv4: "ip.dst", ipv6: "ipv6.dst" }, {
    needs: "ip",
    meaning: "destination address",
    libkefir: "prefixes that are no multiple of 8 had a wrong mask",
  }),
  match("src_ip", "key", "address", { ipv4: "ip.src", ipv6: "ipv6.src" }, {
    needs: "ip",
    meaning: "source address",
    libkefir: "prefixes that are no multiple of 8 had a wrong mask",
  }),
  match("dst_port", "key", "port", { protocols: { 6: "tcp.dstport", 17: "udp.dstport", 132: "sctp.dstport" } }, {
    needs: "ports",
    meaning: "destination port",
    libkefir: "taken with any ip_proto; ranges compared in the wrong byte order",
  }),
  match("src_port", "key", "port", { protocols: { 6: "tcp.srcport", 17: "udp.srcport", 132: "sctp.srcport" } }, {
    needs: "ports",
    meaning: "source port",
    libkefir: "taken with any ip_proto; ranges compared in the wrong byte order",
  }),
  match("tcp_flags", "key", "tcpFlags", "tcp.flags", {
    needs: "tcp",
    meaning: "the 12 bits of flags and reserved bits",
  }),
  match("type", "key", "maskedNumber", { ipv4: "icmp.type", ipv6: "icmpv6.type" }, {
    needs: "icmp",
    meaning: "type of ICMP or ICMPv6",
  }),
  match("code", "key", "maskedNumber", { ipv4: "icmp.code", ipv6: "icmpv6.code" }, {
    needs: "icmp",
    meaning: "code of ICMP or ICMPv6",
  }),
  match("l2tpv3_sid", "key", "number", "l2tp.sid", {
    isExact: true,
    needs: "l2tp",
    meaning: "session id of L2TPv3 over IP",
  }),
  match("spi", "key", "hexNumber", { protocols: { 50: "esp.spi", 51: "ah.spi" } }, {
    isExact: true,
    needs: "ipsec",
    meaning: "security parameter index of ESP or AH",
  }),
  match("arp_tip", "key", "arpAddress", "arp.dst.proto_ipv4", {
    needs: "arp",
    meaning: "IPv4 address of the target",
  }),
  match("arp_sip", "key", "arpAddress", "arp.src.proto_ipv4", {
    needs: "arp",
    meaning: "IPv4 address of the sender",
  }),
  match("arp_op", "key", "arpOperation", "arp.opcode", { needs: "arp", meaning: "operation" }),
  match("arp_tha", "key", "mac", "arp.dst.hw_mac", { needs: "arp", meaning: "MAC address of the target" }),
  match("arp_sha", "key", "mac", "arp.src.hw_mac", { needs: "arp", meaning: "MAC address of the sender" }),
  match("pppoe_sid", "key", "number", "pppoe.session_id", {
    isExact: true,
    needs: "pppoe",
    meaning: "session id of PPPoE",
  }),
  match("ppp_proto", "key", "pppProtocol", "ppp.protocol", {
    isExact: true,
    needs: "pppoe",
    meaning: "PPP protocol of what PPPoE carries, which kefir does not look into",
  }),
  match("enc_dst_ip", "key", "outerAddress", { ipv4: "ip.dst", ipv6: "ipv6.dst" }, {
    needs: "tunnel",
    meaning: "outer destination address",
  }),
  match("enc_src_ip", "key", "outerAddress", { ipv4: "ip.src", ipv6: "ipv6.src" }, {
    needs: "tunnel",
    meaning: "outer source address",
  }),
  match("enc_key_id", "key", "number", "tunnel.id", {
    needs: "tunnel",
    meaning: "VNI of VXLAN and Geneve, key of GRE, session of ERSPAN, TEID of GTP-U",
  }),
  match("enc_dst_port", "key", "number", "udp.dstport", { needs: "tunnel", meaning: "outer destination port of UDP" }),
  match("enc_tos", "key", "tosTtl", { ipv4: "ip.dsfield", ipv6: "ipv6.tclass", either: "l3.dsfield" }, {
    needs: "tunnel",
    meaning: "outer TOS or traffic class",
  }),
  match("enc_ttl", "key", "tosTtl", { ipv4: "ip.ttl", ipv6: "ipv6.hlim", either: "l3.ttl" }, {
    needs: "tunnel",
    meaning: "outer time to live or hop limit",
  }),
  match("geneve_opts", "key", "geneve", undefined, {
    needs: "tunnel",
    meaning: "Geneve's options begin with these",
  }),
  match("vxlan_opts", "key", "vxlan", undefined, {
    needs: "tunnel",
    meaning: "VXLAN's group policy, which is there",
  }),
  match("erspan_opts", "key", "erspan", undefined, {
    needs: "tunnel",
    meaning: "ERSPAN's version, and its index, or direction and hardware id",
  }),
  match("gtp_opts", "key", "gtp", undefined, {
    isExact: true,
    needs: "tunnel",
    meaning: "type and flow of GTP-U's PDU session container, which is there",
  }),
  refused("pfcp_opts", "key", 1, "PFCP is not among the tunnels that kefir reads", { isExact: true }),
  refused("enc_flags", "key", 1, "what a tunnel device notes about a packet is not in it", { isExact: true }),
  refused("hash", "key", 1, "a packet has no hash", { isExact: true }),
  match("action", "key", "parts", undefined, { meaning: "what happens to the packet", libkefir: "pass and drop only" }),
  match("cfm", "key", "parts", undefined, {
    isExact: true,
    needs: "cfm",
    meaning: "`mdl` and `op` of connectivity fault management",
  }),
  match("mdl", "cfm", "number", "cfm.md.level", { isExact: true, needs: "cfm", meaning: "maintenance domain level" }),
  match("op", "cfm", "number", "cfm.opcode", { isExact: true, needs: "cfm", meaning: "operation" }),

  refused("random", "action", 3, "kefir gives a packet the same verdict each time"),
  ignored("index", "action", 1, "it numbers the action", { isValue: (text) => parseCNumber(text, 10) !== undefined }),
  ignored("cookie", "action", 1, "it is kept for the user", { isExact: true }),
  ignored("hw_stats", "action", 1, "it is about a card's counters"),
  ignored("no_percpu", "action", 0, "it is about counters", { isExact: true }),
  ignored("skip_hw", "action", 0, "kefir's programs run in software", { isExact: true }),
  refused("skip_sw", "action", 0, "such an action does nothing in software, where kefir's programs run", {
    isExact: true,
  }),
];

function isNumber(text: string, last = 0xffffffffn): boolean {
  const value = parseCNumber(text, 0);
  return value !== undefined && value <= last;
}

/** A class of a qdisc: two hexadecimal numbers with `:`. */
function isClass(text: string): boolean {
  return /^(?:root|none|[0-9a-f]{1,8}|[0-9a-f]{0,4}:[0-9a-f]{0,4})$/i.test(text);
}

/** What keys need: how to say it, and the code of the error when it is missing. */
export const FLOWER_NEEDS: Readonly<
  Record<FlowerNeed, { readonly said: string; readonly code: string; readonly hint: string }>
> = {
  vlan: {
    said: "protocol 802.1q or 802.1ad, or num_of_vlans 1 or more",
    code: "vlan-under-ip",
    hint: "protocol 802.1q KEY ... vlan_ethtype ip is what tc takes",
  },
  cvlan: {
    said: "vlan_ethtype 802.1q or 802.1ad, or num_of_vlans 2 or more",
    code: "vlan-under-ip",
    hint: "protocol 802.1q vlan_ethtype 802.1q KEY ... is what tc takes",
  },
  ip: {
    said: "protocol ip or ipv6; behind a tag vlan_ethtype or cvlan_ethtype",
    code: "needs-family",
    hint: "protocol ip or ipv6; behind a tag, vlan_ethtype ip or ipv6",
  },
  ports: { said: "ip_proto tcp, udp or sctp", code: "needs-protocol", hint: "ip_proto tcp, udp or sctp" },
  tcp: { said: "ip_proto tcp", code: "needs-protocol", hint: "ip_proto tcp" },
  icmp: {
    said: "ip_proto icmp over IPv4, icmpv6 over IPv6",
    code: "needs-protocol",
    hint: "protocol ip ... ip_proto icmp, or protocol ipv6 ... ip_proto icmpv6",
  },
  l2tp: { said: "ip_proto l2tp (0x73)", code: "needs-protocol", hint: "ip_proto l2tp" },
  ipsec: { said: "ip_proto esp or ah (0x32, 0x33)", code: "needs-protocol", hint: "ip_proto esp or ah" },
  arp: { said: "protocol arp or rarp", code: "needs-type", hint: "protocol arp or rarp" },
  mpls: { said: "protocol mpls_uc or mpls_mc", code: "needs-type", hint: "protocol mpls_uc or mpls_mc" },
  pppoe: { said: "protocol ppp_ses", code: "needs-type", hint: "protocol ppp_ses" },
  cfm: { said: "protocol cfm (0x8902)", code: "needs-type", hint: "protocol cfm" },
  tunnel: {
    said: "a tunnel on the wire: VXLAN, Geneve, GRE, ERSPAN or GTP-U",
    code: "needs-type",
    hint: "protocol ip, ipv6 or all",
  },
};

const BY_LEVEL = Map.groupBy(FLOWER_KEYWORDS, ({ level }) => level);
const BY_WORD: ReadonlyMap<string, FlowerKeyword> = new Map(
  FLOWER_KEYWORDS.flatMap((row) =>
    [row.name, ...row.aliases ?? []].map((name) => [`${row.level} ${name}`, row] as const)
  ),
);

/** The keyword that a word is at a level: the whole word, or a beginning where tc takes one. */
export function findFlowerKeyword(level: FlowerLevel, word: string): FlowerKeyword | undefined {
  const whole = BY_WORD.get(`${level} ${word}`);
  if (whole !== undefined || word === "") return whole;
  return BY_LEVEL.get(level)?.find((row) =>
    !row.isExact && [row.name, ...row.aliases ?? []].some((name) => name.startsWith(word))
  );
}

/** The names of the keywords of a level. */
export function namesAtLevel(level: FlowerLevel): readonly string[] {
  return BY_LEVEL.get(level)?.map(({ name }) => name) ?? [];
}

/** The names of the fields that a keyword may be on. */
export function fieldsOfKeyword({ field }: FlowerMatchKeyword): readonly string[] {
  if (field === undefined) return [];
  if (typeof field === "string") return [field];
  if ("protocols" in field) return Object.values(field.protocols);
  if ("entry" in field) return Array.from({ length: 7 }, (_, index) => entryField(index + 1, field.entry));
  return [field.ipv4, field.ipv6, ...field.either === undefined ? [] : [field.either]];
}

/** The field of an entry of the label stack, from 1. */
export function entryField(depth: number, name: string): string {
  return depth === 1 ? `mpls.${name}` : `mpls[${depth}].${name}`;
}

function match(
  name: string,
  level: FlowerLevel,
  value: FlowerMatchKeyword["value"],
  field: FlowerField | undefined,
  more: Pick<FlowerMatchKeyword, "needs" | "meaning" | "libkefir" | "isExact">,
): FlowerMatchKeyword {
  return { name, level, class: "match", value, ...(field !== undefined && { field }), ...more };
}

function ignored(
  name: string,
  level: FlowerLevel,
  words: 0 | 1 | 2,
  reason: string,
  more: Pick<FlowerIgnoredKeyword, "isExact" | "isValue"> = {},
): FlowerIgnoredKeyword {
  return { name, level, class: "ignored", words, reason, ...more };
}

function refused(
  name: string,
  level: FlowerLevel,
  words: 0 | 1 | 3,
  reason: string,
  more: Pick<FlowerRefusedKeyword, "isExact" | "hint" | "isDevice"> = {},
): FlowerRefusedKeyword {
  return { name, level, class: "refused", words, reason, ...more };
}
