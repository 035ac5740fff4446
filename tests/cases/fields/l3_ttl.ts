import { ethernet, frame, ipv4, ipv6, udp } from "../../packets/build.ts";
import { eitherFamilyCases } from "../either_family_cases.ts";
import type { FieldCases } from "../field_cases.ts";

export const cases: FieldCases = eitherFamilyCases({
  field: "l3.ttl",
  ipv4: (ttl) => frame(ethernet(), ipv4({ ttl }), udp()),
  ipv6: (hlim) => frame(ethernet(), ipv6({ hlim }), udp()),
  ipv4Field: "ttl",
  ipv6Field: "hlim",
});
