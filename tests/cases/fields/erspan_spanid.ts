import { cut, erspan2, erspan3, ethernet, frame, gre, ipv4, ipv6, payload, stack } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { upperCases } from "../upper_cases.ts";

export const cases: FieldCases = upperCases({
  field: "erspan.spanid",
  widthBits: 10,
  upper: (session) => stack(gre({ sequence: 1 }), erspan3({ session, bits: 0x3f })),
  bytes: 20,
  present: [
    { value: 100, packets: { "type II": frame(ethernet(), ipv4(), gre({ sequence: 1 }), erspan2({ session: 100 })) } },
    { value: 101, packets: { "type III": frame(ethernet(), ipv6(), gre({ sequence: 1 }), erspan3({ session: 101 })) } },
  ],
  absent: {
    "type I": frame(ethernet(), ipv4(), gre({ type: 0x88be }), payload(new Array<number>(20).fill(0xaa))),
    "type II, a byte less": cut(frame(ethernet(), ipv4(), gre({ sequence: 1 }), erspan2()), 14 + 20 + 15),
    "other GRE": frame(ethernet(), ipv4(), gre({ type: 0x6558, sequence: 1 }), payload([0, 0, 2, 0x97, 0, 0, 0, 1])),
  },
});
