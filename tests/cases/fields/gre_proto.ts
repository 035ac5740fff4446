import { ethernet, frame, gre, ipv4, ipv6, payload, stack, udp } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { upperCases } from "../upper_cases.ts";

export const cases: FieldCases = upperCases({
  field: "gre.proto",
  widthBits: 16,
  upper: (type) => stack(gre({ type }), payload([1, 2, 3, 4])),
  bytes: 4,
  present: [{
    value: 0x6558,
    packets: {
      "with everything that it can have": //
        frame(ethernet(), ipv4(), gre({ type: 0x6558, key: 1, sequence: 2, checksum: true, routing: true })),
      "with flags and nothing behind": frame(ethernet(), ipv6(), gre({ type: 0x6558, flags: 0xb000 })),
    },
  }],
  absent: {
    "version 1": frame(ethernet(), ipv4(), gre({ type: 0xa5c3, version: 1 })),
    "version 7": frame(ethernet(), ipv6(), gre({ type: 0xa5c3, version: 7 })),
    "UDP": frame(ethernet(), ipv4(), udp({ src: 0, dst: 0xa5c3 })),
  },
});
