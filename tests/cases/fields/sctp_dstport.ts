import type { FieldCases } from "../field_cases.ts";
import { endCases, SCTP } from "../port_cases.ts";

export const cases: FieldCases = endCases(SCTP, "dst");
