/**
 * What the eighteen port fields have in common: the same bytes, under different conditions.
 *
 * @module
 */

import {
  ah,
  dccp,
  esp,
  ethernet,
  frame,
  gre,
  icmp,
  icmpv6,
  ipv4,
  ipv6,
  type Layer,
  payload,
  type Ports,
  sctp,
  tcp,
  udp,
  udplite,
} from "../packets/build.ts";
import type { Packet } from "../../lib/semantics/dissect.ts";
import type { FieldCase, FieldCases, Packets, TruthTable } from "./field_cases.ts";
import { hiddenInIpv4, hiddenInIpv6, notIp, overIpv4, overIpv6, unknownHeader } from "./shapes.ts";

/** Makes a header with ports. */
type PortHeader = (ports: Ports) => Layer;

/** Which packets have the ports of a family of fields. */
export interface PortFamily {
  /** Prefix of the fields' names: `tcp` of `tcp.srcport`. */
  readonly prefix: string;
  readonly headers: Readonly<Record<string, PortHeader>>;
  readonly ipv4: boolean;
  readonly ipv6: boolean;
}

/** The headers that start with two ports: RFC 9293, 768, 3828, 9260, 4340. */
const WITH_PORTS: Readonly<Record<string, PortHeader>> = {
  TCP: tcp,
  UDP: udp,
  "UDP-Lite": udplite,
  SCTP: sctp,
  DCCP: dccp,
};

/** The families. */
export const L4: PortFamily = { prefix: "l4", headers: WITH_PORTS, ipv4: true, ipv6: true };
export const IP_L4: PortFamily = { prefix: "ip.l4", headers: WITH_PORTS, ipv4: true, ipv6: false };
export const IPV6_L4: PortFamily = { prefix: "ipv6.l4", headers: WITH_PORTS, ipv4: false, ipv6: true };
export const TCP: PortFamily = { prefix: "tcp", headers: { TCP: tcp }, ipv4: true, ipv6: true };
export const UDP: PortFamily = { prefix: "udp", headers: { UDP: udp }, ipv4: true, ipv6: true };
export const SCTP: PortFamily = { prefix: "sctp", headers: { SCTP: sctp }, ipv4: true, ipv6: true };

/** Cases of the field of one end. The other end has a port that would give another answer. */
export function endCases(family: PortFamily, end: "src" | "dst"): FieldCases {
  const other = end === "src" ? "dst" : "src";
  const packet = (port: number) => packetOf(family, { [end]: port, [other]: 40000 });
  const field = `${family.prefix}.${end}port`;
  return {
    field,
    ...numberCases(packet),
    present: [
      { value: 53, packets: everyWrapping(family, { [end]: 53, [other]: 54 }) },
      { value: 0, packets: { "port 0": packet(0) } },
    ],
    absent: withoutPorts(family, { [end]: 53, [other]: 54 }),
    rules: [
      ...pairRules(family),
      ...bothHold(field, family, packet),
    ],
  };
}

/** Cases of the field of either end. */
export function eitherCases(family: PortFamily): FieldCases {
  const packet = (port: number) => packetOf(family, { src: port, dst: port });
  const numbers = numberCases(packet);
  return {
    field: `${family.prefix}.port`,
    ...numbers,
    present: [
      { value: 53, packets: everyWrapping(family, { src: 53, dst: 54 }) },
      { value: 54, packets: everyWrapping(family, { src: 53, dst: 54 }) },
      { value: 0, packets: { "port 0": packet(0) } },
    ],
    absent: withoutPorts(family, { src: 53, dst: 54 }),
    tables: [...numbers.tables, sides(family)],
    rules: [...independentSides(family), ...bothHold(`${family.prefix}.port`, family, packet)],
  };
}

/** 255, 256 and 257 tell byte orders apart. */
function numberCases(packet: (port: number) => Packet) {
  const tables: readonly TruthTable[] = [
    {
      packets: { "port 79": packet(79), "port 80": packet(80), "port 95": packet(95), "port 96": packet(96) },
      rows: [
        ["==", "0x50/0xfff0", [false, true, true, false]],
        ["!=", "0x50/0xfff0", [true, false, false, true]],
        ["<", "0x50/0xfff0", [true, false, false, false]],
        ["<=", "0x50/0xfff0", [true, true, true, false]],
        [">", "0x50/0xfff0", [false, false, false, true]],
        [">=", "0x50/0xfff0", [false, true, true, true]],
        ["in", { of: [0x50], mask: 0xfff0 }, [false, true, true, false]],
        ["not in", { of: [0x50], mask: 0xfff0 }, [true, false, false, true]],
        ["==", "0x5a/0xfff0", [false, true, true, false]],
        ["==", "0/0", [true, true, true, true]],
        ["!=", "0/0", [false, false, false, false]],
        ["<", "0/0", [false, false, false, false]],
        ["<=", "0/0", [true, true, true, true]],
        [">", "0/0", [false, false, false, false]],
        [">=", "0/0", [true, true, true, true]],
        ["in", { of: ["0..9"], mask: 0 }, [true, true, true, true]],
        ["not in", { of: ["0..9"], mask: 0 }, [false, false, false, false]],
        ["==", Uint8Array.of(0x00, 0x50), [false, true, false, false]],
        ["==", 80n, [false, true, false, false]],
        ["in", [22, "80..90", "0x5f"], [false, true, true, false]],
        ["not in", [22, "80..90", "0x5f"], [true, false, false, true]],
        ["in", ["79..80", "95..96"], [true, true, true, true]],
        ["in", [], [false, false, false, false]],
        ["not in", [], [true, true, true, true]],
      ],
    },
  ];
  return {
    largest: 0xffffn,
    around: [
      { value: 256, below: packet(255), equal: packet(256), above: packet(257) },
      { value: 0, equal: packet(0), above: packet(1) },
      { value: 0xffff, below: packet(0xfffe), equal: packet(0xffff) },
    ],
    within: [
      { range: "80..90", below: packet(79), first: packet(80), last: packet(90), above: packet(91) },
      { range: "250..520", below: packet(249), first: packet(250), last: packet(520), above: packet(521) },
      { range: "0..1023", first: packet(0), last: packet(1023), above: packet(1024) },
      { range: "1024..65535", below: packet(1023), first: packet(1024), last: packet(65535) },
      { range: "0..65535", first: packet(0), last: packet(65535) },
    ],
    tables,
  };
}

/** Over one family where the field takes only that, else over the one that makes the cases of fields differ. */
function packetOf(family: PortFamily, ports: Ports): Packet {
  const [header] = Object.values(family.headers) as [PortHeader];
  return frame(ethernet(), family.ipv4 ? ipv4() : ipv6(), header(ports));
}

/** Every header of the family over every network layer that it takes. */
function everyWrapping(family: PortFamily, ports: Ports): Packets {
  return named(family.headers, (header) => ({
    ...(family.ipv4 && overIpv4(header(ports))),
    ...(family.ipv6 && overIpv6(header(ports))),
  }));
}

/** Packets that look as if, and have not got the ports. */
function withoutPorts(family: PortFamily, ports: Ports): Packets {
  const others = Object.fromEntries(Object.entries(WITH_PORTS).filter(([name]) => !(name in family.headers)));
  // One header in every hiding place is enough: what hides it does not ask which it is.
  const [first] = Object.entries(family.headers) as [[string, PortHeader]];
  return {
    ...notIp(),
    ...named(Object.fromEntries([first]), (header) => ({
      ...hiddenInIpv4(header(ports)),
      ...hiddenInIpv6(header(ports)),
      ...(!family.ipv4 && overIpv4(header(ports))),
      ...(!family.ipv6 && overIpv6(header(ports))),
      "over IPv4, inside an authentication header": frame(ethernet(), ipv4(), ah(), header(ports)),
      "over IPv4, inside IPv4": frame(ethernet(), ipv4(), ipv4(), header(ports)),
      "over IPv6, inside IPv4": frame(ethernet(), ipv6(), ipv4(), header(ports)),
      "over IPv6, behind an unknown header": frame(ethernet(), ipv6(), unknownHeader(), header(ports)),
      "over IPv6, behind no next header": frame(ethernet(), ipv6({ nxt: 59 }), header(ports)),
      "over IPv4, announced as hop-by-hop": frame(ethernet(), ipv4({ proto: 0 }), header(ports)),
    })),
    ...named(others, (header) => ({
      "over IPv4": frame(ethernet(), ipv4(), header(ports)),
      "over IPv6": frame(ethernet(), ipv6(), header(ports)),
    })),
    "ICMP": frame(ethernet(), ipv4(), icmp()),
    "ICMPv6": frame(ethernet(), ipv6(), icmpv6()),
    "GRE": frame(ethernet(), ipv4(), gre(), payload([0, 53, 0, 54])),
    "ESP over IPv4": frame(ethernet(), ipv4(), esp()),
    "ESP over IPv6": frame(ethernet(), ipv6(), esp()),
    "a protocol for experiments": frame(ethernet(), ipv4(), payload([0, 53, 0, 54, 0, 8, 0, 0])),
  };
}

/** What the ends of a packet are, against a match on either. */
function sides(family: PortFamily): TruthTable {
  return {
    packets: {
      "neither": packetOf(family, { src: 300, dst: 400 }),
      "the source": packetOf(family, { src: 256, dst: 400 }),
      "the destination": packetOf(family, { src: 300, dst: 256 }),
      "both": packetOf(family, { src: 256, dst: 256 }),
    },
    rows: [
      ["==", 256, [false, true, true, true]],
      ["!=", 256, [true, false, false, false]],
      ["<", 257, [false, true, true, true]],
      ["<=", 256, [false, true, true, true]],
      [">", 256, [true, true, true, false]],
      [">", 300, [true, true, false, false]],
      [">=", 400, [true, true, false, false]],
      ["in", ["200..299"], [false, true, true, true]],
      ["not in", ["200..299"], [true, false, false, false]],
      ["in", ["300..399"], [true, false, true, false]],
      ["not in", ["300..399"], [false, true, false, true]],
      ["==", "0x100/0xff00", [true, true, true, true]],
      ["!=", "0x100/0xff00", [false, false, false, false]],
      ["==", "0/0", [true, true, true, true]],
      ["!=", "0/0", [false, false, false, false]],
    ],
  };
}

function pairRules({ prefix, ...family }: PortFamily): FieldCase[] {
  const matches = [{ field: `${prefix}.srcport`, value: 53 }, { field: `${prefix}.dstport`, value: 1024 }];
  const packet = (src: number, dst: number) => packetOf({ prefix, ...family }, { src, dst });
  return [
    { name: "both ports, as wanted", matches, packet: packet(53, 1024), holds: true },
    { name: "both ports, the source another", matches, packet: packet(54, 1024), holds: false },
    { name: "both ports, the destination another", matches, packet: packet(53, 1025), holds: false },
    { name: "both ports, swapped", matches, packet: packet(1024, 53), holds: false },
  ];
}

/** Two matches of a rule on either port do not have to mean two ports. */
function independentSides(family: PortFamily): FieldCase[] {
  const field = `${family.prefix}.port`;
  const matches = [{ field, value: 53 }, { field, operator: ">=" as const, value: 50 }];
  const packet = (src: number, dst: number) => packetOf(family, { src, dst });
  return [
    { name: "one port satisfies two matches", matches, packet: packet(53, 1), holds: true },
    { name: "the other port satisfies the second match", matches, packet: packet(1024, 53), holds: true },
    { name: "no port satisfies the first match", matches, packet: packet(52, 54), holds: false },
  ];
}

/** The whole of an interval needs two matches; one alone is not enough. */
function bothHold(field: string, family: PortFamily, packet: (port: number) => Packet): FieldCase[] {
  const matches = [
    { field, operator: ">=" as const, value: 1024 },
    { field, operator: "<" as const, value: 2048 },
    { field: family.ipv4 ? "ip.ttl" : "ipv6.hlim", value: 64 },
  ];
  return [
    { name: "an interval in two matches, below", matches, packet: packet(1023), holds: false },
    { name: "an interval in two matches, first", matches, packet: packet(1024), holds: true },
    { name: "an interval in two matches, last", matches, packet: packet(2047), holds: true },
    { name: "an interval in two matches, above", matches, packet: packet(2048), holds: false },
  ];
}

function named(headers: Readonly<Record<string, PortHeader>>, packets: (header: PortHeader) => Packets): Packets {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, header]) =>
      Object.entries(packets(header)).map(([where, packet]) => [`${name} ${where}`, packet] as const)
    ),
  );
}
