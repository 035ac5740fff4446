import type { FieldCases } from "../field_cases.ts";
import { idCases, OUTER } from "../tag_cases.ts";

export const cases: FieldCases = idCases(OUTER);
