import {
  ah,
  cut,
  destination,
  esp,
  ethernet,
  fragment,
  frame,
  hopByHop,
  inMetadata,
  ipv4,
  ipv6,
  type Layer,
  payload,
  tcp,
  udp,
  vlan,
} from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { behindTags, behindThreeTags, brokenIpv4, brokenIpv6, notIp, of, unannounced } from "../shapes.ts";

const packet4 = (spi: number) => frame(ethernet(), ipv4(), ah({ spi }), tcp());
const packet6 = (spi: number) => frame(ethernet(), ipv6(), ah({ spi }), tcp());

const wanted = ah({ spi: 0xcafe1234 });
const other = ah({ spi: 0x55555555 });
const seven = new Array<Layer>(7).fill(destination());

export const cases: FieldCases = {
  field: "ah.spi",
  largest: 0xffff_ffffn,
  around: [packet4, packet6].flatMap((packet) => [
    { value: 0x100, below: packet(0xff), equal: packet(0x100), above: packet(0x101) },
    { value: 0x10000, below: packet(0xffff), equal: packet(0x10000), above: packet(0x10001) },
    { value: 0x80000000, below: packet(0x7fffffff), equal: packet(0x80000000), above: packet(0x80000001) },
    { value: 0, equal: packet(0), above: packet(1) },
    { value: 0xffffffff, below: packet(0xfffffffe), equal: packet(0xffffffff) },
  ]),
  within: [
    { range: "256..65535", below: packet4(255), first: packet4(256), last: packet4(65535), above: packet4(65536) },
    { range: "256..65535", below: packet6(255), first: packet6(256), last: packet6(65535), above: packet6(65536) },
  ],
  present: [{
    value: 0xcafe1234,
    packets: {
      ...of("over IPv4,", behindTags(ipv4(), wanted, tcp())),
      ...of("over IPv6,", behindTags(ipv6(), wanted, tcp())),
      "over IPv4 with options": frame(ethernet(), ipv4({ options: [1, 1, 1, 0] }), wanted, tcp()),
      "over IPv4, its first eight bytes": cut(frame(ethernet(), ipv4(), wanted), 14 + 20 + 8),
      "over IPv4, first fragment": frame(ethernet(), ipv4({ moreFragments: true }), wanted),
      "over IPv4, two of them": frame(ethernet(), ipv4(), wanted, other, tcp()),
      "over IPv6, its first eight bytes": cut(frame(ethernet(), ipv6(), wanted), 14 + 40 + 8),
      "over IPv6, cut by a byte": cut(frame(ethernet(), ipv6(), wanted), 14 + 40 + 23),
      "over IPv6, longer than the frame": frame(ethernet(), ipv6(), ah({ spi: 0xcafe1234, lengthByte: 255 })),
      "over IPv6, the shortest that says its length": //
        frame(ethernet(), ipv6(), ah({ spi: 0xcafe1234, size: 8, lengthByte: 0 }), tcp()),
      "over IPv6, behind hop-by-hop": frame(ethernet(), ipv6(), hopByHop({ size: 16 }), wanted, tcp()),
      "over IPv6, the first of two": frame(ethernet(), ipv6(), wanted, other, tcp()),
      "over IPv6, the first of two, the second cut": cut(frame(ethernet(), ipv6(), wanted, other), 14 + 40 + 24 + 20),
      "over IPv6, the eighth header": frame(ethernet(), ipv6(), ...seven, wanted, tcp()),
      "over IPv6, before a chain that is too long": frame(ethernet(), ipv6(), wanted, ...seven, destination(), tcp()),
      "over IPv6, before a chain that is cut": //
        cut(frame(ethernet(), ipv6(), wanted, hopByHop()), 14 + 40 + 24 + 3),
      "over IPv6, before a later fragment": frame(ethernet(), ipv6(), wanted, fragment({ offset: 3 }), tcp()),
      "over IPv6, in a first fragment": frame(ethernet(), ipv6(), fragment({ more: true }), wanted, tcp()),
    },
  }],
  absent: {
    ...notIp(),
    ...brokenIpv4(wanted),
    ...brokenIpv6(wanted),
    ...of("IPv4", behindThreeTags(ipv4(), wanted, tcp())),
    ...of("IPv6", behindThreeTags(ipv6(), wanted, tcp())),
    ...of("IPv4", unannounced(ipv4(), wanted, tcp())),
    ...of("IPv6", unannounced(ipv6(), wanted, tcp())),
    "TCP over IPv4": frame(ethernet(), ipv4(), tcp()),
    "TCP over IPv6": frame(ethernet(), ipv6(), tcp()),
    "TCP over IPv6, behind other headers": frame(ethernet(), ipv6(), hopByHop(), destination(), tcp()),
    "ESP over IPv4": frame(ethernet(), ipv4(), esp()),
    "ESP over IPv6": frame(ethernet(), ipv6(), esp()),
    "under another protocol": frame(ethernet(), ipv4({ proto: 50 }), wanted, tcp()),
    "over IPv4, seven bytes of it": cut(frame(ethernet(), ipv4(), wanted), 14 + 20 + 7),
    "over IPv4, nothing of it": cut(frame(ethernet(), ipv4(), wanted), 14 + 20),
    "over IPv4, seven bytes of it behind a tag": cut(frame(ethernet(), vlan(), ipv4(), wanted), 14 + 4 + 20 + 7),
    "over IPv4, later fragment": frame(ethernet(), ipv4({ fragmentOffset: 1 }), wanted, tcp()),
    "over IPv4, later fragment, a tag in metadata": //
      inMetadata({}, frame(ethernet(), ipv4({ fragmentOffset: 1 }), wanted, tcp())),
    "over IPv4, behind a header that IPv6 would walk": frame(ethernet(), ipv4(), destination(), wanted, tcp()),
    "over IPv4, inside IPv4": frame(ethernet(), ipv4(), ipv4(), wanted, tcp()),
    "over IPv6, seven bytes of it": cut(frame(ethernet(), ipv6(), wanted), 14 + 40 + 7),
    "over IPv6, nothing of it": cut(frame(ethernet(), ipv6(), wanted), 14 + 40),
    "over IPv6, in a later fragment": frame(ethernet(), ipv6(), fragment({ offset: 1 }), wanted, tcp()),
    "over IPv6, the ninth header": frame(ethernet(), ipv6(), ...seven, destination(), wanted, tcp()),
    "over IPv6, behind one that is cut": frame(ethernet(), ipv6(), destination({ lengthByte: 40 }), wanted, tcp()),
    "over IPv6, behind ESP": frame(ethernet(), ipv6(), esp(), wanted, tcp()),
    "over IPv6, behind no next header": frame(ethernet(), ipv6({ nxt: 59 }), wanted, tcp()),
    "over IPv6, behind UDP": frame(ethernet(), ipv6(), udp(), payload([]), wanted),
  },
  tables: [{
    packets: {
      "0x12345678": packet4(0x12345678),
      "0x1234ffff": packet6(0x1234ffff),
      "0x12350000": packet6(0x12350000),
    },
    rows: [
      ["==", "0x12340000/0xffff0000", [true, true, false]],
      ["!=", "0x12340000/0xffff0000", [false, false, true]],
      ["<", "0x12350000/0xffff0000", [true, true, false]],
      ["<=", "0x12340000/0xffff0000", [true, true, false]],
      [">", "0x12340000/0xffff0000", [false, false, true]],
      [">=", "0x12350000/0xffff0000", [false, false, true]],
      ["==", "0/0", [true, true, true]],
      ["!=", "0/0", [false, false, false]],
      ["in", [0x12345678, 0x12350000], [true, false, true]],
      ["not in", [0x12345678, 0x12350000], [false, true, false]],
      ["in", { of: [0xffff], mask: 0xffff }, [false, true, false]],
      ["not in", { of: [0xffff], mask: 0xffff }, [true, false, true]],
      ["==", Uint8Array.of(0x12, 0x34, 0x56, 0x78), [true, false, false]],
    ],
  }],
};
