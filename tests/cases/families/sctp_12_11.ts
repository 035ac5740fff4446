import { ethernet, frame, ipv6, sctp } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { upperSliceCases } from "../slice_cases.ts";

export const cases: FieldCases = upperSliceCases("sctp[12:11]", 132, 12, 11, {
  "SCTP without chunks": frame(ethernet(), ipv6(), sctp()),
});
