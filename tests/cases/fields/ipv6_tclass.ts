import { ethernet, frame, ipv6, udp } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { ipv6Everywhere, ipv6Nowhere } from "../shapes.ts";

// The flow label behind it has all bits set where it can tell a wrong shift.
const packet = (tclass: number, flowLabel = 0xfffff) => frame(ethernet(), ipv6({ tclass, flowLabel }), udp());

export const cases: FieldCases = {
  field: "ipv6.tclass",
  largest: 255n,
  around: [
    { value: 0xb8, below: packet(0xb7), equal: packet(0xb8), above: packet(0xb9) },
    { value: 0x6f, below: packet(0x6e), equal: packet(0x6f), above: packet(0x70) },
    { value: 0, equal: packet(0), above: packet(1, 0) },
    { value: 255, below: packet(254), equal: packet(255, 0) },
  ],
  within: [
    { range: "0x20..0x3f", below: packet(0x1f), first: packet(0x20, 0), last: packet(0x3f), above: packet(0x40, 0) },
    { range: "0xfc..0xff", below: packet(0xfb), first: packet(0xfc, 0), last: packet(0xff) },
  ],
  present: [
    { value: 0xb8, packets: ipv6Everywhere({ tclass: 0xb8 }) },
    { value: 0, packets: { "traffic class 0": packet(0) } },
  ],
  absent: ipv6Nowhere({ tclass: 0xb8 }),
  tables: [
    {
      packets: { "EF": packet(0xb8), "EF, ECN 3": packet(0xbb), "AF43": packet(0x98), "one above EF": packet(0xbc) },
      rows: [
        ["==", "0xb8/0xfc", [true, true, false, false]],
        ["!=", "0xb8/0xfc", [false, false, true, true]],
        ["<", "0xb8/0xfc", [false, false, true, false]],
        ["<=", "0xb8/0xfc", [true, true, true, false]],
        [">", "0xb8/0xfc", [false, false, false, true]],
        [">=", "0xb8/0xfc", [true, true, false, true]],
        ["in", { of: ["0xb8", "0x98"], mask: "0xfc" }, [true, true, true, false]],
        ["not in", { of: ["0xb8", "0x98"], mask: "0xfc" }, [false, false, false, true]],
        ["==", "0xb0/0xf0", [true, true, false, true]],
        ["==", "0x08/0x0f", [true, false, true, false]],
        ["==", "0/0", [true, true, true, true]],
        ["!=", "0/0", [false, false, false, false]],
        ["in", [0xb8, "0xbc..0xff"], [true, false, false, true]],
        ["not in", [0xb8, "0xbc..0xff"], [false, true, true, false]],
        ["==", Uint8Array.of(0xbb), [false, true, false, false]],
      ],
    },
  ],
};
