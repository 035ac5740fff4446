/**
 * What the two fields of either IP family have in common: one byte of IPv4, or its counterpart of IPv6.
 *
 * @module
 */

import type { Packet } from "../../lib/semantics/dissect.ts";
import type { FieldCases } from "./field_cases.ts";
import { ipv4Everywhere, ipv4Nowhere, ipv6Everywhere, ipv6Nowhere, of } from "./shapes.ts";

/** How a byte gets into a packet of each family. */
export interface EitherFamily {
  readonly field: string;
  readonly ipv4: (value: number) => Packet;
  readonly ipv6: (value: number) => Packet;
  /** The fields of the headers, for the shapes. */
  readonly ipv4Field: "tos" | "ttl";
  readonly ipv6Field: "tclass" | "hlim";
}

/** Their cases. */
export function eitherFamilyCases({ field, ipv4, ipv6, ipv4Field, ipv6Field }: EitherFamily): FieldCases {
  return {
    field,
    largest: 255n,
    around: [ipv4, ipv6].flatMap((packet) => [
      { value: 64, below: packet(63), equal: packet(64), above: packet(65) },
      { value: 0x80, below: packet(0x7f), equal: packet(0x80), above: packet(0x81) },
      { value: 0, equal: packet(0), above: packet(1) },
      { value: 255, below: packet(254), equal: packet(255) },
    ]),
    within: [ipv4, ipv6].map((packet) => (
      { range: "10..20", below: packet(9), first: packet(10), last: packet(20), above: packet(21) }
    )),
    present: [
      { value: 37, packets: of("IPv4", ipv4Everywhere({ [ipv4Field]: 37 })) },
      { value: 37, packets: of("IPv6", ipv6Everywhere({ [ipv6Field]: 37 })) },
    ],
    absent: {
      ...without(ipv4Nowhere({ [ipv4Field]: 37 }), ["IPv6", "inside IPv6"]),
      ...of("IPv6", without(ipv6Nowhere({ [ipv6Field]: 37 }), ["IPv4", "inside IPv4"])),
    },
    tables: [
      {
        packets: {
          "IPv4, 0x3f": ipv4(0x3f),
          "IPv4, 0x40": ipv4(0x40),
          "IPv6, 0x4f": ipv6(0x4f),
          "IPv6, 0x50": ipv6(0x50),
        },
        rows: [
          ["==", "0x40/0xf0", [false, true, true, false]],
          ["!=", "0x40/0xf0", [true, false, false, true]],
          ["<", "0x40/0xf0", [true, false, false, false]],
          ["<=", "0x40/0xf0", [true, true, true, false]],
          [">", "0x40/0xf0", [false, false, false, true]],
          [">=", "0x40/0xf0", [false, true, true, true]],
          ["==", "0/0", [true, true, true, true]],
          ["!=", "0/0", [false, false, false, false]],
          ["in", [0x3f, "0x4f..0x50"], [true, false, true, true]],
          ["not in", [0x3f, "0x4f..0x50"], [false, true, false, false]],
          ["in", { of: ["0x30..0x40"], mask: 0xf0 }, [true, true, true, false]],
          ["not in", { of: ["0x30..0x40"], mask: 0xf0 }, [false, false, false, true]],
        ],
      },
    ],
    rules: [
      {
        name: "of one family, by its type, the other family's packet",
        matches: [{ field, value: 37 }, { field: "eth.type", value: "ipv6" }],
        packet: ipv4(37),
        holds: false,
      },
      {
        name: "of one family, by its type",
        matches: [{ field, value: 37 }, { field: "eth.type", value: "ipv6" }],
        packet: ipv6(37),
        holds: true,
      },
    ],
  };
}

function without(packets: Readonly<Record<string, Packet>>, names: readonly string[]): Record<string, Packet> {
  return Object.fromEntries(Object.entries(packets).filter(([name]) => !names.includes(name)));
}
