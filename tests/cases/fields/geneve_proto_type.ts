import { ethernet, frame, geneve, ipv4, ipv6, stack, tcp, udp } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { upperCases } from "../upper_cases.ts";

export const cases: FieldCases = upperCases({
  field: "geneve.proto_type",
  widthBits: 16,
  upper: (type) => stack(udp({ dst: 6081 }), geneve({ type, flags: 0xff, vni: 0x555555 })),
  bytes: 16,
  absent: {
    "of version 1": frame(ethernet(), ipv4(), udp({ dst: 6081 }), geneve({ version: 1, type: 0xa5c3 })),
    "of version 2": frame(ethernet(), ipv6(), udp({ dst: 6081 }), geneve({ version: 2, type: 0xa5c3 })),
    "from the port": frame(ethernet(), ipv4(), udp({ src: 6081 }), geneve({ type: 0xa5c3 })),
    "in TCP": frame(ethernet(), ipv4(), tcp({ dst: 6081 }), geneve({ type: 0xa5c3 })),
    "to another port": frame(ethernet(), ipv6(), udp({ dst: 6082 }), geneve({ type: 0xa5c3 })),
  },
  brief: true,
});
