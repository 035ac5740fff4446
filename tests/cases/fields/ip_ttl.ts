import { ethernet, frame, ipv4, udp } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { ipv4Everywhere, ipv4Nowhere } from "../shapes.ts";

// The bytes on both sides of the TTL are the other way round from it: fragment offset 0, protocol 17.
const packet = (ttl: number) => frame(ethernet(), ipv4({ ttl }), udp());

export const cases: FieldCases = {
  field: "ip.ttl",
  largest: 255n,
  around: [
    { value: 64, below: packet(63), equal: packet(64), above: packet(65) },
    { value: 128, below: packet(127), equal: packet(128), above: packet(129) },
    { value: 0, equal: packet(0), above: packet(1) },
    { value: 255, below: packet(254), equal: packet(255) },
  ],
  within: [
    { range: "10..20", below: packet(9), first: packet(10), last: packet(20), above: packet(21) },
    { range: "0..1", first: packet(0), last: packet(1), above: packet(2) },
    { range: "128..255", below: packet(127), first: packet(128), last: packet(255) },
  ],
  present: [
    { value: 37, packets: ipv4Everywhere({ ttl: 37 }) },
    { value: 0, packets: { "TTL 0, nothing behind": frame(ethernet(), ipv4({ ttl: 0 })) } },
  ],
  absent: ipv4Nowhere({ ttl: 37 }),
  tables: [
    {
      packets: {
        "TTL 0x3f": packet(0x3f),
        "TTL 0x40": packet(0x40),
        "TTL 0x4f": packet(0x4f),
        "TTL 0x50": packet(0x50),
      },
      rows: [
        ["==", "0x40/0xf0", [false, true, true, false]],
        ["!=", "0x40/0xf0", [true, false, false, true]],
        ["<", "0x40/0xf0", [true, false, false, false]],
        ["<=", "0x40/0xf0", [true, true, true, false]],
        [">", "0x40/0xf0", [false, false, false, true]],
        [">=", "0x40/0xf0", [false, true, true, true]],
        ["in", { of: ["0x30..0x40"], mask: 0xf0 }, [true, true, true, false]],
        ["not in", { of: ["0x30..0x40"], mask: 0xf0 }, [false, false, false, true]],
        ["==", "0x0f/0x0f", [true, false, true, false]],
        ["==", "0/0", [true, true, true, true]],
        ["!=", "0/0", [false, false, false, false]],
        ["<", "0/0", [false, false, false, false]],
        [">=", "0/0", [true, true, true, true]],
        ["in", [63, "0x4f..0x50"], [true, false, true, true]],
        ["not in", [63, "0x4f..0x50"], [false, true, false, false]],
        ["==", Uint8Array.of(0x40), [false, true, false, false]],
        ["in", ["0..255"], [true, true, true, true]],
        ["not in", ["0..255"], [false, false, false, false]],
      ],
    },
  ],
};
