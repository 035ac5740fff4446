import { behindTags } from "../shapes.ts";
import { ethernet, frame, icmpv6, ipv4, ipv6, sctp, tcp } from "../../packets/build.ts";
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

export const cases: FieldCases = {
  field: "ipv6.l4.proto",
  largest: 255n,
  around: protocolAround(overIpv6Proto),
  within: protocolWithin(overIpv6Proto),
  present: [{ value: 132, packets: behindTags(ipv6(), sctp()) }, ...ipv6Protocols()],
  absent: {
    ...withoutIpv6Protocol(),
    "IPv4": overIpv4Proto(17),
    "IPv4, TCP": frame(ethernet(), ipv4(), tcp()),
    "IPv4, authentication": ahOverIpv4,
    "IPv4, ICMPv6": frame(ethernet(), ipv4(), icmpv6()),
    "IPv6 inside IPv4": frame(ethernet(), ipv4(), ipv6(), tcp()),
  },
  tables: [protocolTable("ipv6")],
};
