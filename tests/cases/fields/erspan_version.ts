import { cut, erspan2, erspan3, ethernet, frame, gre, ipv4, ipv6, payload, stack } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { upperCases } from "../upper_cases.ts";

export const cases: FieldCases = upperCases({
  field: "erspan.version",
  widthBits: 4,
  upper: (version) => stack(gre({ sequence: 1 }), erspan2({ version, vlan: 0x555 })),
  bytes: 16,
  present: [
    { value: 1, packets: { "type II": frame(ethernet(), ipv4(), gre({ sequence: 1 }), erspan2()) } },
    { value: 2, packets: { "type III": frame(ethernet(), ipv6(), gre({ sequence: 1 }), erspan3()) } },
  ],
  absent: {
    "type I": frame(ethernet(), ipv4(), gre({ type: 0x88be }), payload(new Array<number>(20).fill(0xaa))),
    "type III, a byte less": cut(frame(ethernet(), ipv4(), gre({ sequence: 1 }), erspan3()), 14 + 20 + 19),
    "other GRE": frame(ethernet(), ipv4(), gre({ type: 0x6558, sequence: 1 }), payload([0xa0, 0, 0, 1, 0, 0, 0, 1])),
  },
});
