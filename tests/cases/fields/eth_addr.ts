import { arp, cut, ethernet, frame, inMetadata, ipv4, ipv6, udp, vlan } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";

const between = (src: string, dst: string) => frame(ethernet({ src, dst }), ipv4(), udp());
const both = (address: string) => between(address, address);

const wanted = ethernet({ src: "00:11:22:33:44:55", dst: "00:aa:bb:cc:dd:ee" });

export const cases: FieldCases = {
  field: "eth.addr",
  largest: 0xffff_ffff_ffffn,
  around: [
    {
      value: "00:11:22:01:00:00",
      below: both("00:11:22:00:ff:ff"),
      equal: both("00:11:22:01:00:00"),
      above: both("00:11:22:01:00:01"),
    },
    { value: "00:00:00:00:00:00", equal: both("00:00:00:00:00:00"), above: both("00:00:00:00:00:01") },
    { value: "ff:ff:ff:ff:ff:ff", below: both("ff:ff:ff:ff:ff:fe"), equal: both("ff:ff:ff:ff:ff:ff") },
  ],
  within: [
    {
      range: "00:11:22:00:00:00/24",
      below: both("00:11:21:ff:ff:ff"),
      first: both("00:11:22:00:00:00"),
      last: both("00:11:22:ff:ff:ff"),
      above: both("00:11:23:00:00:00"),
    },
  ],
  present: ["00:11:22:33:44:55", "00:aa:bb:cc:dd:ee"].map((value) => ({
    value,
    packets: {
      "IPv4": frame(wanted, ipv4(), udp()),
      "IPv6": frame(wanted, ipv6(), udp()),
      "ARP": frame(wanted, arp()),
      "an Ethernet header alone": frame(wanted),
      "behind it three tags": frame(wanted, vlan(), vlan(), vlan(), ipv4(), udp()),
      "a tag in metadata": inMetadata({}, frame(wanted, ipv4(), udp())),
    },
  })),
  absent: {
    "cut by a byte": cut(frame(wanted, ipv4()), 13),
    "cut behind the source": cut(frame(wanted, ipv4()), 12),
    "cut behind the destination": cut(frame(wanted, ipv4()), 6),
    "an empty frame": cut(frame(wanted), 0),
    "cut by a byte, a tag in metadata": inMetadata({}, cut(frame(wanted), 13)),
  },
  tables: [
    {
      packets: {
        "neither": between("00:11:22:33:44:50", "00:11:22:33:44:60"),
        "the source": between("00:11:22:33:44:55", "00:11:22:33:44:60"),
        "the destination": between("00:11:22:33:44:50", "00:11:22:33:44:55"),
        "both": between("00:11:22:33:44:55", "00:11:22:33:44:55"),
      },
      rows: [
        ["==", "00:11:22:33:44:55", [false, true, true, true]],
        ["!=", "00:11:22:33:44:55", [true, false, false, false]],
        ["<", "00:11:22:33:44:55", [true, false, true, false]],
        ["<=", "00:11:22:33:44:55", [true, true, true, true]],
        [">", "00:11:22:33:44:55", [true, true, false, false]],
        [">=", "00:11:22:33:44:60", [true, true, false, false]],
        ["in", ["00:11:22:33:44:55", "00:11:22:33:44:57"], [false, true, true, true]],
        ["not in", ["00:11:22:33:44:55", "00:11:22:33:44:57"], [true, false, false, false]],
        ["==", "00:11:22:33:44:50/44", [true, true, true, true]],
        ["!=", "00:11:22:33:44:60/44", [false, false, true, true]],
        ["==", "00:00:00:00:00:00/0", [true, true, true, true]],
        ["!=", "00:00:00:00:00:00/0", [false, false, false, false]],
        ["in", { of: [0x55n], mask: 0xffn }, [false, true, true, true]],
        ["not in", { of: [0x55n], mask: 0xffn }, [true, false, false, false]],
      ],
    },
  ],
  rules: [
    {
      name: "two matches on either address, one satisfied by each",
      matches: [{ field: "eth.addr", value: "00:00:00:00:00:01" }, { field: "eth.addr", value: "00:00:00:00:00:02" }],
      packet: between("00:00:00:00:00:02", "00:00:00:00:00:01"),
      holds: true,
    },
    {
      name: "two matches on either address, one satisfied by none",
      matches: [{ field: "eth.addr", value: "00:00:00:00:00:01" }, { field: "eth.addr", value: "00:00:00:00:00:02" }],
      packet: between("00:00:00:00:00:02", "00:00:00:00:00:02"),
      holds: false,
    },
    {
      name: "source and destination",
      matches: [{ field: "eth.src", value: "00:00:00:00:00:01" }, { field: "eth.dst", value: "00:00:00:00:00:02" }],
      packet: between("00:00:00:00:00:01", "00:00:00:00:00:02"),
      holds: true,
    },
    {
      name: "source and destination, swapped",
      matches: [{ field: "eth.src", value: "00:00:00:00:00:01" }, { field: "eth.dst", value: "00:00:00:00:00:02" }],
      packet: between("00:00:00:00:00:02", "00:00:00:00:00:01"),
      holds: false,
    },
  ],
};
