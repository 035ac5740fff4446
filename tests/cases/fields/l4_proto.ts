import { ethernet, frame, ipv4, ipv6, tcp } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import {
  ahOverIpv4,
  ipv6Protocols,
  overIpv4Proto,
  overIpv6Proto,
  protocolAround,
  protocolTable,
  protocolWithin,
  withoutIpv6Protocol,
} from "../protocol_cases.ts";
import { ipv4Everywhere, ipv4Nowhere } from "../shapes.ts";

const { "inside IPv6": _inside, "IPv6": _ipv6, ...withoutIp } = ipv4Nowhere({ proto: 132 });

export const cases: FieldCases = {
  field: "l4.proto",
  largest: 255n,
  around: [
    ...protocolAround(overIpv4Proto),
    ...protocolAround(overIpv6Proto),
    { value: 0, equal: overIpv4Proto(0), above: overIpv4Proto(1) },
  ],
  within: [...protocolWithin(overIpv4Proto), ...protocolWithin(overIpv6Proto)],
  present: [
    { value: 132, packets: ipv4Everywhere({ proto: 132 }) },
    { value: "ah", packets: { "authentication over IPv4": ahOverIpv4 } },
    { value: 44, packets: { "a fragment header over IPv4": overIpv4Proto(44) } },
    { value: 60, packets: { "destination options over IPv4": overIpv4Proto(60) } },
    { value: "ipip", packets: { "IPv4 inside": frame(ethernet(), ipv4(), ipv4(), tcp()) } },
    { value: "ipv6", packets: { "IPv6 inside": frame(ethernet(), ipv4(), ipv6(), tcp()) } },
    ...ipv6Protocols(),
  ],
  absent: { ...withoutIp, ...withoutIpv6Protocol() },
  tables: [protocolTable("ipv4"), protocolTable("ipv6")],
};
