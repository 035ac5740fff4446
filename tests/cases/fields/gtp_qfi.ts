import { ethernet, frame, gtp, ipv4, ipv6, payload, stack, udp } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { upperCases } from "../upper_cases.ts";

export const cases: FieldCases = upperCases({
  field: "gtp.qfi",
  widthBits: 6,
  upper: (qfi) => stack(udp({ dst: 2152 }), gtp({ session: { qfi: 0xc0 | qfi, pduType: 15 } })),
  bytes: 23,
  present: [{
    value: 5,
    packets: {
      "with a sequence number": //
        frame(ethernet(), ipv4(), udp({ dst: 2152 }), gtp({ sequence: true, session: { qfi: 5 } })),
      "in a container of two words": //
        frame(ethernet(), ipv6(), udp({ dst: 2152 }), gtp({ session: { qfi: 5, words: 2 } }), payload([0, 0, 0, 0])),
    },
  }],
  absent: {
    "of version 2": frame(ethernet(), ipv4(), udp({ dst: 2152 }), gtp({ version: 2, session: { qfi: 0x29 } })),
    "of version 0": frame(ethernet(), ipv6(), udp({ dst: 2152 }), gtp({ version: 0, session: { qfi: 0x29 } })),
    "GTP'": frame(ethernet(), ipv4(), udp({ dst: 2152 }), gtp({ protocolType: 0, session: { qfi: 0x29 } })),
    "from the port": frame(ethernet(), ipv4(), udp({ src: 2152 }), gtp({ session: { qfi: 0x29 } })),
    "to GTP-C's port": frame(ethernet(), ipv6(), udp({ dst: 2123 }), gtp({ session: { qfi: 0x29 } })),
    "without the container": frame(
      ethernet(),
      ipv4(),
      udp({ dst: 2152 }),
      gtp(),
      payload([0, 0, 0, 0x85, 1, 0xa0, 0x29, 0]),
    ),
    "with a sequence number only": frame(
      ethernet(),
      ipv6(),
      udp({ dst: 2152 }),
      gtp({ sequence: true }),
      payload([1, 0xa0, 0x29]),
    ),
    "without the flag of extensions": frame(
      ethernet(),
      ipv6(),
      udp({ dst: 2152 }),
      gtp({ hidden: true, session: { qfi: 0x29 } }),
    ),
    "with another extension first": frame(
      ethernet(),
      ipv4(),
      udp({ dst: 2152 }),
      gtp({ session: { next: 0x40, qfi: 0x29 } }),
    ),
    "with a container of no bytes": frame(
      ethernet(),
      ipv4(),
      udp({ dst: 2152 }),
      gtp({ session: { words: 0, qfi: 0x29 } }),
    ),
  },
});
