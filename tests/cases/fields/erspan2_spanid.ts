import { erspan2, erspan3, ethernet, frame, gre, ipv4, ipv6, payload, stack } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { upperCases } from "../upper_cases.ts";

export const cases: FieldCases = upperCases({
  field: "erspan2.spanid",
  widthBits: 10,
  upper: (value) =>
    stack(
      gre({ sequence: 1 }),
      erspan2({ session: value, vlan: 0xfff, bits: 0x15, index: 0xfffff }),
      payload([0x55, 0x55, 0x55, 0x55]),
    ),
  bytes: 16,
  present: [{
    value: 0x123,
    packets: {
      "behind a key": frame(ethernet(), ipv4(), gre({ key: 7, sequence: 1 }), erspan2({ session: 0x123 })),
      "behind a checksum": frame(ethernet(), ipv6(), gre({ checksum: true, sequence: 1 }), erspan2({ session: 0x123 })),
      "behind both": //
        frame(ethernet(), ipv4(), gre({ checksum: true, key: 7, sequence: 1 }), erspan2({ session: 0x123 })),
      "without the frame that it carries": frame(ethernet(), ipv4(), gre({ sequence: 1 }), erspan2({ session: 0x123 })),
    },
  }],
  absent: {
    "type III": frame(ethernet(), ipv4(), gre({ sequence: 1 }), erspan3({ version: 10, session: 0x297, hwId: 3 })),
    "type I, without a sequence number": frame(ethernet(), ipv4(), gre(), erspan2({ version: 10, session: 0x297 })),
    "behind routing": frame(ethernet(), ipv6(), gre({ sequence: 1, routing: true }), erspan2({ session: 0x297 })),
    "in GRE of version 1": frame(ethernet(), ipv6(), gre({ sequence: 1, version: 1 }), erspan2({ session: 0x297 })),
    "under another type": frame(ethernet(), ipv4(), gre({ sequence: 1, type: 0x88bf }), erspan2({ session: 0x297 })),
  },
});
