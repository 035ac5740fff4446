import { arp, cut, ethernet, frame, inMetadata, ipv4, ipv6, udp, vlan } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { behindThreeTags } from "../shapes.ts";

const tagged = (tags: number) => frame(ethernet(), ...Array.from({ length: tags }, () => vlan()), ipv4(), udp());

export const cases: FieldCases = {
  field: "vlan.count",
  largest: 255n,
  around: [
    { value: 1, below: tagged(0), equal: tagged(1), above: tagged(2) },
    { value: 2, below: tagged(1), equal: tagged(2), above: tagged(3) },
    { value: 0, equal: tagged(0), above: tagged(1) },
    { value: 3, below: tagged(2), equal: tagged(3) },
  ],
  within: [{ range: "1..2", below: tagged(0), first: tagged(1), last: tagged(2), above: tagged(3) }],
  present: [
    {
      value: 0,
      packets: {
        "IPv6": frame(ethernet(), ipv6(), udp()),
        "ARP": frame(ethernet(), arp()),
        "an Ethernet header alone": frame(ethernet()),
        "a tag cut by a byte": cut(tagged(1), 17),
        "a tag announced only": cut(tagged(1), 14),
        "an unknown tag": frame(ethernet(), vlan({ tpid: 0x9200 }), vlan(), ipv4()),
      },
    },
    {
      value: 1,
      packets: {
        "0x88a8": frame(ethernet(), vlan({ tpid: 0x88a8 }), ipv4()),
        "0x9100": frame(ethernet(), vlan({ tpid: 0x9100 }), ipv6()),
        "before ARP": frame(ethernet(), vlan(), arp()),
        "nothing behind": cut(tagged(1), 18),
        "the second cut by a byte": cut(tagged(2), 21),
        "the second announced only": cut(tagged(2), 18),
        "in metadata": inMetadata({}, tagged(0)),
        "in metadata, nothing behind": inMetadata({}, frame(ethernet())),
        "in metadata, another cut by a byte": inMetadata({}, cut(tagged(1), 17)),
      },
    },
    {
      value: 2,
      packets: {
        "nothing behind": cut(tagged(2), 22),
        "before a broken IPv4 header": frame(ethernet(), vlan({ tpid: 0x88a8 }), vlan(), ipv4({ ihl: 1 })),
        "one in metadata, one in the packet": inMetadata({ tpid: 0x88a8 }, tagged(1)),
      },
    },
    {
      value: 3,
      packets: {
        ...behindThreeTags(ipv4(), udp()),
        "the third cut by a byte": cut(tagged(3), 25),
        "the third announced only": cut(tagged(3), 22),
        "one in metadata, the third announced only": inMetadata({}, cut(tagged(2), 18)),
        "one in metadata, three in the packet": inMetadata({}, tagged(3)),
      },
    },
  ],
  absent: {
    "cut by a byte": cut(tagged(0), 13),
    "cut by a byte, a tag in metadata": inMetadata({}, cut(tagged(0), 13)),
    "an empty frame": cut(tagged(0), 0),
  },
  tables: [{
    packets: { "no tag": tagged(0), "one": tagged(1), "two": tagged(2), "three": tagged(3) },
    rows: [
      ["==", "1/1", [false, true, false, true]],
      ["!=", "1/1", [true, false, true, false]],
      ["<", "2/2", [true, true, false, false]],
      [">=", "2/2", [false, false, true, true]],
      ["in", { of: [1], mask: 1 }, [false, true, false, true]],
      ["not in", [0, 3], [false, true, true, false]],
    ],
  }],
};
