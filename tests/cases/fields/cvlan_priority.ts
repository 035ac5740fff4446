import type { FieldCases } from "../field_cases.ts";
import { INNER, priorityCases } from "../tag_cases.ts";

export const cases: FieldCases = priorityCases(INNER);
