import type { FieldCases } from "../field_cases.ts";
import { eitherCases, IPV6_L4 } from "../port_cases.ts";

export const cases: FieldCases = eitherCases(IPV6_L4);
