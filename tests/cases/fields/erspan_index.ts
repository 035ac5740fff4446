import { erspan2 } from "../../packets/build.ts";
import { erspan2Cases } from "../erspan_cases.ts";
import type { FieldCases } from "../field_cases.ts";

export const cases: FieldCases = erspan2Cases({
  field: "erspan.index",
  widthBits: 20,
  full: (index) => erspan2({ index, session: 0x3ff, reserved: 0xa5a }),
  plain: { value: 0x54321, header: erspan2({ index: 0x54321 }) },
  brief: true,
});
