import type { FieldCases } from "../field_cases.ts";
import { eitherCases, UDP } from "../port_cases.ts";

export const cases: FieldCases = eitherCases(UDP);
