import {
  ah,
  cut,
  destination,
  ethernet,
  fragment,
  frame,
  hopByHop,
  inMetadata,
  ipv4,
  ipv6,
  type Layer,
  tcp,
  udp,
  vlan,
} from "../../packets/build.ts";
import type { FieldCases, TruthTable } from "../field_cases.ts";
import {
  behindTags,
  behindThreeTags,
  brokenChains,
  brokenIpv4,
  brokenIpv6,
  notIp,
  of,
  unannounced,
} from "../shapes.ts";

const over4 = (fields: Parameters<typeof ipv4>[0]) => frame(ethernet(), ipv4(fields), udp());
const over6 = (...chain: readonly Layer[]) => frame(ethernet(), ipv6(), ...chain, udp());
const atomicChain: Layer[] = [...new Array<Layer>(7).fill(destination()), fragment()];

/** A whole packet, a later fragment and a first one of a family: 0, 1 and 3. No packet has 2. */
function kinds(packets: TruthTable["packets"]): TruthTable {
  return {
    packets,
    rows: [
      ["==", 0, [true, false, false]],
      ["==", 1, [false, true, false]],
      ["==", 2, [false, false, false]],
      ["==", 3, [false, false, true]],
      ["!=", 0, [false, true, true]],
      ["!=", 2, [true, true, true]],
      ["<", 1, [true, false, false]],
      ["<=", 2, [true, true, false]],
      [">", 1, [false, false, true]],
      [">", 0, [false, true, true]],
      [">=", 1, [false, true, true]],
      ["==", "1/1", [false, true, true]],
      ["==", "0/1", [true, false, false]],
      ["!=", "2/2", [true, true, false]],
      ["in", [0, 3], [true, false, true]],
      ["not in", ["0..1"], [false, false, true]],
    ],
  };
}

export const cases: FieldCases = {
  field: "l3.frag",
  largest: 3n,
  around: [],
  within: [],
  present: [
    {
      value: 0,
      packets: {
        ...of("IPv4", behindTags(ipv4(), udp())),
        ...of("IPv6", behindTags(ipv6(), udp())),
        "IPv4, not to be fragmented": over4({ dontFragment: true }),
        "IPv4, the reserved flag": over4({ reservedFlag: true }),
        "IPv4, nothing behind": cut(frame(ethernet(), ipv4()), 14 + 20),
        "IPv4, AH": frame(ethernet(), ipv4(), ah(), tcp()),
        "IPv4, a fragment header of IPv6": frame(ethernet(), ipv4(), fragment({ offset: 1 }), udp()),
        "IPv6, a chain": over6(hopByHop(), destination(), ah()),
      },
    },
    {
      value: 3,
      packets: {
        "IPv4": over4({ moreFragments: true }),
        "IPv4, not to be fragmented": over4({ moreFragments: true, dontFragment: true, reservedFlag: true }),
        "IPv4, with options": over4({ moreFragments: true, options: [1, 1, 1, 0] }),
        "IPv4, nothing behind": cut(over4({ moreFragments: true }), 14 + 20),
        "IPv4, two tags": frame(ethernet(), vlan(), vlan(), ipv4({ moreFragments: true }), udp()),
        "IPv4, a tag in metadata": inMetadata({}, over4({ moreFragments: true })),
        "IPv6, atomic": over6(fragment()),
        "IPv6, more follow": over6(fragment({ more: true })),
        "IPv6, nothing behind": cut(over6(fragment({ more: true })), 14 + 40 + 8),
        "IPv6, behind and before others": over6(hopByHop(), fragment({ more: true }), destination()),
        "IPv6, atomic, the eighth header": over6(...atomicChain),
        "IPv6, a tag in metadata": inMetadata({}, over6(fragment())),
      },
    },
    {
      value: 1,
      packets: {
        "IPv4, the last": over4({ fragmentOffset: 1 }),
        "IPv4, in the middle": over4({ fragmentOffset: 185, moreFragments: true }),
        "IPv4, offset of the top bit": over4({ fragmentOffset: 0x1000 }),
        "IPv4, nothing behind": cut(over4({ fragmentOffset: 1 }), 14 + 20),
        "IPv4, a tag in metadata": inMetadata({}, over4({ fragmentOffset: 1 })),
        "IPv6, the last": over6(fragment({ offset: 1 })),
        "IPv6, in the middle": over6(fragment({ offset: 0x1000, more: true })),
        "IPv6, behind an atomic one": over6(fragment(), fragment({ offset: 2 })),
        "IPv6, two tags": frame(ethernet(), vlan(), vlan(), ipv6(), fragment({ offset: 1 }), udp()),
        "IPv6, before a header that is none": //
          frame(ethernet(), ipv6(), fragment({ offset: 1, next: 60 }), udp()),
      },
    },
  ],
  absent: {
    ...notIp(),
    ...brokenIpv4(udp(), { moreFragments: true }),
    ...brokenIpv6(udp()),
    ...brokenChains(udp()),
    "IPv6, nine headers, an atomic fragment among them": over6(...atomicChain, destination()),
    "IPv6, cut behind an atomic fragment": cut(over6(fragment(), destination()), 14 + 40 + 8 + 7),
    ...of("IPv4", behindThreeTags(ipv4({ moreFragments: true }), udp())),
    ...of("IPv6", unannounced(ipv6(), fragment(), udp())),
  },
  tables: [
    kinds({ "whole": over4({}), "later": over4({ fragmentOffset: 7 }), "first": over4({ moreFragments: true }) }),
    kinds({ "whole": over6(), "later": over6(fragment({ offset: 7 })), "first": over6(fragment({ more: true })) }),
  ],
};
