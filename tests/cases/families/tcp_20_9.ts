import { ethernet, frame, ipv6, tcp } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { upperSliceCases } from "../slice_cases.ts";

export const cases: FieldCases = upperSliceCases("tcp[20:9]", 6, 20, 9, {
  "TCP without options": frame(ethernet(), ipv6(), tcp()),
});
