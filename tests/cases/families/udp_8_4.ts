import { ethernet, frame, ipv4, udp } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { upperSliceCases } from "../slice_cases.ts";

export const cases: FieldCases = upperSliceCases("udp[8:4]", 17, 8, 4, {
  "UDP without payload": frame(ethernet(), ipv4(), udp()),
});
