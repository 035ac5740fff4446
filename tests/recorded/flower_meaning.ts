/**
 * What a message of tc asks the kernel to match, as the kernel's net/sched/cls_flower.c reads it (fl_set_key and what
 * it calls). Apart from kefir's tables, which it judges.
 *
 * @module
 */

import { type Condition, equals, isWithin } from "./condition.ts";
import type { FlowerMessage, NamedAttribute } from "./flower_message.ts";
import { tunnelMeaning } from "./tunnel_meaning.ts";

/** What a message means. */
export interface FlowerMeaning {
  readonly conditions: readonly Condition[];
  /** Attributes that the kernel does not look at, because another one is not there. */
  readonly ignored: readonly string[];
  /** Attributes that the kernel refuses: they have no bytes. */
  readonly refused: readonly string[];
  /** What else decides, and is not in the packet. */
  readonly others: readonly string[];
  /** The actions, in order: `KIND`, and of `gact` the verdict (TC_ACT_OK is 0, TC_ACT_SHOT 2). */
  readonly actions: readonly string[];
}

/** What the kernel knows when it comes to an attribute. */
interface Known {
  /** The Ethernet type that is not a tag's, 0 when there is none. */
  readonly type: number;
  /** The IP protocol; undefined when there is none. */
  readonly protocol?: number;
}

type Needs = (known: Known) => boolean;

interface Row {
  readonly field: string | ((known: Known) => string);
  readonly widthBits: number;
  /** The mask's attribute. */
  readonly mask?: string;
  /** Whether the number is in host order. */
  readonly isHost?: boolean;
  readonly needs?: Needs;
}

const [IPV4, ARP, RARP, IPV6, MPLS_UC, MPLS_MC] = [0x0800, 0x0806, 0x8035, 0x86dd, 0x8847, 0x8848];
const [ICMP, TCP, UDP, ESP, AH, ICMPV6, L2TP, SCTP] = [1, 6, 17, 50, 51, 58, 115, 132];

/**
 * The kernel's dissector stops at an authentication header of IPv6, whose chain ends there for it. kefir looks behind,
 * for the protocol, and asks for the header by a condition on its SPI that holds whenever it is there.
 */
const HAS_AH = equals("ah.spi", 32, 0n, 0n);

const isIp: Needs = ({ type }) => type === IPV4 || type === IPV6;
const isArp: Needs = ({ type }) => type === ARP || type === RARP;
const isMpls: Needs = ({ type }) => type === MPLS_UC || type === MPLS_MC;
const has = (protocol: number): Needs => (known) => known.protocol === protocol;
/** The field of the family that the type says. */
const ofFamily = (ipv4: string, ipv6: string) => ({ type }: Known) => type === IPV6 ? ipv6 : ipv4;

/** An attribute with a mask of the same width, in network order. */
function masked(name: string, field: Row["field"], widthBits: number, needs?: Needs): [string, Row] {
  return [name, { field, widthBits, mask: `${name}_MASK`, ...(needs && { needs }) }];
}

function whole(name: string, field: Row["field"], widthBits: number, needs?: Needs): [string, Row] {
  return [name, { field, widthBits, ...(needs && { needs }) }];
}

function host(name: string, field: Row["field"], widthBits: number, needs?: Needs): [string, Row] {
  return [name, { field, widthBits, isHost: true, ...(needs && { needs }) }];
}

const ROWS: ReadonlyMap<string, Row> = new Map([
  masked("KEY_ETH_DST", "eth.dst", 48),
  masked("KEY_ETH_SRC", "eth.src", 48),
  host("KEY_NUM_OF_VLANS", "vlan.count", 8),
  host("KEY_VLAN_ID", "svlan.id", 12),
  host("KEY_VLAN_PRIO", "svlan.priority", 3),
  whole("KEY_VLAN_ETH_TYPE", "svlan.etype", 16),
  host("KEY_CVLAN_ID", "cvlan.id", 12),
  host("KEY_CVLAN_PRIO", "cvlan.priority", 3),
  whole("KEY_CVLAN_ETH_TYPE", "cvlan.etype", 16),
  whole("KEY_PPPOE_SID", "pppoe.session_id", 16),
  whole("KEY_PPP_PROTO", "ppp.protocol", 16),
  whole("KEY_IP_PROTO", ofFamily("ip.proto", "ipv6.l4.proto"), 8, isIp),
  masked("KEY_IP_TOS", ofFamily("ip.dsfield", "ipv6.tclass"), 8, isIp),
  masked("KEY_IP_TTL", ofFamily("ip.ttl", "ipv6.hlim"), 8, isIp),
  masked("KEY_IPV4_SRC", "ip.src", 32),
  masked("KEY_IPV4_DST", "ip.dst", 32),
  masked("KEY_IPV6_SRC", "ipv6.src", 128),
  masked("KEY_IPV6_DST", "ipv6.dst", 128),
  ...([["TCP", TCP], ["UDP", UDP], ["SCTP", SCTP]] as const).flatMap(([name, protocol]) => [
    masked(`KEY_${name}_SRC`, `${name.toLowerCase()}.srcport`, 16, has(protocol)),
    masked(`KEY_${name}_DST`, `${name.toLowerCase()}.dstport`, 16, has(protocol)),
  ]),
  masked("KEY_TCP_FLAGS", "tcp.flags", 12, has(TCP)),
  masked("KEY_ICMPV4_TYPE", "icmp.type", 8, has(ICMP)),
  masked("KEY_ICMPV4_CODE", "icmp.code", 8, has(ICMP)),
  masked("KEY_ICMPV6_TYPE", "icmpv6.type", 8, has(ICMPV6)),
  masked("KEY_ICMPV6_CODE", "icmpv6.code", 8, has(ICMPV6)),
  masked("KEY_ARP_SIP", "arp.src.proto_ipv4", 32, isArp),
  masked("KEY_ARP_TIP", "arp.dst.proto_ipv4", 32, isArp),
  masked("KEY_ARP_OP", "arp.opcode", 16, isArp),
  masked("KEY_ARP_SHA", "arp.src.hw_mac", 48, isArp),
  masked("KEY_ARP_THA", "arp.dst.hw_mac", 48, isArp),
  host("KEY_MPLS_LABEL", "mpls.label", 20, isMpls),
  host("KEY_MPLS_TC", "mpls.exp", 3, isMpls),
  host("KEY_MPLS_BOS", "mpls.bottom", 1, isMpls),
  host("KEY_MPLS_TTL", "mpls.ttl", 8, isMpls),
  whole("KEY_L2TPV3_SID", "l2tp.sid", 32, has(L2TP)),
  // Of ESP within UDP the kernel's dissector has no SPI.
  masked(
    "KEY_SPI",
    ({ protocol }) => protocol === AH ? "ah.spi" : "esp.spi",
    32,
    ({ protocol }) => protocol === ESP || protocol === AH,
  ),
  // FLOW_DIS_IS_FRAGMENT and FLOW_DIS_FIRST_FRAG.
  masked("KEY_FLAGS", "l3.frag", 2),
]);

/** Fields of an MPLS stack entry, by their attributes. */
const LSE: ReadonlyMap<string, readonly [string, number]> = new Map([
  ["LABEL", ["label", 20]],
  ["TC", ["exp", 3]],
  ["BOS", ["bottom", 1]],
  ["TTL", ["ttl", 8]],
]);

/** Attributes that are read apart from the rows, or that are about neither packet nor verdict. */
const ELSEWHERE = /_MASK$|^(?:CLASSID|INDEV|ACT|FLAGS|L2_MISS)$|^KEY_(?:ETH_TYPE$|PORT_|MPLS_OPTS$|CFM$|ENC_|CT_)/;

const OTHERS = ["INDEV", "L2_MISS", "KEY_CT_STATE", "KEY_CT_ZONE", "KEY_CT_MARK", "KEY_CT_LABELS", "KEY_ENC_FLAGS"];

/** What decides and is not in the packet. Where it goes (CLASSID) and what a card does besides (skip_hw) do not. */
function othersOf(attributes: ReadonlyMap<string, NamedAttribute[1]>, flags: bigint): string[] {
  const TCA_CLS_FLAGS_SKIP_SW = 2n;
  const [[options] = []] = within(attributes.get("KEY_ENC_OPTS"));
  return [
    ...OTHERS.filter((name) => attributes.has(name)),
    ...((flags & TCA_CLS_FLAGS_SKIP_SW) === 0n ? [] : ["skip_sw"]),
    ...(options === "PFCP" ? [options] : []),
  ];
}

/** What the message means; of an attribute that is there twice the kernel takes the last. */
export function meaningOf(message: FlowerMessage): FlowerMeaning {
  const attributes = new Map(message.attributes);
  const number = (name: string) => toNumber(attributes.get(name));
  const known = knownOf(number);
  const conditions = typeConditions(number);
  const ignored: string[] = [];
  const refused: string[] = [];
  for (const [name, value] of attributes) {
    const row = ROWS.get(name);
    if (row === undefined && !ELSEWHERE.test(name)) throw new RangeError(`an attribute ${name} without a meaning here`);
    if (row === undefined || typeof value !== "string") continue;
    if (value === "") refused.push(name);
    else if (row.needs?.(known) === false) ignored.push(name);
    else if (name === "KEY_IP_PROTO" && known.type === IPV6 && known.protocol === AH) conditions.push(HAS_AH);
    else conditions.push(conditionOfRow(row, known, value, attributes.get(row.mask ?? "")));
  }
  conditions.push(...portRanges(known, number), ...stackEntries(attributes.get("KEY_MPLS_OPTS")));
  const tunnel = tunnelMeaning(attributes);
  if (tunnel === undefined) refused.push("KEY_ENC");
  else conditions.push(...tunnel);
  const management = cfm(attributes.get("KEY_CFM"));
  if (management === undefined) refused.push("KEY_CFM");
  else conditions.push(...management);
  return {
    conditions: conditions.sort(),
    ignored,
    refused,
    others: [
      ...othersOf(attributes, fromHost(String(attributes.get("FLAGS") ?? "00"))),
      ...(message.chain ? [`chain ${message.chain}`] : []),
    ],
    actions: within(attributes.get("ACT")).map(actionText),
  };
}

/** `gact VERDICT`, with `random` and `skip_sw` when they decide too; of others the kind. */
function actionText([kind, value]: NamedAttribute): string {
  if (kind !== "gact") return kind;
  if (typeof value === "string") return `${kind} ${value}`;
  const parts = new Map(value);
  const TCA_ACT_FLAGS_SKIP_SW = 4n;
  // struct nla_bitfield32: the flags, and which of them are meant.
  const flags = fromHost(String(parts.get("FLAGS") ?? "00").slice(0, 8));
  const more = [
    ...(parts.has("PROB") ? ["random"] : []),
    ...((flags & TCA_ACT_FLAGS_SKIP_SW) !== 0n ? ["skip_sw"] : []),
  ];
  return [kind, String(parts.get("PARMS")), ...more].join(" ");
}

/** The Ethernet type behind the tags that the message names, and the IP protocol. */
function knownOf(number: (name: string) => bigint | undefined): Known {
  const [first, second, third] = ["KEY_ETH_TYPE", "KEY_VLAN_ETH_TYPE", "KEY_CVLAN_ETH_TYPE"].map((name) =>
    Number(number(name) ?? 0n)
  );
  const { outer, inner } = tagsOf(number);
  let type = (inner ? third : outer ? second : first) ?? 0;
  // PPP_IP, PPP_IPV6, PPP_MPLS_UC, PPP_MPLS_MC: fl_set_key_pppoe() puts the type in place of PPPoE's.
  const within = new Map([[0x21, IPV4], [0x57, IPV6], [0x281, MPLS_UC], [0x283, MPLS_MC]]);
  if (type === 0x8864) type = within.get(Number(number("KEY_PPP_PROTO") ?? 0n)) ?? type;
  const protocol = number("KEY_IP_PROTO");
  return { type, ...(protocol !== undefined && { protocol: Number(protocol) }) };
}

/** Whether the kernel takes the type, and the one behind it, as a tag's (is_vlan_key): a count of tags suffices. */
function tagsOf(number: (name: string) => bigint | undefined): { outer: boolean; inner: boolean } {
  const count = number("KEY_NUM_OF_VLANS") ?? 0n;
  const outer = count > 0n || isTag(number("KEY_ETH_TYPE"));
  return { outer, inner: outer && (count > 1n || isTag(number("KEY_VLAN_ETH_TYPE"))) };
}

function typeConditions(number: (name: string) => bigint | undefined): Condition[] {
  const type = number("KEY_ETH_TYPE");
  return type === undefined ? [] : [equals(tagsOf(number).outer ? "svlan.tpid" : "eth.type", 16, type)];
}

function conditionOfRow(
  { field, widthBits, isHost }: Row,
  known: Known,
  value: string,
  mask: NamedAttribute[1] | undefined,
): Condition {
  const name = typeof field === "string" ? field : field(known);
  const read = (hex: string) => isHost ? fromHost(hex) : BigInt(`0x${hex}`);
  if (typeof mask !== "string") return equals(name, widthBits, read(value));
  // One byte of the two that the header has; the kernel dissects requests and replies only, whose other byte is zero.
  const above = name === "arp.opcode" ? 0xff00n : 0n;
  return equals(name, widthBits, read(value), read(mask) | above);
}

function portRanges(known: Known, number: (name: string) => bigint | undefined): Condition[] {
  const names = new Map([[TCP, "tcp"], [UDP, "udp"], [SCTP, "sctp"]]);
  const prefix = names.get(known.protocol ?? -1);
  return (["SRC", "DST"] as const).flatMap((end) => {
    const [lo, hi] = [number(`KEY_PORT_${end}_MIN`), number(`KEY_PORT_${end}_MAX`)];
    if (prefix === undefined || lo === undefined || hi === undefined) return [];
    return [isWithin(`${prefix}.${end.toLowerCase()}port`, 16, lo, hi)];
  });
}

/** `mpls` is the top entry, `mpls[2]` the one below. */
function stackEntries(options: NamedAttribute[1] | undefined): Condition[] {
  return within(options).flatMap(([, entry]) => {
    const values = new Map(within(entry));
    const depth = Number(toNumber(values.get("DEPTH")));
    const prefix = depth === 1 ? "mpls" : `mpls[${depth}]`;
    const fields = Array.from(LSE).flatMap(([name, [field, widthBits]]) => {
      const value = values.get(name);
      return typeof value === "string" ? [equals(`${prefix}.${field}`, widthBits, fromHost(value))] : [];
    });
    // The kernel asks for the entry also when for none of its fields.
    return fields.length > 0 ? fields : [equals(`${prefix}.label`, 20, 0n, 0n)];
  });
}

/** Undefined when the kernel refuses it: the level has three bits. */
function cfm(options: NamedAttribute[1] | undefined): Condition[] | undefined {
  const values = new Map(within(options));
  const [level, opcode] = [toNumber(values.get("MD_LEVEL")), toNumber(values.get("OPCODE"))];
  if (level !== undefined && level > 7n) return undefined;
  return [
    ...(level === undefined ? [] : [equals("cfm.md.level", 3, level)]),
    ...(opcode === undefined ? [] : [equals("cfm.opcode", 8, opcode)]),
  ];
}

function within(value: NamedAttribute[1] | undefined): readonly NamedAttribute[] {
  return typeof value === "object" ? value : [];
}

/** A number in network order. */
function toNumber(value: NamedAttribute[1] | undefined): bigint | undefined {
  return typeof value === "string" ? BigInt(`0x${value}`) : undefined;
}

/** A number as this machine writes it, with the lowest byte first. */
function fromHost(hex: string): bigint {
  return BigInt(`0x${Uint8Array.fromHex(hex).reverse().toHex()}`);
}

function isTag(type: bigint | undefined): boolean {
  return type === 0x8100n || type === 0x88a8n;
}
