import { ethernet, frame, ipv4, payload, udp } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { upperSliceCases, wantedBytes } from "../slice_cases.ts";

export const cases: FieldCases = upperSliceCases("tcp[13:1]", 6, 13, 1, {
  "UDP": frame(ethernet(), ipv4(), udp(), payload(wantedBytes(16))),
});
