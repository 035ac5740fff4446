import { ethernet, frame, ipv4, vlan } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { EITHER, tciCases } from "../tag_cases.ts";

const base = tciCases(EITHER);
const tagged = (outer: number, inner: number) => frame(ethernet(), vlan({ tci: outer }), vlan({ tci: inner }), ipv4());

export const cases: FieldCases = {
  ...base,
  tables: [
    ...base.tables ?? [],
    {
      packets: {
        "neither tag": tagged(0x1fff, 0x2101),
        "the first tag": tagged(0x2000, 0x2101),
        "the second tag": tagged(0x1fff, 0x2000),
        "both tags": tagged(0x2000, 0x2000),
      },
      rows: [
        ["==", 0x2000, [false, true, true, true]],
        ["!=", 0x2000, [true, false, false, false]],
        ["<", 0x2000, [true, false, true, false]],
        ["<=", 0x2000, [true, true, true, true]],
        [">", 0x2000, [true, true, false, false]],
        [">=", 0x2101, [true, true, false, false]],
        ["in", ["0x2000..0x2100"], [false, true, true, true]],
        ["not in", ["0x2000..0x2100"], [true, false, false, false]],
      ],
    },
  ],
};
