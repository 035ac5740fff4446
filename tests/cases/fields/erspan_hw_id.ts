import { erspan3 } from "../../packets/build.ts";
import { erspan3Cases } from "../erspan_cases.ts";
import type { FieldCases } from "../field_cases.ts";

export const cases: FieldCases = erspan3Cases({
  field: "erspan.hw_id",
  widthBits: 6,
  full: (hwId) => erspan3({ hwId, others: 0xfc07, direction: 1 }),
  plain: { value: 0x15, header: erspan3({ hwId: 0x15 }) },
  brief: true,
});
