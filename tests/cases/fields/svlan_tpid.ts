import type { FieldCases } from "../field_cases.ts";
import { OUTER, tpidCases } from "../tag_cases.ts";

export const cases: FieldCases = tpidCases(OUTER);
