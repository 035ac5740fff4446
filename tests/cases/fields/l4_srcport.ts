import type { FieldCases } from "../field_cases.ts";
import { endCases, L4 } from "../port_cases.ts";

export const cases: FieldCases = endCases(L4, "src");
