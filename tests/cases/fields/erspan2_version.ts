import { erspan2 } from "../../packets/build.ts";
import { erspan2Cases } from "../erspan_cases.ts";
import type { FieldCases } from "../field_cases.ts";

export const cases: FieldCases = erspan2Cases({
  field: "erspan2.version",
  widthBits: 4,
  full: (version) => erspan2({ version, vlan: 0xfff, session: 0 }),
  brief: true,
});
