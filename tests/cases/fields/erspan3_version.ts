import { erspan2, erspan3, ethernet, frame, gre, ipv4, ipv6, payload, stack } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { upperCases } from "../upper_cases.ts";

export const cases: FieldCases = upperCases({
  field: "erspan3.version",
  widthBits: 4,
  upper: (value) =>
    stack(
      gre({ sequence: 1 }),
      erspan3({ version: value, vlan: 0xfff, session: 0 }),
      payload([0x55, 0x55, 0x55, 0x55]),
    ),
  bytes: 20,
  absent: {
    "type II": frame(
      ethernet(),
      ipv4(),
      gre({ sequence: 1 }),
      erspan2({ session: 0x297 }),
      payload([1, 2, 3, 4, 5, 6]),
    ),
    "behind routing": frame(ethernet(), ipv6(), gre({ sequence: 1, routing: true }), erspan3({ session: 0x297 })),
    "in GRE of version 2": frame(ethernet(), ipv6(), gre({ sequence: 1, version: 2 }), erspan3({ session: 0x297 })),
    "under another type": frame(ethernet(), ipv4(), gre({ sequence: 1, type: 0x22ea }), erspan3({ session: 0x297 })),
  },
  brief: true,
});
