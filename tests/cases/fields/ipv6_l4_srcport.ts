import type { FieldCases } from "../field_cases.ts";
import { endCases, IPV6_L4 } from "../port_cases.ts";

export const cases: FieldCases = endCases(IPV6_L4, "src");
