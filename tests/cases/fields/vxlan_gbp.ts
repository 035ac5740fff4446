import { ethernet, frame, ipv4, ipv6, stack, tcp, udp, vxlan } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { upperCases } from "../upper_cases.ts";

export const cases: FieldCases = upperCases({
  field: "vxlan.gbp",
  widthBits: 24,
  upper: (gbp) => stack(udp({ dst: 8472 }), vxlan({ flags: 0x88, gbp, vni: 0x555555 })),
  bytes: 16,
  absent: {
    "without the flag": frame(ethernet(), ipv4(), udp({ dst: 4789 }), vxlan({ flags: 0xf7, gbp: 0xa5c3e1 })),
    "to another port": frame(ethernet(), ipv6(), udp({ dst: 4790 }), vxlan({ gbp: 0xa5c3e1 })),
    "from the port": frame(ethernet(), ipv4(), udp({ src: 4789 }), vxlan({ gbp: 0xa5c3e1 })),
    "in TCP": frame(ethernet(), ipv4(), tcp({ dst: 4789 }), vxlan({ gbp: 0xa5c3e1 })),
    "to Geneve's port": frame(ethernet(), ipv6(), udp({ dst: 6081 }), vxlan({ gbp: 0xa5c3e1 })),
  },
  brief: true,
});
