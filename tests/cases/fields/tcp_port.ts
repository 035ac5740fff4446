import type { FieldCases } from "../field_cases.ts";
import { eitherCases, TCP } from "../port_cases.ts";

export const cases: FieldCases = eitherCases(TCP);
