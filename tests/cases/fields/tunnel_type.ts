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
  stack,
  tcp,
  udp,
  vxlan,
} from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { behindChains, behindTags, hiddenInIpv4, hiddenInIpv6, notIp, of } from "../shapes.ts";

const kinds = {
  1: stack(udp({ dst: 4789 }), vxlan()),
  2: stack(udp({ dst: 6081 }), geneve()),
  3: gre({ type: 0x6558 }),
  4: stack(gre({ sequence: 1 }), erspan2()),
  5: stack(udp({ dst: 2152 }), gtp()),
};
const packet = (kind: keyof typeof kinds) => frame(ethernet(), kind === 3 ? ipv6() : ipv4(), kinds[kind]);
const bytes = { 1: 16, 2: 16, 3: 4, 4: 16, 5: 16 };
const everyKind = [1, 2, 3, 4, 5] as const;

export const cases: FieldCases = {
  field: "tunnel.type",
  largest: 255n,
  around: [
    { value: 3, below: packet(2), equal: packet(3), above: packet(4) },
    { value: 1, equal: packet(1), above: packet(2) },
    { value: 5, below: packet(4), equal: packet(5) },
  ],
  within: [{ range: "2..4", below: packet(1), first: packet(2), last: packet(4), above: packet(5) }],
  present: [
    ...everyKind.map((kind) => ({
      value: kind,
      packets: {
        ...of("IPv4", behindTags(ipv4(), kinds[kind])),
        ...of("IPv6", behindTags(ipv6(), kinds[kind])),
        ...behindChains(kinds[kind]),
        "no byte more": cut(frame(ethernet(), ipv4(), kinds[kind]), 14 + 20 + bytes[kind]),
      },
    })),
    {
      value: 3,
      packets: {
        "GRE with a key": frame(ethernet(), ipv4(), gre({ key: 1 })),
        "ERSPAN type I": frame(ethernet(), ipv4(), gre(), erspan2()),
        "ERSPAN that is cut": cut(frame(ethernet(), ipv4(), kinds[4]), 14 + 20 + 15),
        "ERSPAN behind routing": frame(ethernet(), ipv4(), gre({ routing: true, sequence: 1 }), erspan3()),
      },
    },
    { value: 4, packets: { "ERSPAN type III": frame(ethernet(), ipv6(), gre({ sequence: 1 }), erspan3()) } },
    { value: 1, packets: { "VXLAN to the older port": frame(ethernet(), ipv6(), udp({ dst: 8472 }), vxlan()) } },
  ],
  absent: {
    ...notIp(),
    ...Object.fromEntries(everyKind.flatMap((kind) =>
      [
        ...Object.entries(of(`${kind}`, hiddenInIpv4(kinds[kind]))),
        ...Object.entries(of(`${kind}`, hiddenInIpv6(kinds[kind]))),
      ].map(([name, one]) => [`kind ${name}`, one])
    )),
    "VXLAN, a byte less": cut(packet(1), 14 + 20 + 15),
    "Geneve, a byte less": cut(packet(2), 14 + 20 + 15),
    "GTP-U, a byte less": cut(packet(5), 14 + 20 + 15),
    "GRE of version 1": frame(ethernet(), ipv4(), gre({ version: 1 })),
    "VXLAN without the flag": frame(ethernet(), ipv4(), udp({ dst: 4789 }), vxlan({ flags: 0xf7 })),
    "Geneve of version 3": frame(ethernet(), ipv4(), udp({ dst: 6081 }), geneve({ version: 3 })),
    "GTP'": frame(ethernet(), ipv4(), udp({ dst: 2152 }), gtp({ protocolType: 0 })),
    "to another port": frame(ethernet(), ipv4(), udp({ dst: 4790 }), vxlan()),
    "from the port": frame(ethernet(), ipv6(), udp({ src: 4789 }), vxlan()),
    "in TCP": frame(ethernet(), ipv6(), tcp({ dst: 4789 }), vxlan()),
    "inside IPv4": frame(ethernet(), ipv4(), ipv4(), kinds[1]),
  },
  tables: [{
    packets: { "VXLAN": packet(1), "Geneve": packet(2), "GRE": packet(3), "GTP-U": packet(5) },
    rows: [
      ["==", "1/1", [true, false, true, true]],
      ["!=", "1/1", [false, true, false, false]],
      ["in", [1, "3..4"], [true, false, true, false]],
    ],
  }],
};
