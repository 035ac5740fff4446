import { erspan2 } from "../../packets/build.ts";
import { erspan2Cases } from "../erspan_cases.ts";
import type { FieldCases } from "../field_cases.ts";

export const cases: FieldCases = erspan2Cases({
  field: "erspan2.spanid",
  widthBits: 10,
  full: (session) => erspan2({ session, vlan: 0xfff, bits: 0x15, index: 0xfffff }),
  plain: { value: 0x123, header: erspan2({ session: 0x123 }) },
});
