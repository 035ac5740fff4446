import { ethernet, frame, ipv4, udp } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { ipv4Around, ipv4Table, ipv4Within, ipv6Between } from "../ipv4_address_cases.ts";
import { ipv4Everywhere, ipv4Nowhere } from "../shapes.ts";

const packet = (src: string) => frame(ethernet(), ipv4({ src, dst: "100.64.9.9" }), udp());

export const cases: FieldCases = {
  field: "ip.src",
  largest: 0xffff_ffffn,
  around: ipv4Around(packet),
  within: ipv4Within(packet),
  present: [{ value: "203.0.113.7", packets: ipv4Everywhere({ src: "203.0.113.7" }) }],
  absent: ipv4Nowhere({ src: "203.0.113.7" }),
  tables: [ipv4Table(packet, (src) => ipv6Between(src, "2001:db8::99"))],
  rules: [
    {
      name: "both addresses",
      matches: [{ field: "ip.src", value: "10.0.0.0/8" }, { field: "ip.dst", value: "192.0.2.1" }],
      packet: frame(ethernet(), ipv4({ src: "10.2.3.4", dst: "192.0.2.1" }), udp()),
      holds: true,
    },
    {
      name: "both addresses, swapped",
      matches: [{ field: "ip.src", value: "10.0.0.0/8" }, { field: "ip.dst", value: "192.0.2.1" }],
      packet: frame(ethernet(), ipv4({ src: "192.0.2.1", dst: "10.2.3.4" }), udp()),
      holds: false,
    },
  ],
};
