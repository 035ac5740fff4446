import { ethernet, frame, icmp, ipv4 } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { upperSliceCases } from "../slice_cases.ts";

export const cases: FieldCases = upperSliceCases("l4[3:13]", undefined, 3, 13, {
  "ICMP, which is shorter": frame(ethernet(), ipv4(), icmp()),
});
