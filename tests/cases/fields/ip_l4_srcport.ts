import type { FieldCases } from "../field_cases.ts";
import { endCases, IP_L4 } from "../port_cases.ts";

export const cases: FieldCases = endCases(IP_L4, "src");
