import { ah, ethernet, frame, icmp, ipv4, ipv6, payload, sctp, tcp, udp } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { ipv4Everywhere, ipv4Nowhere } from "../shapes.ts";

const packet = (proto: number) => frame(ethernet(), ipv4({ proto, ttl: 200 }), payload([1, 2, 3, 4]));

export const cases: FieldCases = {
  field: "ip.proto",
  largest: 255n,
  around: [
    { value: "udp", below: packet(16), equal: frame(ethernet(), ipv4(), udp()), above: packet(18) },
    { value: 6, below: packet(5), equal: frame(ethernet(), ipv4(), tcp()), above: packet(7) },
    { value: 0, equal: packet(0), above: packet(1) },
    { value: 255, below: packet(254), equal: packet(255) },
  ],
  within: [
    { range: "50..51", below: packet(49), first: packet(50), last: packet(51), above: packet(52) },
    { range: "128..255", below: packet(127), first: packet(128), last: packet(255) },
  ],
  present: [
    { value: 132, packets: ipv4Everywhere({ proto: 132 }) },
    { value: "ah", packets: { "AH, which is not walked": frame(ethernet(), ipv4(), ah(), tcp()) } },
    { value: 44, packets: { "a protocol that IPv6 would walk": packet(44) } },
    { value: 0, packets: { "protocol 0": packet(0) } },
    { value: 41, packets: { "IPv6 inside": frame(ethernet(), ipv4(), ipv6(), tcp()) } },
  ],
  absent: ipv4Nowhere({ proto: 132 }),
  tables: [
    {
      packets: {
        "ICMP": frame(ethernet(), ipv4(), icmp()),
        "TCP": frame(ethernet(), ipv4(), tcp()),
        "UDP": frame(ethernet(), ipv4(), udp()),
        "SCTP": frame(ethernet(), ipv4(), sctp()),
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
        ["==", Uint8Array.of(17), [false, false, true, false]],
      ],
    },
  ],
};
