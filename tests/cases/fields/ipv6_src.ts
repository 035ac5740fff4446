import { ethernet, frame, ipv6, udp } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { ipv6Around, ipv6Table, ipv6Within } from "../ipv6_address_cases.ts";
import { ipv6Everywhere, ipv6Nowhere } from "../shapes.ts";

const packet = (src: string) => frame(ethernet(), ipv6({ src, dst: "2001:db8:99::99" }), udp());

export const cases: FieldCases = {
  field: "ipv6.src",
  largest: 0xffffffff_ffffffff_ffffffff_ffffffffn,
  around: ipv6Around(packet),
  within: ipv6Within(packet),
  present: [{ value: "fd00::203:0:113:7", packets: ipv6Everywhere({ src: "fd00::203:0:113:7" }) }],
  absent: ipv6Nowhere({ src: "fd00::203:0:113:7" }),
  tables: [ipv6Table(packet)],
  rules: [
    {
      name: "both addresses",
      matches: [{ field: "ipv6.src", value: "2001:db8::/32" }, { field: "ipv6.dst", value: "fe80::1" }],
      packet: frame(ethernet(), ipv6({ src: "2001:db8::7", dst: "fe80::1" }), udp()),
      holds: true,
    },
    {
      name: "both addresses, swapped",
      matches: [{ field: "ipv6.src", value: "2001:db8::/32" }, { field: "ipv6.dst", value: "fe80::1" }],
      packet: frame(ethernet(), ipv6({ src: "fe80::1", dst: "2001:db8::7" }), udp()),
      holds: false,
    },
  ],
};
