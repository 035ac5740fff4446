import { ethernet, frame, gtp, ipv4, ipv6, payload, stack, udp } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { upperCases } from "../upper_cases.ts";

export const cases: FieldCases = upperCases({
  field: "gtp.pdu_type",
  widthBits: 4,
  upper: (pduType) => stack(udp({ dst: 2152 }), gtp({ session: { pduType, qfi: 0xff } })),
  bytes: 23,
  present: [{
    value: 5,
    packets: {
      "with a sequence number": //
        frame(ethernet(), ipv4(), udp({ dst: 2152 }), gtp({ sequence: true, session: { pduType: 5 } })),
      "in a container of two words": //
        frame(
          ethernet(),
          ipv6(),
          udp({ dst: 2152 }),
          gtp({ session: { pduType: 5, words: 2 } }),
          payload([0, 0, 0, 0]),
        ),
    },
  }],
  absent: {
    "of version 2": frame(ethernet(), ipv4(), udp({ dst: 2152 }), gtp({ version: 2, session: { pduType: 10 } })),
    "of version 0": frame(ethernet(), ipv6(), udp({ dst: 2152 }), gtp({ version: 0, session: { pduType: 10 } })),
    "GTP'": frame(ethernet(), ipv4(), udp({ dst: 2152 }), gtp({ protocolType: 0, session: { pduType: 10 } })),
    "from the port": frame(ethernet(), ipv4(), udp({ src: 2152 }), gtp({ session: { pduType: 10 } })),
    "to GTP-C's port": frame(ethernet(), ipv6(), udp({ dst: 2123 }), gtp({ session: { pduType: 10 } })),
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
      gtp({ hidden: true, session: { pduType: 10 } }),
    ),
    "with another extension first": frame(
      ethernet(),
      ipv4(),
      udp({ dst: 2152 }),
      gtp({ session: { next: 0x40, pduType: 10 } }),
    ),
    "with a container of no bytes": frame(
      ethernet(),
      ipv4(),
      udp({ dst: 2152 }),
      gtp({ session: { words: 0, pduType: 10 } }),
    ),
  },
  brief: true,
});
