import type { FieldCases } from "../field_cases.ts";
import { OUTER, priorityCases } from "../tag_cases.ts";

export const cases: FieldCases = priorityCases(OUTER);
