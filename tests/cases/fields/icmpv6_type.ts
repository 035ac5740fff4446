import { ethernet, frame, icmp, icmpv6, ipv4, ipv6, tcp, udp } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { upperCases } from "../upper_cases.ts";

export const cases: FieldCases = upperCases({
  field: "icmpv6.type",
  widthBits: 8,
  upper: (type) => icmpv6({ type, code: 0x5a }),
  bytes: 2,
  absent: {
    "ICMP": frame(ethernet(), ipv6(), icmp({ type: 0xa5 })),
    "ICMP over the other family": frame(ethernet(), ipv4(), icmp({ type: 0xa5 })),
    "TCP": frame(ethernet(), ipv4(), tcp({ src: 0xa5a5 })),
    "UDP": frame(ethernet(), ipv6(), udp({ src: 0xa5a5 })),
  },
});
