import type { FieldCases } from "../field_cases.ts";
import { eitherCases, L4 } from "../port_cases.ts";

export const cases: FieldCases = eitherCases(L4);
