import {
  cut,
  erspan2,
  erspan3,
  ethernet,
  frame,
  geneve,
  gre,
  gtp,
  ipv4,
  ipv6,
  payload,
  stack,
  udp,
  vxlan,
} from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { upperCases } from "../upper_cases.ts";

export const cases: FieldCases = upperCases({
  field: "tunnel.id",
  widthBits: 32,
  upper: (key) => stack(gre({ key, type: 0x6558 }), payload([0x55, 0x55, 0x55, 0x55])),
  bytes: 8,
  present: [
    {
      value: 0x123456,
      packets: {
        "VXLAN": frame(ethernet(), ipv4(), udp({ dst: 4789 }), vxlan({ vni: 0x123456, reserved: 0xff })),
        "VXLAN to the older port": frame(ethernet(), ipv6(), udp({ dst: 8472 }), vxlan({ vni: 0x123456 })),
        "Geneve": frame(ethernet(), ipv6(), udp({ dst: 6081 }), geneve({ vni: 0x123456 })),
        "GTP-U": frame(ethernet(), ipv4(), udp({ dst: 2152 }), gtp({ teid: 0x123456 })),
        "GRE behind a checksum": frame(ethernet(), ipv6(), gre({ key: 0x123456, checksum: true })),
      },
    },
    {
      value: 0x2a5,
      packets: {
        "ERSPAN type II": frame(ethernet(), ipv4(), gre({ sequence: 1 }), erspan2({ session: 0x2a5, bits: 0x3f })),
        "ERSPAN type III": frame(ethernet(), ipv6(), gre({ sequence: 1 }), erspan3({ session: 0x2a5, bits: 0x3f })),
        "ERSPAN in GRE with a key": frame(
          ethernet(),
          ipv4(),
          gre({ sequence: 1, key: 9 }),
          erspan2({ session: 0x2a5 }),
        ),
        "the key before ERSPAN that is cut": //
          cut(frame(ethernet(), ipv4(), gre({ sequence: 1, key: 0x2a5 }), erspan2({ session: 9 })), 14 + 20 + 12 + 7),
        "the key of ERSPAN type I": frame(ethernet(), ipv6(), gre({ key: 0x2a5 }), erspan2({ session: 9 })),
      },
    },
  ],
  absent: {
    "GRE without a key": frame(ethernet(), ipv4(), gre({ type: 0x6558 }), payload([0xa5, 0xc3, 0xe1, 0x78])),
    "GRE of version 1": frame(ethernet(), ipv4(), gre({ key: 0xa5c3e178, version: 1 })),
    "VXLAN without the flag": frame(ethernet(), ipv4(), udp({ dst: 4789 }), vxlan({ vni: 0xa5c3e1, flags: 0 })),
    "Geneve of version 1": frame(ethernet(), ipv6(), udp({ dst: 6081 }), geneve({ vni: 0xa5c3e1, version: 1 })),
    "GTP'": frame(ethernet(), ipv4(), udp({ dst: 2152 }), gtp({ teid: 0xa5c3e178, protocolType: 0 })),
    "UDP to any port": frame(ethernet(), ipv4(), udp({ dst: 4790 }), vxlan({ vni: 0xa5c3e1 })),
  },
});
