import { esp, ethernet, frame, ipv4, ipv6, l2tp, udp } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { upperCases } from "../upper_cases.ts";

export const cases: FieldCases = upperCases({
  field: "l2tp.sid",
  widthBits: 32,
  upper: (session) => l2tp({ session }),
  bytes: 4,
  absent: {
    "ESP": frame(ethernet(), ipv4(), esp({ spi: 0xa5c3e178 })),
    "L2TP in UDP": frame(ethernet(), ipv6(), udp({ dst: 1701 }), l2tp({ session: 0xa5c3e178 })),
  },
});
