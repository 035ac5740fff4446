import type { FieldCases } from "../field_cases.ts";
import { payloadSliceCases } from "../slice_cases.ts";

export const cases: FieldCases = payloadSliceCases("payload[70:12]", 70, 12);
