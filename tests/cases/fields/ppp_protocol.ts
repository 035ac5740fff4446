import { ethernet, frame, ipv4, ipv6, payload, pppoe } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { sessionEverywhere, sessionNowhere } from "../link_cases.ts";

// What is odd in its first byte is a protocol of one byte: no packet has 0x01ff or 0xffff.
const packet = (protocol: number) => frame(ethernet(), pppoe({ protocol }), payload([0, 0, 0, 0]));

export const cases: FieldCases = {
  field: "ppp.protocol",
  largest: 0xffffn,
  around: [
    { value: 0xc021, below: packet(0xc020), equal: packet(0xc021), above: packet(0xc022) },
    { value: 0, equal: packet(0), above: packet(1) },
    { value: 0xfeff, below: packet(0xfefe), equal: packet(0xfeff) },
  ],
  within: [{
    range: "0x57..0x8021",
    below: packet(0x56),
    first: packet(0x57),
    last: packet(0x8021),
    above: packet(0x8022),
  }],
  present: [
    { value: 0x8057, packets: sessionEverywhere({ protocol: 0x8057 }) },
    {
      value: 0x21,
      packets: {
        "IPv4": frame(ethernet(), pppoe(), ipv4()),
        "IPv4 in one byte, its header behind it": frame(ethernet(), pppoe({ protocol: 0x2145 }), payload([0])),
        "in one byte, as large as it can be behind it": frame(ethernet(), pppoe({ protocol: 0x21ff })),
      },
    },
    { value: 0x57, packets: { "IPv6": frame(ethernet(), pppoe(), ipv6()), "IPv6 in one byte": packet(0x5760) } },
    { value: 0xff, packets: { "in two bytes": packet(0xff), "in one byte": packet(0xff00) } },
  ],
  absent: sessionNowhere({ protocol: 0x8057 }),
  tables: [{
    packets: { "LCP": packet(0xc021), "IPCP": packet(0x8021), "IPv4": packet(0x21) },
    rows: [
      ["==", "0x8000/0x8000", [true, true, false]],
      ["!=", "0x8000/0x8000", [false, false, true]],
      ["<", "0xc000/0xff00", [false, true, true]],
      ["<=", "0x8000/0xff00", [false, true, true]],
      [">", "0x8000/0xff00", [true, false, false]],
      [">=", "0x8000/0xff00", [true, true, false]],
      ["==", "0x21/0xff", [true, true, true]],
      ["in", { of: [0x8000], mask: 0xff00 }, [false, true, false]],
      ["in", ["0x21", 0xc021], [true, false, true]],
      ["not in", ["0x21", 0xc021], [false, true, false]],
    ],
  }],
};
