import { ethernet, frame, gre, ipv4, ipv6, payload, stack } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { upperCases } from "../upper_cases.ts";

export const cases: FieldCases = upperCases({
  field: "gre.flags_and_version",
  widthBits: 16,
  upper: (flags) => stack(gre({ flags, type: 0x0800 }), payload([1, 2, 3, 4])),
  bytes: 4,
  // The version, the low three bits, is zero.
  numbers: {
    middle: [0xa5b8, 0xa5c0, 0xa5c8],
    first: [0, 8],
    last: [0xfff0, 0xfff8],
    quarters: [0x01f8, 0x0200, 0x02f8, 0x0300],
  },
  absent: {
    "version 1, as PPTP has it": frame(ethernet(), ipv4(), gre({ flags: 0x3001, type: 0x880b }), payload([0, 0, 0, 1])),
    "version 2": frame(ethernet(), ipv6(), gre({ flags: 0xa5c2 })),
    "version 4": frame(ethernet(), ipv4(), gre({ flags: 0xa5c4 })),
  },
});
