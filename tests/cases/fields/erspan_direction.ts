import { erspan3 } from "../../packets/build.ts";
import { erspan3Cases } from "../erspan_cases.ts";
import type { FieldCases } from "../field_cases.ts";

export const cases: FieldCases = erspan3Cases({
  field: "erspan.direction",
  widthBits: 1,
  full: (direction) => erspan3({ direction, others: 0xfc07, hwId: 0x3f }),
  plain: { value: 1, header: erspan3({ direction: 1 }) },
});
