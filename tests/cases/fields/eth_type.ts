import { arp, cut, ethernet, frame, inMetadata, ipv4, ipv6, payload, tcp, udp, vlan } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";

const typed = (type: number) => frame(ethernet({ type }), payload([1, 2, 3, 4]));

export const cases: FieldCases = {
  field: "eth.type",
  largest: 0xffffn,
  around: [
    { value: 0x0800, below: typed(0x07ff), equal: frame(ethernet(), ipv4(), udp()), above: typed(0x0801) },
    { value: "ipv6", below: typed(0x86dc), equal: frame(ethernet(), ipv6(), udp()), above: typed(0x86de) },
    { value: "0x0100", below: typed(0x00ff), equal: typed(0x0100), above: typed(0x0101) },
    { value: 0, equal: typed(0), above: typed(1) },
    { value: 0xffff, below: typed(0xfffe), equal: typed(0xffff) },
  ],
  within: [
    { range: "0x0600..0xffff", below: typed(0x05ff), first: typed(0x0600), last: typed(0xffff) },
    { range: "0x8863..0x8864", below: typed(0x8862), first: typed(0x8863), last: typed(0x8864), above: typed(0x8865) },
  ],
  present: [
    {
      value: "ip",
      packets: {
        "IPv4": frame(ethernet(), ipv4(), tcp()),
        "behind a tag": frame(ethernet(), vlan(), ipv4(), tcp()),
        "behind a tag 0x88a8": frame(ethernet(), vlan({ tpid: 0x88a8 }), ipv4(), tcp()),
        "behind two tags": frame(ethernet(), vlan({ tpid: 0x88a8 }), vlan(), ipv4(), tcp()),
        "a tag in metadata": inMetadata({}, frame(ethernet(), ipv4(), tcp())),
        "a tag in metadata and one in the packet": inMetadata({}, frame(ethernet(), vlan(), ipv4(), tcp())),
        "nothing behind": frame(ethernet({ type: 0x0800 })),
        "a broken IPv4 header": frame(ethernet(), ipv4({ version: 6 }), tcp()),
        "behind two tags, nothing behind": cut(frame(ethernet(), vlan(), vlan(), ipv4()), 22),
      },
    },
    { value: "arp", packets: { "ARP": frame(ethernet(), arp()), "behind a tag": frame(ethernet(), vlan(), arp()) } },
    {
      value: 0x8100,
      packets: {
        "the third of three tags": frame(ethernet(), vlan({ tpid: 0x88a8 }), vlan({ tpid: 0x9100 }), vlan(), ipv4()),
        "the third of four tags": frame(ethernet(), vlan(), vlan(), vlan(), vlan({ tpid: 0x88a8 }), ipv4()),
        "a tag that is cut by a byte": cut(frame(ethernet(), vlan(), ipv4()), 17),
        "a tag with nothing behind its type": cut(frame(ethernet(), vlan(), ipv4()), 14),
        "a second tag that is cut by a byte": cut(frame(ethernet(), vlan({ tpid: 0x88a8 }), vlan(), ipv4()), 21),
        "a second tag in the packet, one in metadata": inMetadata(
          { tpid: 0x88a8 },
          frame(ethernet(), vlan({ tpid: 0x9100 }), vlan(), ipv4()),
        ),
        "a tag that is cut by a byte, one in metadata": inMetadata({}, cut(frame(ethernet(), vlan(), ipv4()), 17)),
      },
    },
    { value: 0x9200, packets: { "an unknown tag": frame(ethernet(), vlan({ tpid: 0x9200 }), ipv4()) } },
    { value: 60, packets: { "a length": frame(ethernet({ type: 60 }), payload([0x42, 0x42, 3])) } },
    { value: 0x8847, packets: { "MPLS": frame(ethernet({ type: 0x8847 }), payload([0, 1, 0x11, 64]), ipv4()) } },
  ],
  absent: {
    "cut by a byte": cut(frame(ethernet(), ipv4()), 13),
    "cut before the type": cut(frame(ethernet(), ipv4()), 12),
    "an empty frame": cut(frame(ethernet()), 0),
    "cut by a byte, a tag in metadata": inMetadata({}, cut(frame(ethernet(), ipv4()), 13)),
  },
  tables: [
    {
      packets: {
        "IPv4": frame(ethernet(), ipv4()),
        "ARP": frame(ethernet(), arp()),
        "IPv6": frame(ethernet(), ipv6()),
        "IPv4 behind a tag": frame(ethernet(), vlan(), ipv4()),
      },
      rows: [
        ["==", 0x8100, [false, false, false, false]],
        ["!=", 0x8100, [true, true, true, true]],
        ["==", "0x0800/0xff00", [true, true, false, true]],
        ["!=", "0x0800/0xff00", [false, false, true, false]],
        ["<", "0x8600/0xff00", [true, true, false, true]],
        ["<=", "0x8600/0xff00", [true, true, true, true]],
        [">", "0x0800/0xff00", [false, false, true, false]],
        [">=", "0x8600/0xff00", [false, false, true, false]],
        ["==", "0/0", [true, true, true, true]],
        ["!=", "0/0", [false, false, false, false]],
        ["in", ["ip", "ipv6"], [true, false, true, true]],
        ["not in", ["ip", "ipv6"], [false, true, false, false]],
        ["in", { of: [6], mask: 0xff }, [false, true, false, false]],
        ["not in", { of: [6], mask: 0xff }, [true, false, true, true]],
        ["==", Uint8Array.of(0x86, 0xdd), [false, false, true, false]],
      ],
    },
  ],
  rules: [
    {
      name: "IPv4 behind a tag, by the types of both",
      matches: [{ field: "eth.type", value: "ip" }, { field: "vlan.etype", value: "ip" }],
      packet: frame(ethernet(), vlan(), ipv4()),
      holds: true,
    },
    {
      name: "IPv4 without a tag, by the types of both",
      matches: [{ field: "eth.type", value: "ip" }, { field: "vlan.etype", value: "ip" }],
      packet: frame(ethernet(), ipv4()),
      holds: false,
    },
  ],
};
