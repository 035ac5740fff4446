/**
 * FIELDS: everything kefir knows about each matchable field, once. Parsers, checks, dissection, generated C, help and
 * tests read this table.
 *
 * @module
 */

import type { AnyField, ConcreteField, Field } from "./field.ts";
import { at, either as eitherOf, type Extras } from "./field_rows.ts";
import { findFamilyField } from "./field_families.ts";
import { labelStackEntry } from "./label_stack.ts";
import { TUNNEL_FIELDS } from "./tunnel_fields.ts";

/** The fields at one place, by layer and then as in the header. */
const PLACES: readonly ConcreteField[] = [
  at(
    "frame.len",
    "frame",
    0,
    32,
    "decimal",
    "linux/skbuff.h, len",
    "Bytes of the frame; a tag in metadata counts four",
  ),
  at("vlan.count", "frame", 32, 8, "decimal", "IEEE 802.1Q clause 9", "VLAN tags: 0, 1, 2, and 3 for three or more"),

  at("eth.dst", "eth", 0, 48, "mac", "IEEE 802.3 clause 3.2.4", "Destination MAC address", {
    libkefir: ["ETHER_DST", 2],
  }),
  at("eth.src", "eth", 48, 48, "mac", "IEEE 802.3 clause 3.2.5", "Source MAC address", { libkefir: ["ETHER_SRC", 1] }),
  at("eth.type", "ethertype", 0, 16, "ethertype", "IEEE 802.3 clause 3.2.6", "Innermost Ethernet type, behind tags", {
    libkefir: ["ETHER_PROTO", 4],
  }),

  ...tag("svlan", "the first (outer) VLAN tag", 38),
  ...tag("cvlan", "the second (inner) VLAN tag", 35),

  ...arpFields(),
  ...labelStackEntry(1),
  at("pppoe.session_id", "pppoe", 16, 16, "hex", "RFC 2516 section 4", "Session id of PPPoE"),
  at(
    "ppp.protocol",
    "pppoe",
    48,
    16,
    "hex",
    "RFC 1661 section 2",
    "Protocol of PPP in a session: 0x21 IPv4, 0x57 IPv6",
  ),
  at("cfm.md.level", "cfm", 0, 3, "decimal", "IEEE 802.1Q clause 21.4.1", "Maintenance domain level of CFM"),
  at("cfm.opcode", "cfm", 8, 8, "decimal", "IEEE 802.1Q clause 21.4.3", "Opcode of CFM: 1 is a continuity check"),

  at("ip.dsfield", "ipv4", 8, 8, "hex", "RFC 2474 section 3", "Differentiated services of IPv4: the whole TOS byte", {
    libkefir: ["IP_4_TOS", 8],
    aliases: ["ip.tos"],
  }),
  at("ip.len", "ipv4", 16, 16, "decimal", "RFC 791 section 3.1", "Total length of IPv4 in bytes, as the header says"),
  at("ip.id", "ipv4", 32, 16, "hex", "RFC 791 section 3.1", "Identification of IPv4"),
  at("ip.flags", "ipv4", 48, 3, "hex", "RFC 791 section 3.1", "Flags of IPv4: reserved 4, DF 2, MF 1"),
  at("ip.flags.df", "ipv4", 49, 1, "decimal", "RFC 791 section 3.1", "Do not fragment"),
  at("ip.flags.mf", "ipv4", 50, 1, "decimal", "RFC 791 section 3.1", "More fragments follow"),
  at("ip.frag_offset", "ipv4", 51, 13, "decimal", "RFC 791 section 3.1", "Fragment offset in units of eight bytes"),
  at("ip.ttl", "ipv4", 64, 8, "decimal", "RFC 791 section 3.1", "Time to live of IPv4", { libkefir: ["IP_4_TTL", 9] }),
  at("ip.proto", "ipv4", 72, 8, "protocol", "RFC 791 section 3.1", "Protocol of IPv4", {
    libkefir: ["IP_4_L4PROTO", 10],
  }),
  at("ip.src", "ipv4", 96, 32, "ipv4", "RFC 791 section 3.1", "Source address of IPv4", {
    libkefir: ["IP_4_SRC", 5],
    counterpart: "ipv6.src",
  }),
  at("ip.dst", "ipv4", 128, 32, "ipv4", "RFC 791 section 3.1", "Destination address of IPv4", {
    libkefir: ["IP_4_DST", 6],
    counterpart: "ipv6.dst",
  }),

  at("ipv6.tclass", "ipv6", 4, 8, "hex", "RFC 8200 section 7", "Traffic class of IPv6", {
    libkefir: ["IP_6_TOS", 18],
    aliases: ["ipv6.dsfield"],
  }),
  at("ipv6.flow", "ipv6", 12, 20, "hex", "RFC 6437 section 2", "Flow label of IPv6"),
  at(
    "ipv6.plen",
    "ipv6",
    32,
    16,
    "decimal",
    "RFC 8200 section 3",
    "Payload length of IPv6 in bytes, as the header says",
  ),
  at("ipv6.nxt", "ipv6", 48, 8, "protocol", "RFC 8200 section 3", "Next header of the fixed IPv6 header"),
  at("ipv6.hlim", "ipv6", 56, 8, "decimal", "RFC 8200 section 3", "Hop limit of IPv6", { libkefir: ["IP_6_TTL", 19] }),
  at("ipv6.src", "ipv6", 64, 128, "ipv6", "RFC 8200 section 3", "Source address of IPv6", {
    libkefir: ["IP_6_SRC", 15],
  }),
  at("ipv6.dst", "ipv6", 192, 128, "ipv6", "RFC 8200 section 3", "Destination address of IPv6", {
    libkefir: ["IP_6_DST", 16],
  }),

  at("l4.proto", "l4proto", 0, 8, "protocol", "RFC 8200 section 4", "Protocol above IP, behind extension headers", {
    libkefir: ["IP_ANY_L4PROTO", 27],
  }),
  at("ipv6.l4.proto", "l4proto", 0, 8, "protocol", "RFC 8200 section 4", "Protocol at the end of the IPv6 chain", {
    libkefir: ["IP_6_L4PROTO", 20],
    family: "ipv6",
  }),
  at(
    "l3.frag",
    "l4proto",
    14,
    2,
    "hex",
    "RFC 791 section 3.2, RFC 8200 section 4.5",
    "0 whole, 1 later, 3 first fragment",
  ),
  at("ah.spi", "ah", 32, 32, "hex", "RFC 4302 section 2.4", "Security index of the first authentication header"),

  at("l4.data", "l4data", 0, 32, "hex", "ethtool(8), l4data", "First four bytes after the IP header or chain", {
    libkefir: ["IP_ANY_L4DATA", 28],
    aliases: ["l4data"],
  }),
  at("ip.l4.data", "l4data", 0, 32, "hex", "ethtool(8), l4data", "First four bytes after the IPv4 header", {
    libkefir: ["IP_4_L4DATA", 11],
    aliases: ["ip.l4data"],
    family: "ipv4",
  }),
  at("ipv6.l4.data", "l4data", 0, 32, "hex", "ethtool(8), l4data", "First four bytes after the IPv6 chain", {
    libkefir: ["IP_6_L4DATA", 21],
    aliases: ["ipv6.l4data"],
    family: "ipv6",
  }),

  at("esp.spi", "l4data", 0, 32, "hex", "RFC 4303 section 2.1", "Security index of ESP", { protocol: 50 }),
  at("l2tp.sid", "l4data", 0, 32, "hex", "RFC 3931 section 4.1.1", "Session id of L2TPv3 over IP", { protocol: 115 }),

  ...ports("l4", "any protocol with ports", { libkefir: ["IP_ANY_L4PORT", 29] }),
  ...ports("ip.l4", "any protocol with ports over IPv4", { libkefir: ["IP_4_L4PORT", 12], family: "ipv4" }),
  ...ports("ipv6.l4", "any protocol with ports over IPv6", { libkefir: ["IP_6_L4PORT", 22], family: "ipv6" }),
  ...ports("tcp", "TCP", { protocol: 6 }),
  ...ports("udp", "UDP", { protocol: 17 }),
  ...ports("sctp", "SCTP", { protocol: 132 }),
  at(
    "tcp.flags",
    "tcp",
    100,
    12,
    "tcp-flags",
    "RFC 9293 section 3.1",
    "Flags of TCP, by name or number: fin 1, syn 2, rst 4, psh 8, ack 0x10, urg 0x20, ece 0x40, cwr 0x80, ae 0x100",
  ),
  ...["icmp", "icmpv6"].flatMap((name) => icmpFields(name)),

  ...TUNNEL_FIELDS,
];

/** The fields that stand for several places; width, format and reference are those of the first. */
const CHOICES: readonly AnyField[] = [
  either("eth.addr", ["eth.src", "eth.dst"], "Source or destination MAC address", { libkefir: ["ETHER_ANY", 3] }),
  either("vlan.id", ["svlan.id", "cvlan.id"], "VLAN id of either tag", { libkefir: ["VLAN_ID", 32] }),
  either("vlan.priority", ["svlan.priority", "cvlan.priority"], "Priority of either tag", {
    libkefir: ["VLAN_PRIO", 33],
    aliases: ["vlan.prio"],
  }),
  either("vlan.etype", ["svlan.etype", "cvlan.etype"], "Type of what follows either tag", {
    libkefir: ["VLAN_ETHERTYPE", 34],
  }),
  either("vlan.tci", ["svlan.tci", "cvlan.tci"], "Whole tag control information of either tag"),
  either("vlan.tpid", ["svlan.tpid", "cvlan.tpid"], "TPID of either tag"),
  either("ip.addr", ["ip.src", "ip.dst"], "Source or destination address of IPv4", {
    libkefir: ["IP_4_ANY", 7],
    counterpart: "ipv6.addr",
  }),
  either("ipv6.addr", ["ipv6.src", "ipv6.dst"], "Source or destination address of IPv6", {
    libkefir: ["IP_6_ANY", 17],
  }),
  either("l3.dsfield", ["ip.dsfield", "ipv6.tclass"], "TOS of IPv4 or traffic class of IPv6", {
    libkefir: ["IP_ANY_TOS", 25],
    aliases: ["l3.tos"],
  }),
  either("l3.ttl", ["ip.ttl", "ipv6.hlim"], "Time to live of IPv4 or hop limit of IPv6", {
    libkefir: ["IP_ANY_TTL", 26],
    aliases: ["l3.hlim"],
  }),
  either("l4.port", ["l4.srcport", "l4.dstport"], "Either port of any protocol with ports", {
    libkefir: ["IP_ANY_L4PORT_ANY", 31],
  }),
  either("ip.l4.port", ["ip.l4.srcport", "ip.l4.dstport"], "Either port over IPv4", {
    libkefir: ["IP_4_L4PORT_ANY", 14],
  }),
  either("ipv6.l4.port", ["ipv6.l4.srcport", "ipv6.l4.dstport"], "Either port over IPv6", {
    libkefir: ["IP_6_L4PORT_ANY", 24],
  }),
  either("tcp.port", ["tcp.srcport", "tcp.dstport"], "Either port of TCP"),
  either("udp.port", ["udp.srcport", "udp.dstport"], "Either port of UDP"),
  either("sctp.port", ["sctp.srcport", "sctp.dstport"], "Either port of SCTP"),
  either("erspan.version", ["erspan2.version", "erspan3.version"], "Version of ERSPAN: 1 is type II, 2 is type III"),
  either("erspan.spanid", ["erspan2.spanid", "erspan3.spanid"], "Session id of ERSPAN, either type"),
];

/** Every row; names are unique over names and aliases. */
export const FIELDS: readonly Field[] = Object.freeze([...PLACES, ...CHOICES]);

const BY_NAME: ReadonlyMap<string, Field> = new Map(
  FIELDS.flatMap((field) => [field.name, ...field.aliases].map((name) => [name, field] as const)),
);

/** The field of that name or alias, those of families included (`l4[8:4]`, `mpls[2].label`); or undefined. */
export function findField(name: string): Field | undefined {
  return BY_NAME.get(name) ?? findFamilyField(name);
}

/**
 * The field of that name or alias.
 *
 * @throws RangeError when there is none: for names that the code itself gives
 */
export function fieldNamed(name: string): Field {
  const field = findField(name);
  if (field === undefined) throw new RangeError(`Cannot find the field "${name}": FIELDS has no such row`);
  return field;
}

/** The concrete fields that a field stands for: itself, or its sides. */
export function sidesOf(field: Field): readonly ConcreteField[] {
  if (field.kind === "concrete") return [field];
  return field.sides.map((name) => {
    const side = fieldNamed(name);
    if (side.kind !== "concrete") throw new RangeError(`Cannot use "${name}" as a side: it is itself an "any" field`);
    return side;
  });
}

/** Number of bytes that a raw value of the field has: its width, rounded up (libkefir's `kefir_bytes_for_type`). */
export function bytesForField(field: Field): number {
  return Math.ceil(field.widthBits / 8);
}

/**
 * Number of bytes that a raw value of a field has, by the field's name (libkefir's `kefir_bytes_for_type`).
 *
 * @throws RangeError for a name that no field has
 */
export function bytesForType(name: string): number {
  return bytesForField(fieldNamed(name));
}

function either(name: string, sides: readonly string[], description: string, extras: Extras = {}): AnyField {
  return eitherOf(name, PLACES.filter((place) => sides.includes(place.name)), description, extras);
}

/** A tag's fields; `firstNumber` is libkefir's number of its VLAN id, which the priority and the type follow. */
function tag(layer: "svlan" | "cvlan", what: string, firstNumber: number): ConcreteField[] {
  const upper = layer.toUpperCase();
  const reference = "IEEE 802.1Q clause 9.6";
  return [
    at(`${layer}.tpid`, layer, 0, 16, "ethertype", "IEEE 802.1Q clause 9.5", `TPID of ${what}`),
    at(`${layer}.tci`, layer, 16, 16, "hex", reference, `Whole tag control information of ${what}`),
    at(`${layer}.priority`, layer, 16, 3, "decimal", reference, `Priority of ${what}`, {
      libkefir: [`${upper}_PRIO`, firstNumber + 1],
      aliases: [`${layer}.prio`],
    }),
    at(`${layer}.id`, layer, 20, 12, "decimal", reference, `VLAN id of ${what}`, {
      libkefir: [`${upper}_ID`, firstNumber],
    }),
    at(`${layer}.etype`, layer, 32, 16, "ethertype", reference, `Type of what follows ${what}`, {
      libkefir: [`${upper}_ETHERTYPE`, firstNumber + 2],
    }),
  ];
}

/** Sender and target, of ARP and RARP for IPv4 over Ethernet. */
function arpFields(): ConcreteField[] {
  const reference = "RFC 826, packet format";
  return [
    at("arp.opcode", "arp", 48, 16, "decimal", reference, "Operation of ARP: 1 request, 2 reply; of RARP 3 and 4"),
    at("arp.src.hw_mac", "arp", 64, 48, "mac", reference, "MAC address of ARP's sender"),
    at("arp.src.proto_ipv4", "arp", 112, 32, "ipv4", reference, "IPv4 address of ARP's sender"),
    at("arp.dst.hw_mac", "arp", 144, 48, "mac", reference, "MAC address of ARP's target"),
    at("arp.dst.proto_ipv4", "arp", 192, 32, "ipv4", reference, "IPv4 address of ARP's target"),
  ];
}

/** Source and destination port; `libkefir` has the number of the source port, which the destination follows. */
function ports(prefix: string, what: string, extras: Extras): ConcreteField[] {
  const libkefir = extras.libkefir;
  return (["src", "dst"] as const).map((end, index) =>
    at(
      `${prefix}.${end}port`,
      "ports",
      16 * index,
      16,
      "decimal",
      "RFC 9293 section 3.1, RFC 768, RFC 9260 section 3.1",
      `${end === "src" ? "Source" : "Destination"} port of ${what}`,
      {
        ...extras,
        ...(libkefir && { libkefir: [`${libkefir[0]}_${end.toUpperCase()}`, libkefir[1] + index] as const }),
      },
    )
  );
}

function icmpFields(name: string): ConcreteField[] {
  const [protocol, reference, title] = name === "icmp"
    ? [1, "RFC 792", "ICMP"]
    : [58, "RFC 4443 section 2.1", "ICMPv6"];
  return [
    at(`${name}.type`, "icmp", 0, 8, "decimal", reference, `Type of ${title}`, { protocol }),
    at(`${name}.code`, "icmp", 8, 8, "decimal", reference, `Code of ${title}`, { protocol }),
  ];
}
