import { arp, cut, ethernet, frame, inMetadata, ipv4, ipv6, udp, vlan } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { EITHER, etypeCases } from "../tag_cases.ts";

const outer = vlan({ tpid: 0x88a8 });

const base = etypeCases(EITHER, [
  {
    value: "ip",
    packets: {
      "behind the only tag": frame(ethernet(), vlan(), ipv4(), udp()),
      "behind the only tag, nothing more": cut(frame(ethernet(), vlan(), ipv4()), 18),
      "behind the second of two": frame(ethernet(), outer, vlan(), ipv4(), udp()),
      "behind the tag in metadata": inMetadata({}, frame(ethernet(), ipv4(), udp())),
      "behind the tag in the packet, one in metadata": inMetadata({}, frame(ethernet(), vlan(), ipv4(), udp())),
    },
  },
  {
    value: "802.1q",
    packets: {
      "behind the first of two": frame(ethernet(), outer, vlan(), ipv4(), udp()),
      "behind the first of two, the second cut by a byte": cut(frame(ethernet(), outer, vlan(), ipv4()), 21),
      "behind the second of three": frame(ethernet(), outer, vlan({ tpid: 0x9100 }), vlan(), ipv4()),
      "behind the tag in metadata": inMetadata({}, frame(ethernet(), vlan(), arp())),
    },
  },
]);

export const cases: FieldCases = {
  ...base,
  tables: [
    ...base.tables ?? [],
    {
      packets: {
        "0x8100 then IPv4": frame(ethernet(), outer, vlan(), ipv4()),
        "0x88a8 then IPv6": frame(ethernet(), vlan(), outer, ipv6()),
        "0x8100 then 0x88a8": frame(ethernet(), outer, vlan(), vlan({ tpid: 0x88a8 }), ipv4()),
        "IPv6": frame(ethernet(), vlan(), ipv6()),
      },
      rows: [
        ["==", "ipv6", [false, true, false, true]],
        ["!=", "ipv6", [true, false, true, false]],
        ["!=", "802.1q", [false, true, false, true]],
        ["<", 0x8100, [true, false, false, false]],
        ["<=", 0x8100, [true, false, true, false]],
        [">", 0x86dd, [false, true, true, false]],
        [">=", 0x86dd, [false, true, true, true]],
        ["in", ["ip", "802.1ad"], [true, true, true, false]],
        ["not in", ["ip", "802.1ad"], [false, false, false, true]],
        ["==", "0/0", [true, true, true, true]],
        ["!=", "0/0", [false, false, false, false]],
      ],
    },
  ],
};
