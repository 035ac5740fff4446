import { ethernet, frame, icmpv6, ipv6, payload } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { upperSliceCases, wantedBytes } from "../slice_cases.ts";

export const cases: FieldCases = upperSliceCases("icmp[4:14]", 1, 4, 14, {
  "ICMPv6": frame(ethernet(), ipv6(), icmpv6(), payload(wantedBytes(16))),
});
