import { ethernet, frame, ipv4, ipv6, payload, stack, tcp, udp, vxlan } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { upperCases } from "../upper_cases.ts";

export const cases: FieldCases = upperCases({
  field: "vxlan.vni",
  widthBits: 24,
  upper: (vni) => stack(udp({ dst: 4789 }), vxlan({ vni, reserved: 0x55, gbp: 0x555555 }), payload([9, 9])),
  bytes: 16,
  present: [{
    value: 0x123456,
    packets: {
      "to the older port": frame(ethernet(), ipv4(), udp({ dst: 8472 }), vxlan({ vni: 0x123456 })),
      "with every flag": frame(ethernet(), ipv6(), udp({ dst: 4789 }), vxlan({ flags: 0xff, vni: 0x123456 })),
      "with UDP length zero": frame(ethernet(), ipv6(), udp({ dst: 4789, length: 0 }), vxlan({ vni: 0x123456 })),
      "a frame inside": //
        frame(ethernet(), ipv4(), udp({ dst: 4789 }), vxlan({ vni: 0x123456 }), ethernet(), ipv4(), udp()),
    },
  }],
  absent: {
    "without the flag": frame(ethernet(), ipv4(), udp({ dst: 4789 }), vxlan({ flags: 0xf7, vni: 0xa5c3e1 })),
    "to another port": frame(ethernet(), ipv6(), udp({ dst: 4790 }), vxlan({ vni: 0xa5c3e1 })),
    "from the port": frame(ethernet(), ipv4(), udp({ src: 4789 }), vxlan({ vni: 0xa5c3e1 })),
    "in TCP": frame(ethernet(), ipv4(), tcp({ dst: 4789 }), vxlan({ vni: 0xa5c3e1 })),
    "to Geneve's port": frame(ethernet(), ipv6(), udp({ dst: 6081 }), vxlan({ vni: 0xa5c3e1 })),
  },
});
