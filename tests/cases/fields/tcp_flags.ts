import { ethernet, frame, ipv4, ipv6, payload, sctp, tcp, udp } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { upperCases } from "../upper_cases.ts";

// The reserved bits before them are the data offset's, which is 5 in all these; beyond 14 bytes nothing is asked for.
export const cases: FieldCases = upperCases({
  field: "tcp.flags",
  widthBits: 12,
  upper: (flags) => tcp({ flags, src: 0xffff, dst: 0xffff }),
  bytes: 14,
  present: [
    {
      value: 0x012,
      packets: {
        "SYN and ACK": frame(ethernet(), ipv4(), tcp({ flags: 0x012 })),
        "before options": frame(ethernet(), ipv6(), tcp({ flags: 0x012, options: [1, 1, 1, 1] }), payload([9, 9])),
        "with a data offset of nothing": frame(ethernet(), ipv4(), tcp({ flags: 0x012, dataOffset: 0 })),
        "with a data offset beyond the frame": frame(ethernet(), ipv4(), tcp({ flags: 0x012, dataOffset: 15 })),
      },
    },
  ],
  absent: {
    "UDP": frame(ethernet(), ipv4(), udp(), payload(new Array<number>(20).fill(0x12))),
    "SCTP": frame(ethernet(), ipv6(), sctp(), payload(new Array<number>(20).fill(0x12))),
  },
  tables: [{
    packets: {
      "SYN": frame(ethernet(), ipv4(), tcp({ flags: 0x002 })),
      "SYN and ACK": frame(ethernet(), ipv4(), tcp({ flags: 0x012 })),
      "ACK": frame(ethernet(), ipv4(), tcp({ flags: 0x010 })),
      "SYN, ECE, CWR and AE": frame(ethernet(), ipv4(), tcp({ flags: 0x1c2 })),
    },
    rows: [["==", "0x02/0x12", [true, false, false, true]]],
  }],
});
