import type { FieldCases } from "../field_cases.ts";
import { idCases, INNER } from "../tag_cases.ts";

export const cases: FieldCases = idCases(INNER);
