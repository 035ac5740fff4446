import type { FieldCases } from "../field_cases.ts";
import { eitherCases, SCTP } from "../port_cases.ts";

export const cases: FieldCases = eitherCases(SCTP);
