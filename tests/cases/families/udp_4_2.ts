import { ethernet, frame, ipv4, tcp } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { upperSliceCases } from "../slice_cases.ts";

export const cases: FieldCases = upperSliceCases("udp[4:2]", 17, 4, 2, { "TCP": frame(ethernet(), ipv4(), tcp()) });
