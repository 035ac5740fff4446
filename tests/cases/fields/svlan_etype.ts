import { arp, cut, ethernet, frame, inMetadata, ipv4, ipv6, udp, vlan } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { etypeCases, OUTER } from "../tag_cases.ts";

export const cases: FieldCases = etypeCases(OUTER, [
  {
    value: "ip",
    packets: {
      "behind the only tag": frame(ethernet(), vlan(), ipv4(), udp()),
      "behind the only tag, nothing more": cut(frame(ethernet(), vlan(), ipv4()), 18),
      "behind the tag in metadata": inMetadata({}, frame(ethernet(), ipv4(), udp())),
      "behind the tag in metadata, nothing more": inMetadata({}, cut(frame(ethernet(), ipv4()), 14)),
    },
  },
  { value: "arp", packets: { "behind the tag in metadata": inMetadata({ tpid: 0x88a8 }, frame(ethernet(), arp())) } },
  {
    value: "802.1q",
    packets: {
      "behind the first of two": frame(ethernet(), vlan({ tpid: 0x88a8 }), vlan(), ipv4(), udp()),
      "behind the first of two, the second cut by a byte": cut(frame(ethernet(), vlan(), vlan(), ipv4()), 21),
      "behind the first of three": frame(ethernet(), vlan(), vlan(), vlan({ tpid: 0x9100 }), ipv6()),
      "behind the tag in metadata": inMetadata({}, frame(ethernet(), vlan(), ipv6(), udp())),
      "behind the tag in metadata, cut by a byte": inMetadata({}, cut(frame(ethernet(), vlan(), ipv6()), 17)),
      "behind the tag in metadata, of three": inMetadata({}, frame(ethernet(), vlan(), vlan({ tpid: 0x88a8 }), ipv6())),
    },
  },
]);
