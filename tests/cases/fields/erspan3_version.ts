import { erspan3 } from "../../packets/build.ts";
import { erspan3Cases } from "../erspan_cases.ts";
import type { FieldCases } from "../field_cases.ts";

export const cases: FieldCases = erspan3Cases({
  field: "erspan3.version",
  widthBits: 4,
  full: (version) => erspan3({ version, vlan: 0xfff, session: 0 }),
  brief: true,
});
