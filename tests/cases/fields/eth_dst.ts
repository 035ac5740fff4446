import { arp, cut, ethernet, frame, icmpv6, inMetadata, ipv4, ipv6, payload, udp, vlan } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";

const to = (dst: string) => frame(ethernet({ dst, src: "ff:ff:ff:ff:ff:ff" }), ipv4(), udp());

const dst = "00:11:22:33:44:55";
const wanted = ethernet({ dst });

export const cases: FieldCases = {
  field: "eth.dst",
  largest: 0xffff_ffff_ffffn,
  around: [
    {
      value: "00:11:22:01:00:00",
      below: to("00:11:22:00:ff:ff"),
      equal: to("00:11:22:01:00:00"),
      above: to("00:11:22:01:00:01"),
    },
    {
      value: "01:00:00:00:00:00",
      below: to("00:ff:ff:ff:ff:ff"),
      equal: to("01:00:00:00:00:00"),
      above: to("01:00:00:00:00:01"),
    },
    { value: "00:00:00:00:00:00", equal: to("00:00:00:00:00:00"), above: to("00:00:00:00:00:01") },
    { value: "ff:ff:ff:ff:ff:ff", below: to("ff:ff:ff:ff:ff:fe"), equal: to("ff:ff:ff:ff:ff:ff") },
  ],
  within: [
    {
      range: "00:11:22:00:00:00/24",
      below: to("00:11:21:ff:ff:ff"),
      first: to("00:11:22:00:00:00"),
      last: to("00:11:22:ff:ff:ff"),
      above: to("00:11:23:00:00:00"),
    },
    {
      range: "00:11:22:00:00:fe..00:11:22:00:01:01",
      below: to("00:11:22:00:00:fd"),
      first: to("00:11:22:00:00:fe"),
      last: to("00:11:22:00:01:01"),
      above: to("00:11:22:00:01:02"),
    },
  ],
  present: [
    {
      value: dst,
      packets: {
        "IPv4": frame(wanted, ipv4(), udp()),
        "IPv6": frame(wanted, ipv6(), icmpv6()),
        "ARP": frame(wanted, arp()),
        "an unknown type": frame(wanted, payload([1, 2, 3])),
        "a length instead of a type": frame(ethernet({ dst, type: 3 }), payload([0xaa, 0xaa, 3])),
        "an Ethernet header alone": frame(wanted),
        "a broken IPv4 header": frame(wanted, ipv4({ ihl: 0 }), udp()),
        "behind it a tag": frame(wanted, vlan(), ipv4(), udp()),
        "behind it three tags": frame(wanted, vlan(), vlan(), vlan(), ipv4(), udp()),
        "behind it a tag that is cut": cut(frame(wanted, vlan()), 17),
        "a tag in metadata": inMetadata({}, frame(wanted, ipv4(), udp())),
      },
    },
  ],
  absent: {
    "cut by a byte": cut(frame(wanted, ipv4()), 13),
    "cut behind the address": cut(frame(wanted, ipv4()), 6),
    "cut in the address": cut(frame(wanted, ipv4()), 5),
    "an empty frame": cut(frame(wanted), 0),
    "cut by a byte, a tag in metadata": inMetadata({}, cut(frame(wanted), 13)),
  },
  tables: [
    {
      packets: {
        "unicast": to("00:11:22:33:44:55"),
        "local": to("02:11:22:33:44:55"),
        "multicast": to("01:11:22:33:44:55"),
        "another last byte": to("00:11:22:33:44:56"),
      },
      rows: [
        ["==", "01:00:00:00:00:00/01:00:00:00:00:00", [false, false, true, false]],
        ["!=", "01:00:00:00:00:00/01:00:00:00:00:00", [true, true, false, true]],
        ["<", "01:00:00:00:00:00/03:00:00:00:00:00", [true, false, false, true]],
        ["<=", "01:00:00:00:00:00/03:00:00:00:00:00", [true, false, true, true]],
        [">", "01:00:00:00:00:00/03:00:00:00:00:00", [false, true, false, false]],
        [">=", "01:00:00:00:00:00/03:00:00:00:00:00", [false, true, true, false]],
        ["==", "00:11:22:33:44:50/0xfffffffffff0", [true, false, false, true]],
        ["==", "00:11:22:33:44:55/47", [true, false, false, false]],
        ["!=", "00:11:22:33:44:54/47", [false, true, true, true]],
        ["==", "00:11:22:33:44:55/1", [true, true, true, true]],
        ["==", "00:00:00:00:00:00/0", [true, true, true, true]],
        ["!=", "00:00:00:00:00:00/0", [false, false, false, false]],
        ["in", { of: [0x0011_0000_0055n], mask: 0xffff_0000_00ffn }, [true, false, false, false]],
        ["not in", { of: [0x0011_0000_0055n], mask: 0xffff_0000_00ffn }, [false, true, true, true]],
        ["==", Uint8Array.of(0x00, 0x11, 0x22, 0x33, 0x44, 0x56), [false, false, false, true]],
        ["in", ["00:11:22:33:44:55", "01:00:00:00:00:00/8"], [true, false, true, false]],
        ["not in", ["00:11:22:33:44:55", "01:00:00:00:00:00/8"], [false, true, false, true]],
        ["==", "0-11-22-33-44-55", [true, false, false, false]],
      ],
    },
  ],
};
