/**
 * What the three fields of the first four bytes above IP have in common.
 *
 * @module
 */

import type { Packet } from "../../lib/semantics/dissect.ts";
import { ah, cut, esp, ethernet, frame, gre, icmp, icmpv6, ipv4, ipv6, payload, tcp } from "../packets/build.ts";
import type { FieldCases, Packets, Present, TruthTable } from "./field_cases.ts";
import { behindTags, hiddenInIpv4, hiddenInIpv6, notIp, of, overIpv4, overIpv6 } from "./shapes.ts";

/** A protocol that nobody knows, with these four bytes first and something else behind. */
const data = (value: number, protocol = 253) =>
  payload([value >>> 24, value >>> 16 & 255, value >>> 8 & 255, value & 255, 0x5a, 0x5a], { protocol });

const WANTED = 0xcafe1234;

/** Cases of a field that takes the families given. */
export function l4DataCases(field: string, families: { ipv4: boolean; ipv6: boolean }): FieldCases {
  const packets = [
    ...(families.ipv4 ? [(value: number) => frame(ethernet(), ipv4(), data(value))] : []),
    ...(families.ipv6 ? [(value: number) => frame(ethernet(), ipv6(), data(value))] : []),
  ];
  return {
    field,
    largest: 0xffff_ffffn,
    around: packets.flatMap((packet) => [
      { value: 0x100, below: packet(0xff), equal: packet(0x100), above: packet(0x101) },
      { value: 0x10000, below: packet(0xffff), equal: packet(0x10000), above: packet(0x10001) },
      { value: 0x80000000, below: packet(0x7fffffff), equal: packet(0x80000000), above: packet(0x80000001) },
      { value: 0, equal: packet(0), above: packet(1) },
      { value: 0xffffffff, below: packet(0xfffffffe), equal: packet(0xffffffff) },
    ]),
    within: packets.map((packet) => ({
      range: "0x00fffff0..0x01000005",
      below: packet(0x00ffffef),
      first: packet(0x00fffff0),
      last: packet(0x01000005),
      above: packet(0x01000006),
    })),
    present: [...(families.ipv4 ? presentOverIpv4() : []), ...(families.ipv6 ? presentOverIpv6() : [])],
    absent: {
      ...notIp(),
      ...hiddenInIpv4(data(WANTED)),
      ...hiddenInIpv6(data(WANTED)),
      ...(!families.ipv4 && overIpv4(data(WANTED))),
      ...(!families.ipv6 && overIpv6(data(WANTED))),
    },
    tables: packets.map((packet) => maskTable(packet)),
  };
}

function presentOverIpv4(): Present[] {
  return [
    { value: WANTED, packets: { ...overIpv4(data(WANTED)), ...of("IPv4", behindTags(ipv4(), data(WANTED))) } },
    { value: 0x08010000, packets: { "ICMP": frame(ethernet(), ipv4(), icmp({ type: 8, code: 1 })) } },
    { value: 0x00160050, packets: { "TCP": frame(ethernet(), ipv4(), tcp({ src: 22, dst: 80 })) } },
    { value: 0x12345678, packets: { "ESP over IPv4": frame(ethernet(), ipv4(), esp({ spi: 0x12345678 })) } },
    { value: 0x06040000, packets: { "AH over IPv4, not walked": frame(ethernet(), ipv4(), ah({ size: 24 }), tcp()) } },
    { value: 0x00000800, packets: { "GRE": frame(ethernet(), ipv4(), gre(), ipv4(), tcp()) } },
    { value: 0x45000028, packets: { "IPv4 in IPv4": frame(ethernet(), ipv4(), ipv4(), tcp()) } },
    { value: 0x01020304, packets: { "exactly four bytes": frame(ethernet(), ipv4(), payload([1, 2, 3, 4])) } },
  ];
}

function presentOverIpv6(): Present[] {
  return [
    { value: WANTED, packets: { ...overIpv6(data(WANTED)), ...of("IPv6", behindTags(ipv6(), data(WANTED))) } },
    { value: WANTED, packets: { "no next header": frame(ethernet(), ipv6(), data(WANTED, 59)) } },
    { value: 0x80010000, packets: { "ICMPv6": frame(ethernet(), ipv6(), icmpv6({ type: 128, code: 1 })) } },
    { value: 0x00160050, packets: { "TCP behind AH": frame(ethernet(), ipv6(), ah(), tcp({ src: 22, dst: 80 })) } },
    { value: 0x12345678, packets: { "ESP over IPv6": frame(ethernet(), ipv6(), esp({ spi: 0x12345678 })) } },
    { value: 0x01020304, packets: { "exactly four bytes": cut(frame(ethernet(), ipv6(), data(0x01020304)), 58) } },
  ];
}

function maskTable(packet: (value: number) => Packet): TruthTable {
  const packets: Packets = {
    "the data 0x12345678": packet(0x12345678),
    "the data 0x1234ffff": packet(0x1234ffff),
    "the data 0x12350000": packet(0x12350000),
  };
  return {
    packets,
    rows: [
      ["==", "0x12340000/0xffff0000", [true, true, false]],
      ["!=", "0x12340000/0xffff0000", [false, false, true]],
      ["<", "0x12350000/0xffff0000", [true, true, false]],
      ["<=", "0x12340000/0xffff0000", [true, true, false]],
      [">", "0x12340000/0xffff0000", [false, false, true]],
      [">=", "0x12350000/0xffff0000", [false, false, true]],
      ["==", "0x00005600/0x0000ff00", [true, false, false]],
      ["==", "0/0", [true, true, true]],
      ["!=", "0/0", [false, false, false]],
      ["in", [0x12345678, "0x12350000..0x12360000"], [true, false, true]],
      ["not in", [0x12345678, "0x12350000..0x12360000"], [false, true, false]],
      ["in", { of: [0xffff], mask: 0xffff }, [false, true, false]],
      ["not in", { of: [0xffff], mask: 0xffff }, [true, false, true]],
      ["==", Uint8Array.of(0x12, 0x34, 0x56, 0x78), [true, false, false]],
    ],
  };
}
