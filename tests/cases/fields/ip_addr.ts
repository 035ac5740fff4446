import { ethernet, frame, ipv4, udp } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { ipv4Around, ipv4Table, ipv4Within, ipv6Between } from "../ipv4_address_cases.ts";
import { ipv4Everywhere, ipv4Nowhere } from "../shapes.ts";

const between = (src: string, dst: string) => frame(ethernet(), ipv4({ src, dst }), udp());
const both = (address: string) => between(address, address);

export const cases: FieldCases = {
  field: "ip.addr",
  largest: 0xffff_ffffn,
  around: ipv4Around(both),
  within: ipv4Within(both),
  present: [
    { value: "203.0.113.7", packets: ipv4Everywhere({ src: "203.0.113.7" }) },
    { value: "203.0.113.8", packets: ipv4Everywhere({ dst: "203.0.113.8" }) },
  ],
  absent: ipv4Nowhere({ src: "203.0.113.7", dst: "203.0.113.8" }),
  tables: [
    ipv4Table(both, (address) => ipv6Between(address, address)),
    {
      packets: {
        "neither": between("10.0.0.1", "10.0.0.9"),
        "the source": between("10.0.0.5", "10.0.0.9"),
        "the destination": between("10.0.0.1", "10.0.0.5"),
        "both": between("10.0.0.5", "10.0.0.5"),
      },
      rows: [
        ["==", "10.0.0.5", [false, true, true, true]],
        ["!=", "10.0.0.5", [true, false, false, false]],
        ["<", "10.0.0.5", [true, false, true, false]],
        ["<=", "10.0.0.4", [true, false, true, false]],
        [">", "10.0.0.5", [true, true, false, false]],
        [">=", "10.0.0.5", [true, true, true, true]],
        ["in", ["10.0.0.4/30"], [false, true, true, true]],
        ["not in", ["10.0.0.4/30"], [true, false, false, false]],
        ["==", "10.0.0.0/29", [true, true, true, true]],
        ["!=", "10.0.0.8/29", [false, false, true, true]],
        ["in", ["10.0.0.5", "2001:db8::/32"], [false, true, true, true]],
        ["not in", ["10.0.0.5", "2001:db8::/32"], [true, false, false, false]],
      ],
    },
    {
      packets: {
        "IPv6, neither": ipv6Between("2001:db8::1", "2001:db8::9"),
        "IPv6, the source": ipv6Between("2001:db8::5", "2001:db8::9"),
        "IPv6, the destination": ipv6Between("2001:db8::1", "2001:db8::5"),
      },
      rows: [
        ["in", ["10.0.0.5", "2001:db8::5"], [false, true, true]],
        ["not in", ["10.0.0.5", "2001:db8::5"], [true, false, false]],
        ["in", ["10.0.0.5"], [false, false, false]],
        ["not in", ["10.0.0.5"], [false, false, false]],
      ],
    },
  ],
  rules: [
    {
      name: "two matches on either address, one satisfied by each",
      matches: [{ field: "ip.addr", value: "10.0.0.1" }, { field: "ip.addr", value: "10.0.0.2" }],
      packet: between("10.0.0.2", "10.0.0.1"),
      holds: true,
    },
    {
      name: "two matches on either address, one satisfied by none",
      matches: [{ field: "ip.addr", value: "10.0.0.1" }, { field: "ip.addr", value: "10.0.0.2" }],
      packet: between("10.0.0.2", "10.0.0.3"),
      holds: false,
    },
    {
      name: "either address equal and either unequal, in one packet",
      matches: [{ field: "ip.addr", value: "10.0.0.1" }, { field: "ip.addr", operator: "!=", value: "10.0.0.2" }],
      packet: between("10.0.0.1", "10.0.0.2"),
      holds: false,
    },
  ],
};
