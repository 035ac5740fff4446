import type { FieldCases } from "../field_cases.ts";
import { l4DataCases } from "../l4_data_cases.ts";

export const cases: FieldCases = l4DataCases("l4.data", { ipv4: true, ipv6: true });
