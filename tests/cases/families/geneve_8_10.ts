import type { FieldCases } from "../field_cases.ts";
import { geneveSliceCases } from "../slice_cases.ts";

export const cases: FieldCases = geneveSliceCases("geneve[8:10]", 8, 10);
