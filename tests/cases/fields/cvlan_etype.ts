import { cut, ethernet, frame, inMetadata, ipv4, ipv6, udp, vlan } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { etypeCases, INNER } from "../tag_cases.ts";

const outer = vlan({ tpid: 0x88a8 });

export const cases: FieldCases = etypeCases(INNER, [
  {
    value: "ip",
    packets: {
      "behind the second tag": frame(ethernet(), outer, vlan(), ipv4(), udp()),
      "behind the second tag, nothing more": cut(frame(ethernet(), outer, vlan(), ipv4()), 22),
      "behind the tag in the packet, one in metadata": inMetadata({}, frame(ethernet(), vlan(), ipv4(), udp())),
      "behind the tag in the packet, nothing more": inMetadata({}, cut(frame(ethernet(), vlan(), ipv4()), 18)),
    },
  },
  {
    value: 0x9100,
    packets: {
      "behind the second of three": frame(ethernet(), outer, vlan(), vlan({ tpid: 0x9100 }), ipv6()),
      "behind the second of three, the third cut": cut(frame(ethernet(), outer, vlan(), vlan({ tpid: 0x9100 })), 23),
      "between one in metadata and a third": inMetadata({}, frame(ethernet(), vlan(), vlan({ tpid: 0x9100 }), ipv6())),
    },
  },
]);
