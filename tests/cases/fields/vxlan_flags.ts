import { ethernet, frame, ipv4, ipv6, stack, tcp, udp, vxlan } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { upperCases } from "../upper_cases.ts";

export const cases: FieldCases = upperCases({
  field: "vxlan.flags",
  widthBits: 8,
  upper: (flags) => stack(udp({ dst: 4789 }), vxlan({ flags, gbp: 0x555555, vni: 0x555555 })),
  bytes: 16,
  // Without bit 0x08 it is none.
  numbers: { middle: [0xac, 0xad, 0xae], first: [0x08, 0x09], last: [0xfe, 0xff], quarters: [0x1f, 0x28, 0x2f, 0x38] },
  absent: {
    "without the flag": frame(ethernet(), ipv4(), udp({ dst: 4789 }), vxlan({ flags: 0xf7, vni: 0xad })),
    "to another port": frame(ethernet(), ipv6(), udp({ dst: 4790 }), vxlan({ vni: 0xad })),
    "from the port": frame(ethernet(), ipv4(), udp({ src: 4789 }), vxlan({ vni: 0xad })),
    "in TCP": frame(ethernet(), ipv4(), tcp({ dst: 4789 }), vxlan({ vni: 0xad })),
    "to Geneve's port": frame(ethernet(), ipv6(), udp({ dst: 6081 }), vxlan({ vni: 0xad })),
  },
  brief: true,
});
