import { ethernet, frame, icmp, ipv4 } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { upperSliceCases } from "../slice_cases.ts";

export const cases: FieldCases = upperSliceCases("icmpv6[1:3]", 58, 1, 3, {
  "ICMP": frame(ethernet(), ipv4(), icmp()),
});
