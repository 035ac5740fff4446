import type { FieldCases } from "../field_cases.ts";
import { OUTER, tciCases } from "../tag_cases.ts";

export const cases: FieldCases = tciCases(OUTER);
