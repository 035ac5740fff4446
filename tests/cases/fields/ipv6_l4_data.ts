import type { FieldCases } from "../field_cases.ts";
import { l4DataCases } from "../l4_data_cases.ts";

export const cases: FieldCases = l4DataCases("ipv6.l4.data", { ipv4: false, ipv6: true });
