import { ethernet, frame, ipv6, udp } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { ipv6Everywhere, ipv6Nowhere } from "../shapes.ts";

const packet = (hlim: number) => frame(ethernet(), ipv6({ hlim }), udp());

export const cases: FieldCases = {
  field: "ipv6.hlim",
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
  ],
  present: [{ value: 37, packets: ipv6Everywhere({ hlim: 37 }) }],
  absent: ipv6Nowhere({ hlim: 37 }),
  tables: [
    {
      packets: { "hop limit 0x3f": packet(0x3f), "hop limit 0x40": packet(0x40), "hop limit 0x50": packet(0x50) },
      rows: [
        ["==", "0x40/0xf0", [false, true, false]],
        ["!=", "0x40/0xf0", [true, false, true]],
        ["<", "0x40/0xf0", [true, false, false]],
        ["<=", "0x40/0xf0", [true, true, false]],
        [">", "0x40/0xf0", [false, false, true]],
        [">=", "0x40/0xf0", [false, true, true]],
        ["in", { of: ["0x30..0x40"], mask: 0xf0 }, [true, true, false]],
        ["not in", { of: ["0x30..0x40"], mask: 0xf0 }, [false, false, true]],
        ["==", "0/0", [true, true, true]],
        ["!=", "0/0", [false, false, false]],
        ["in", [63, "0x4f..0x50"], [true, false, true]],
        ["not in", [63, "0x4f..0x50"], [false, true, false]],
      ],
    },
  ],
};
