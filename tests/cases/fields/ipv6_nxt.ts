import { ah, cut, ethernet, fragment, frame, hopByHop, icmpv6, ipv6, payload, tcp, udp } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { ipv6Everywhere, ipv6Nowhere } from "../shapes.ts";

const packet = (nxt: number) => frame(ethernet(), ipv6({ nxt, hlim: 200 }), payload([1, 2, 3, 4]));

export const cases: FieldCases = {
  field: "ipv6.nxt",
  largest: 255n,
  around: [
    { value: "udp", below: packet(16), equal: frame(ethernet(), ipv6(), udp()), above: packet(18) },
    { value: 43, below: packet(42), equal: packet(43), above: packet(44) },
    { value: 0, equal: packet(0), above: packet(1) },
    { value: 255, below: packet(254), equal: packet(255) },
  ],
  within: [
    { range: "50..51", below: packet(49), first: packet(50), last: packet(51), above: packet(52) },
    { range: "128..255", below: packet(127), first: packet(128), last: packet(255) },
  ],
  present: [
    { value: 132, packets: without(ipv6Everywhere({ nxt: 132 }), "before no next header") },
    {
      value: "hop-by-hop",
      packets: {
        "a chain": frame(ethernet(), ipv6(), hopByHop(), tcp()),
        "a chain that is cut": cut(frame(ethernet(), ipv6(), hopByHop(), tcp()), 14 + 40 + 1),
      },
    },
    {
      value: 44,
      packets: {
        "a first fragment": frame(ethernet(), ipv6(), fragment({ more: true }), tcp()),
        "a later fragment": frame(ethernet(), ipv6(), fragment({ offset: 9 }), tcp()),
      },
    },
    { value: "no-next", packets: { "nothing behind": frame(ethernet(), ipv6({ nxt: 59 })) } },
    { value: "ah", packets: { "authentication": frame(ethernet(), ipv6(), ah(), tcp()) } },
  ],
  absent: ipv6Nowhere({ nxt: 132 }),
  tables: [
    {
      packets: {
        "TCP": frame(ethernet(), ipv6(), tcp()),
        "UDP": frame(ethernet(), ipv6(), udp()),
        "ICMPv6": frame(ethernet(), ipv6(), icmpv6()),
        "TCP behind hop-by-hop": frame(ethernet(), ipv6(), hopByHop(), tcp()),
      },
      rows: [
        ["==", "tcp", [true, false, false, false]],
        ["!=", "tcp", [false, true, true, true]],
        ["==", "0x10/0xf0", [false, true, false, false]],
        ["!=", "0x10/0xf0", [true, false, true, true]],
        ["<", "0x10/0xf0", [true, false, false, true]],
        ["<=", "0x10/0xf0", [true, true, false, true]],
        [">", "0x10/0xf0", [false, false, true, false]],
        [">=", "0x10/0xf0", [false, true, true, false]],
        ["==", "0/0", [true, true, true, true]],
        ["!=", "0/0", [false, false, false, false]],
        ["in", ["tcp", "icmpv6"], [true, false, true, false]],
        ["not in", ["tcp", "icmpv6"], [false, true, false, true]],
        ["in", { of: [1], mask: 1 }, [false, true, false, false]],
        ["not in", { of: [1], mask: 1 }, [true, false, true, true]],
      ],
    },
  ],
};

/** Without the one that has another next header by definition. */
function without<T>(packets: Readonly<Record<string, T>>, name: string): Record<string, T> {
  return Object.fromEntries(Object.entries(packets).filter(([one]) => one !== name));
}
