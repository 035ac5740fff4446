import { ethernet, frame, icmp, icmpv6, ipv4, ipv6, tcp, udp } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { upperCases } from "../upper_cases.ts";

export const cases: FieldCases = upperCases({
  field: "icmp.code",
  widthBits: 8,
  upper: (code) => icmp({ code, type: 0x5a }),
  bytes: 2,
  absent: {
    "ICMPv6": frame(ethernet(), ipv6(), icmpv6({ code: 0xa5 })),
    "ICMPv6 over the other family": frame(ethernet(), ipv4(), icmpv6({ code: 0xa5 })),
    "TCP": frame(ethernet(), ipv4(), tcp({ src: 0xa5a5 })),
    "UDP": frame(ethernet(), ipv6(), udp({ src: 0xa5a5 })),
  },
  brief: true,
});
