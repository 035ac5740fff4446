import type { FieldCases } from "../field_cases.ts";
import { INNER, tciCases } from "../tag_cases.ts";

export const cases: FieldCases = tciCases(INNER);
