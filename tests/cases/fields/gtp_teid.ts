import { cut, ethernet, frame, gtp, ipv4, ipv6, payload, stack, udp } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { upperCases } from "../upper_cases.ts";

export const cases: FieldCases = upperCases({
  field: "gtp.teid",
  widthBits: 32,
  upper: (teid) => stack(udp({ dst: 2152 }), gtp({ teid }), payload([0x55, 0x55])),
  bytes: 16,
  present: [{
    value: 0x12345678,
    packets: {
      "with a sequence number": frame(
        ethernet(),
        ipv4(),
        udp({ dst: 2152 }),
        gtp({ teid: 0x12345678, sequence: true }),
      ),
      "with an extension": frame(
        ethernet(),
        ipv6(),
        udp({ dst: 2152 }),
        gtp({ teid: 0x12345678, session: { qfi: 5 } }),
      ),
      "with an extension that is not there": //
        cut(frame(ethernet(), ipv4(), udp({ dst: 2152 }), gtp({ teid: 0x12345678, session: {} })), 14 + 20 + 16),
    },
  }],
  absent: {
    "of version 2": frame(ethernet(), ipv4(), udp({ dst: 2152 }), gtp({ version: 2, teid: 0xa5c3e178 })),
    "of version 0": frame(ethernet(), ipv6(), udp({ dst: 2152 }), gtp({ version: 0, teid: 0xa5c3e178 })),
    "GTP'": frame(ethernet(), ipv4(), udp({ dst: 2152 }), gtp({ protocolType: 0, teid: 0xa5c3e178 })),
    "from the port": frame(ethernet(), ipv4(), udp({ src: 2152 }), gtp({ teid: 0xa5c3e178 })),
    "to GTP-C's port": frame(ethernet(), ipv6(), udp({ dst: 2123 }), gtp({ teid: 0xa5c3e178 })),
  },
});
