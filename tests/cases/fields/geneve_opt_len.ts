import { ethernet, frame, geneve, geneveOption, ipv4, ipv6, stack, tcp, udp } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { upperCases } from "../upper_cases.ts";

export const cases: FieldCases = upperCases({
  field: "geneve.opt_len",
  widthBits: 6,
  upper: (optLen) => stack(udp({ dst: 6081 }), geneve({ optLen, flags: 0xff, vni: 0x555555 })),
  bytes: 16,
  present: [{
    value: 3,
    packets: {
      "as many as it says": //
        frame(
          ethernet(),
          ipv4(),
          udp({ dst: 6081 }),
          geneve({ options: geneveOption(0x102, 0x80, [1, 2, 3, 4, 5, 6, 7, 8]) }),
        ),
    },
  }],
  absent: {
    "of version 1": frame(ethernet(), ipv4(), udp({ dst: 6081 }), geneve({ version: 1, optLen: 0x29 })),
    "of version 2": frame(ethernet(), ipv6(), udp({ dst: 6081 }), geneve({ version: 2, optLen: 0x29 })),
    "from the port": frame(ethernet(), ipv4(), udp({ src: 6081 }), geneve({ optLen: 0x29 })),
    "in TCP": frame(ethernet(), ipv4(), tcp({ dst: 6081 }), geneve({ optLen: 0x29 })),
    "to another port": frame(ethernet(), ipv6(), udp({ dst: 6082 }), geneve({ optLen: 0x29 })),
  },
  brief: true,
});
