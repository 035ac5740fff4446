import { ah, esp, ethernet, frame, ipv4, ipv6, payload, udp } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { upperCases } from "../upper_cases.ts";

export const cases: FieldCases = upperCases({
  field: "esp.spi",
  widthBits: 32,
  upper: (spi) => esp({ spi }),
  bytes: 4,
  absent: {
    "AH over IPv4": frame(ethernet(), ipv4(), ah({ spi: 0xa5c3e178 }), payload([0xa5, 0xc3, 0xe1, 0x78])),
    "AH over IPv6, with something else behind": frame(ethernet(), ipv6(), ah({ spi: 0xa5c3e178 }), udp()),
    "ESP in UDP": frame(ethernet(), ipv4(), udp({ dst: 4500 }), esp({ spi: 0xa5c3e178 })),
  },
});
