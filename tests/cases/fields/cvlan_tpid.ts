import type { FieldCases } from "../field_cases.ts";
import { INNER, tpidCases } from "../tag_cases.ts";

export const cases: FieldCases = tpidCases(INNER);
