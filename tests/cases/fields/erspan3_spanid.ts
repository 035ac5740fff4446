import { erspan3 } from "../../packets/build.ts";
import { erspan3Cases } from "../erspan_cases.ts";
import type { FieldCases } from "../field_cases.ts";

export const cases: FieldCases = erspan3Cases({
  field: "erspan3.spanid",
  widthBits: 10,
  full: (session) => erspan3({ session, vlan: 0xfff, bits: 0x15 }),
  plain: { value: 0x123, header: erspan3({ session: 0x123 }) },
});
