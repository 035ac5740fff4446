import type { FieldCases } from "../field_cases.ts";
import { payloadSliceCases } from "../slice_cases.ts";

export const cases: FieldCases = payloadSliceCases("payload[0:5]", 0, 5);
