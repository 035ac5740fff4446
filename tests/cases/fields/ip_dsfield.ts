import { ethernet, frame, ipv4, udp } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { ipv4Everywhere, ipv4Nowhere } from "../shapes.ts";

const packet = (tos: number) => frame(ethernet(), ipv4({ tos }), udp());

export const cases: FieldCases = {
  field: "ip.dsfield",
  largest: 255n,
  around: [
    { value: 0xb8, below: packet(0xb7), equal: packet(0xb8), above: packet(0xb9) },
    { value: "0x45", below: packet(0x44), equal: packet(0x45), above: packet(0x46) },
    { value: 0, equal: packet(0), above: packet(1) },
    { value: 255, below: packet(254), equal: packet(255) },
  ],
  within: [
    { range: "0x20..0x3f", below: packet(0x1f), first: packet(0x20), last: packet(0x3f), above: packet(0x40) },
    { range: "0xfc..0xff", below: packet(0xfb), first: packet(0xfc), last: packet(0xff) },
  ],
  present: [
    { value: 0xb8, packets: ipv4Everywhere({ tos: 0xb8 }) },
    { value: 0, packets: { "TOS 0": packet(0) } },
  ],
  absent: ipv4Nowhere({ tos: 0xb8 }),
  tables: [
    {
      // Expedited forwarding (RFC 3246) with each of the two ECN bits (RFC 3168), and its neighbours.
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
        ["==", "3/3", [false, true, false, false]],
        ["!=", "0/3", [false, true, false, false]],
        ["==", "0/0", [true, true, true, true]],
        ["!=", "0/0", [false, false, false, false]],
        ["in", [0xb8, "0xbc..0xff"], [true, false, false, true]],
        ["not in", [0xb8, "0xbc..0xff"], [false, true, true, false]],
      ],
    },
  ],
};
