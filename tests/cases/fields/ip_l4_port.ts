import type { FieldCases } from "../field_cases.ts";
import { eitherCases, IP_L4 } from "../port_cases.ts";

export const cases: FieldCases = eitherCases(IP_L4);
