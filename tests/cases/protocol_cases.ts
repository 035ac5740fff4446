/**
 * What the two fields of the protocol above IP have in common.
 *
 * @module
 */

import type { Packet } from "../../lib/semantics/dissect.ts";
import {
  ah,
  cut,
  destination,
  esp,
  ethernet,
  fragment,
  frame,
  hopByHop,
  icmp,
  icmpv6,
  ipv4,
  ipv6,
  payload,
  sctp,
  tcp,
  udp,
} from "../packets/build.ts";
import type { Around, FieldCases, Present, TruthTable, Within } from "./field_cases.ts";
import { behindChains, behindThreeTags, brokenChains, brokenIpv6, notIp, of, unannounced } from "./shapes.ts";

/** Four bytes above IP, of no matter what. */
const SOMETHING = payload([1, 2, 3, 4, 5, 6, 7, 8]);

/** An IPv4 packet of a protocol. */
export const overIpv4Proto = (proto: number): Packet => frame(ethernet(), ipv4({ proto, ttl: 200 }), SOMETHING);
/** An IPv6 packet of a protocol that is no extension header. */
export const overIpv6Proto = (nxt: number): Packet => frame(ethernet(), ipv6({ nxt, hlim: 200 }), SOMETHING);

/** Neighbours that neither family walks. */
export function protocolAround(packet: (protocol: number) => Packet): Around[] {
  return [
    { value: "udp", below: packet(16), equal: packet(17), above: packet(18) },
    { value: 128, below: packet(127), equal: packet(128), above: packet(129) },
    { value: 255, below: packet(254), equal: packet(255) },
  ];
}

/** Ranges whose ends neither family walks. */
export function protocolWithin(packet: (protocol: number) => Packet): Within[] {
  return [
    { range: "6..17", below: packet(5), first: packet(6), last: packet(17), above: packet(18) },
    { range: "128..255", below: packet(127), first: packet(128), last: packet(255) },
  ];
}

/** What ends a chain of IPv6, and is the protocol. */
export function ipv6Protocols(): Present[] {
  return [
    { value: 132, packets: { "no header": frame(ethernet(), ipv6(), sctp()), ...behindChains(sctp()) } },
    {
      value: "tcp",
      packets: {
        "nothing of it": cut(frame(ethernet(), ipv6(), tcp()), 14 + 40),
        "nothing of it, behind a header": cut(frame(ethernet(), ipv6(), hopByHop(), tcp()), 14 + 40 + 8),
        "a later fragment": frame(ethernet(), ipv6(), fragment({ offset: 9, next: 6 }), payload([1, 2, 3])),
        "a later fragment, nothing behind it": frame(ethernet(), ipv6(), fragment({ offset: 9, next: 6 })),
        "a later fragment behind hop-by-hop": frame(ethernet(), ipv6(), hopByHop(), fragment({ offset: 9 }), tcp()),
        "a later fragment as the eighth header": //
          frame(ethernet(), ipv6(), ...new Array(7).fill(hopByHop()), fragment({ offset: 9 }), tcp()),
      },
    },
    {
      value: 60,
      packets: {
        "a later fragment of a chain": frame(ethernet(), ipv6(), fragment({ offset: 9 }), destination(), tcp()),
      },
    },
    {
      value: "no-next",
      packets: {
        "no next header": frame(ethernet(), ipv6({ nxt: 59 })),
        "no next header, bytes all the same": frame(ethernet(), ipv6({ nxt: 59 }), tcp()),
        "no next header behind a chain": frame(ethernet(), ipv6(), hopByHop(), destination({ next: 59 })),
      },
    },
    { value: "esp", packets: { "ESP": frame(ethernet(), ipv6(), esp()) } },
    { value: "icmpv6", packets: { "ICMPv6": frame(ethernet(), ipv6(), hopByHop(), icmpv6()) } },
    { value: 253, packets: { "an unknown header": overIpv6Proto(253) } },
    { value: 4, packets: { "IPv4 inside": frame(ethernet(), ipv6(), ipv4(), tcp()) } },
    { value: 41, packets: { "IPv6 inside": frame(ethernet(), ipv6(), ipv6(), tcp()) } },
  ];
}

/** IPv6 packets whose protocol is not known. */
export function withoutIpv6Protocol(): FieldCases["absent"] {
  return {
    ...notIp(),
    ...brokenChains(udp()),
    ...brokenIpv6(udp()),
    ...of("IPv6", behindThreeTags(ipv6(), udp())),
    ...of("IPv6", unannounced(ipv6(), udp())),
    "IPv6 later fragment as the ninth header": //
      frame(ethernet(), ipv6(), ...new Array(8).fill(hopByHop()), fragment({ offset: 9 }), tcp()),
  };
}

/** Masks and sets on TCP, UDP, ICMP and SCTP. */
export function protocolTable(header: "ipv4" | "ipv6"): TruthTable {
  const ip = header === "ipv4" ? ipv4 : () => ipv6();
  return {
    packets: {
      "ICMP": frame(ethernet(), ip(), icmp()),
      "TCP": frame(ethernet(), ip(), tcp()),
      "UDP": frame(ethernet(), ip(), udp()),
      "SCTP": frame(ethernet(), ip(), sctp()),
    },
    rows: [
      ["==", "icmp", [true, false, false, false]],
      ["==", "0x00/0xf8", [true, true, false, false]],
      ["!=", "0x00/0xf8", [false, false, true, true]],
      ["<", "0x10/0xf8", [true, true, false, false]],
      ["<=", "0x10/0xf8", [true, true, true, false]],
      [">", "0x10/0xf8", [false, false, false, true]],
      [">=", "0x10/0xf8", [false, false, true, true]],
      ["==", "0/0", [true, true, true, true]],
      ["!=", "0/0", [false, false, false, false]],
      ["in", ["tcp", "udp", 132], [false, true, true, true]],
      ["not in", ["tcp", "udp", 132], [true, false, false, false]],
      ["in", { of: [1], mask: 1 }, [true, false, true, false]],
      ["not in", { of: [1], mask: 1 }, [false, true, false, true]],
      ["in", [{ lo: 0, hi: 16 }], [true, true, false, false]],
    ],
  };
}

/** An IPv4 packet with AH, which IPv4 does not walk. */
export const ahOverIpv4: Packet = frame(ethernet(), ipv4(), ah(), tcp());
