import type { FieldCases } from "../field_cases.ts";
import { endCases, TCP } from "../port_cases.ts";

export const cases: FieldCases = endCases(TCP, "dst");
