import { cut, erspan2, ethernet, frame, gre, ipv4, ipv6, payload, stack } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { upperCases } from "../upper_cases.ts";

export const cases: FieldCases = upperCases({
  field: "gre.key",
  widthBits: 32,
  upper: (key) => stack(gre({ key, type: 0x0800 }), payload([0x55, 0x55, 0x55, 0x55])),
  bytes: 8,
  present: [{
    value: 0x12345678,
    packets: {
      "behind a checksum": frame(ethernet(), ipv4(), gre({ key: 0x12345678, checksum: true })),
      "behind a checksum, no byte more": //
        cut(frame(ethernet(), ipv4(), gre({ key: 0x12345678, checksum: true, sequence: 1 })), 14 + 20 + 12),
      "behind the offset of routing": frame(ethernet(), ipv6(), gre({ key: 0x12345678, routing: true })),
      "behind the word of both": frame(ethernet(), ipv6(), gre({ key: 0x12345678, checksum: true, routing: true })),
      "before a sequence number": frame(ethernet(), ipv4(), gre({ key: 0x12345678, sequence: 0x99 })),
      "before ERSPAN": frame(ethernet(), ipv4(), gre({ key: 0x12345678, sequence: 0x99 }), erspan2({ session: 5 })),
    },
  }],
  absent: {
    "without a key": frame(ethernet(), ipv4(), gre(), payload([0xa5, 0xc3, 0xe1, 0x78])),
    "with a sequence number in its place": frame(ethernet(), ipv6(), gre({ sequence: 0xa5c3e178 })),
    "behind a checksum, a byte less": //
      cut(frame(ethernet(), ipv4(), gre({ key: 0xa5c3e178, checksum: true })), 14 + 20 + 11),
    "version 1": frame(ethernet(), ipv4(), gre({ key: 0xa5c3e178, version: 1 })),
  },
});
