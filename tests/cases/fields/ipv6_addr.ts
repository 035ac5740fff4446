import { ethernet, frame, ipv6, udp } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { ipv6Around, ipv6Table, ipv6Within } from "../ipv6_address_cases.ts";
import { ipv6Everywhere, ipv6Nowhere } from "../shapes.ts";

const between = (src: string, dst: string) => frame(ethernet(), ipv6({ src, dst }), udp());
const both = (address: string) => between(address, address);

export const cases: FieldCases = {
  field: "ipv6.addr",
  largest: 0xffffffff_ffffffff_ffffffff_ffffffffn,
  around: ipv6Around(both),
  within: ipv6Within(both),
  present: [
    { value: "fd00::203:0:113:7", packets: ipv6Everywhere({ src: "fd00::203:0:113:7" }) },
    { value: "fd00::203:0:113:8", packets: ipv6Everywhere({ dst: "fd00::203:0:113:8" }) },
  ],
  absent: ipv6Nowhere({ src: "fd00::203:0:113:7", dst: "fd00::203:0:113:8" }),
  tables: [
    ipv6Table(both),
    {
      packets: {
        "neither": between("2001:db8::1", "2001:db8::9"),
        "the source": between("2001:db8::5", "2001:db8::9"),
        "the destination": between("2001:db8::1", "2001:db8::5"),
        "both": between("2001:db8::5", "2001:db8::5"),
      },
      rows: [
        ["==", "2001:db8::5", [false, true, true, true]],
        ["!=", "2001:db8::5", [true, false, false, false]],
        ["<", "2001:db8::5", [true, false, true, false]],
        ["<=", "2001:db8::4", [true, false, true, false]],
        [">", "2001:db8::5", [true, true, false, false]],
        [">=", "2001:db8::5", [true, true, true, true]],
        ["in", ["2001:db8::4/126"], [false, true, true, true]],
        ["not in", ["2001:db8::4/126"], [true, false, false, false]],
        ["==", "2001:db8::/125", [true, true, true, true]],
        ["!=", "2001:db8::8/125", [false, false, true, true]],
      ],
    },
  ],
  rules: [
    {
      name: "two matches on either address, one satisfied by each",
      matches: [{ field: "ipv6.addr", value: "fd00::1" }, { field: "ipv6.addr", value: "fd00::2" }],
      packet: between("fd00::2", "fd00::1"),
      holds: true,
    },
    {
      name: "two matches on either address, one satisfied by none",
      matches: [{ field: "ipv6.addr", value: "fd00::1" }, { field: "ipv6.addr", value: "fd00::2" }],
      packet: between("fd00::2", "fd00::3"),
      holds: false,
    },
  ],
};
