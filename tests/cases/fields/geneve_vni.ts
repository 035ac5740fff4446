import { ethernet, frame, geneve, geneveOption, ipv4, ipv6, payload, stack, tcp, udp } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { upperCases } from "../upper_cases.ts";

export const cases: FieldCases = upperCases({
  field: "geneve.vni",
  widthBits: 24,
  upper: (vni) => stack(udp({ dst: 6081 }), geneve({ vni, type: 0x5555 }), payload([9, 9])),
  bytes: 16,
  present: [{
    value: 0x123456,
    packets: {
      "with options": //
        frame(
          ethernet(),
          ipv4(),
          udp({ dst: 6081 }),
          geneve({ vni: 0x123456, options: geneveOption(1, 2, [3, 4, 5, 6]) }),
        ),
      "with options that are not there": frame(
        ethernet(),
        ipv6(),
        udp({ dst: 6081 }),
        geneve({ vni: 0x123456, optLen: 63 }),
      ),
      "critical, for control": frame(ethernet(), ipv6(), udp({ dst: 6081 }), geneve({ vni: 0x123456, flags: 0xc0 })),
    },
  }],
  absent: {
    "of version 1": frame(ethernet(), ipv4(), udp({ dst: 6081 }), geneve({ version: 1, vni: 0xa5c3e1 })),
    "of version 2": frame(ethernet(), ipv6(), udp({ dst: 6081 }), geneve({ version: 2, vni: 0xa5c3e1 })),
    "from the port": frame(ethernet(), ipv4(), udp({ src: 6081 }), geneve({ vni: 0xa5c3e1 })),
    "in TCP": frame(ethernet(), ipv4(), tcp({ dst: 6081 }), geneve({ vni: 0xa5c3e1 })),
    "to another port": frame(ethernet(), ipv6(), udp({ dst: 6082 }), geneve({ vni: 0xa5c3e1 })),
  },
});
