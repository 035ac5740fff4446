import { ethernet, frame, ipv4, vlan } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { EITHER, tpidCases } from "../tag_cases.ts";

const base = tpidCases(EITHER);
const tagged = (outer: number, inner: number) =>
  frame(ethernet(), vlan({ tpid: outer }), vlan({ tpid: inner }), ipv4());

export const cases: FieldCases = {
  ...base,
  tables: [
    ...base.tables ?? [],
    {
      packets: {
        "neither tag": tagged(0x8100, 0x9100),
        "the first tag": tagged(0x88a8, 0x9100),
        "the second tag": tagged(0x8100, 0x88a8),
        "both tags": tagged(0x88a8, 0x88a8),
      },
      rows: [
        ["==", 0x88a8, [false, true, true, true]],
        ["!=", 0x88a8, [true, false, false, false]],
        ["<", 0x88a8, [true, false, true, false]],
        ["<=", 0x88a8, [true, true, true, true]],
        [">", 0x88a8, [true, true, false, false]],
        [">=", 0x88a9, [true, true, false, false]],
        ["in", ["0x88a0..0x88af"], [false, true, true, true]],
        ["not in", ["0x88a0..0x88af"], [true, false, false, false]],
      ],
    },
  ],
};
