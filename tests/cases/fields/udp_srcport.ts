import type { FieldCases } from "../field_cases.ts";
import { endCases, UDP } from "../port_cases.ts";

export const cases: FieldCases = endCases(UDP, "src");
