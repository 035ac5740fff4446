import { arp, cut, ethernet, frame, inMetadata, ipv4, ipv6, pad, udp, vlan } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";

const plain = frame(ethernet(), ipv4(), udp());
const packet = (bytes: number) => pad(plain, bytes);

export const cases: FieldCases = {
  field: "frame.len",
  largest: 0xffff_ffffn,
  around: [
    { value: 256, below: packet(255), equal: packet(256), above: packet(257) },
    { value: 60, below: packet(59), equal: packet(60), above: packet(61) },
  ],
  within: [{ range: "1000..2000", below: packet(999), first: packet(1000), last: packet(2000), above: packet(2001) }],
  present: [
    {
      value: 100,
      packets: {
        "IPv4": packet(100),
        "IPv4 of a shorter total length": pad(frame(ethernet(), ipv4({ totalLength: 20 })), 100),
        "IPv6": pad(frame(ethernet(), ipv6(), udp()), 100),
        "ARP": pad(frame(ethernet(), arp()), 100),
        "an unknown type": pad(frame(ethernet()), 100),
        "a broken IPv4 header": pad(frame(ethernet(), ipv4({ ihl: 1 })), 100),
        "a tag": pad(frame(ethernet(), vlan(), ipv4(), udp()), 100),
        "three tags": pad(frame(ethernet(), vlan(), vlan(), vlan(), ipv4()), 100),
        "a tag in metadata, four bytes": inMetadata({}, packet(96)),
        "a tag in metadata, another in the packet": inMetadata({}, pad(frame(ethernet(), vlan(), ipv4(), udp()), 96)),
      },
    },
    { value: 14, packets: { "an Ethernet header alone": frame(ethernet()) } },
    { value: 15, packets: { "a byte more": cut(plain, 15) } },
    { value: 18, packets: { "an Ethernet header and a tag in metadata": inMetadata({}, frame(ethernet())) } },
    {
      value: 6000,
      packets: {
        "in several buffers": packet(6000),
        "in several, tagged": pad(frame(ethernet(), vlan(), ipv4(), udp()), 6000),
      },
    },
  ],
  absent: {
    "cut by a byte": cut(plain, 13),
    "cut by a byte, a tag in metadata": inMetadata({}, cut(plain, 13)),
    "an empty frame": cut(plain, 0),
  },
  tables: [{
    packets: { "64 bytes": packet(64), "127 bytes": packet(127), "320 bytes": packet(320) },
    rows: [
      ["==", { of: 0x40, mask: 0xff }, [true, false, true]],
      ["!=", { of: 0x40, mask: 0xff }, [false, true, false]],
      ["<", { of: 0x100, mask: 0xff00 }, [true, true, false]],
      ["<=", { of: 0, mask: 0xff00 }, [true, true, false]],
      [">", { of: 0, mask: 0xff00 }, [false, false, true]],
      [">=", { of: 0x100, mask: 0xff00 }, [false, false, true]],
      ["in", ["64..100", 320], [true, false, true]],
      ["not in", ["64..100", 320], [false, true, false]],
    ],
  }],
};
