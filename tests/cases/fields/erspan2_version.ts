import { erspan2, erspan3, ethernet, frame, gre, ipv4, ipv6, payload, stack } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { upperCases } from "../upper_cases.ts";

export const cases: FieldCases = upperCases({
  field: "erspan2.version",
  widthBits: 4,
  upper: (value) =>
    stack(
      gre({ sequence: 1 }),
      erspan2({ version: value, vlan: 0xfff, session: 0 }),
      payload([0x55, 0x55, 0x55, 0x55]),
    ),
  bytes: 16,
  absent: {
    "type III": frame(ethernet(), ipv4(), gre({ sequence: 1 }), erspan3({ version: 10, session: 0x297, hwId: 3 })),
    "type I, without a sequence number": frame(ethernet(), ipv4(), gre(), erspan2({ version: 10, session: 0x297 })),
    "behind routing": frame(ethernet(), ipv6(), gre({ sequence: 1, routing: true }), erspan2({ session: 0x297 })),
    "in GRE of version 1": frame(ethernet(), ipv6(), gre({ sequence: 1, version: 1 }), erspan2({ session: 0x297 })),
    "under another type": frame(ethernet(), ipv4(), gre({ sequence: 1, type: 0x88bf }), erspan2({ session: 0x297 })),
  },
  brief: true,
});
