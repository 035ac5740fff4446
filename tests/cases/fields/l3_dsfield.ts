import { ethernet, frame, ipv4, ipv6, udp } from "../../packets/build.ts";
import { eitherFamilyCases } from "../either_family_cases.ts";
import type { FieldCases } from "../field_cases.ts";

export const cases: FieldCases = eitherFamilyCases({
  field: "l3.dsfield",
  ipv4: (tos) => frame(ethernet(), ipv4({ tos }), udp()),
  ipv6: (tclass) => frame(ethernet(), ipv6({ tclass, flowLabel: 0x12345 }), udp()),
  ipv4Field: "tos",
  ipv6Field: "tclass",
});
