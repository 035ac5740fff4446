import { ethernet, frame, ipv4, vlan } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { EITHER, priorityCases } from "../tag_cases.ts";

const base = priorityCases(EITHER);
const tagged = (outer: number, inner: number) =>
  frame(ethernet(), vlan({ priority: outer }), vlan({ priority: inner }), ipv4());

export const cases: FieldCases = {
  ...base,
  tables: [
    ...base.tables ?? [],
    {
      packets: {
        "neither tag": tagged(2, 6),
        "the first tag": tagged(4, 6),
        "the second tag": tagged(2, 4),
        "both tags": tagged(4, 4),
      },
      rows: [
        ["==", 4, [false, true, true, true]],
        ["!=", 4, [true, false, false, false]],
        ["<", 4, [true, false, true, false]],
        ["<=", 4, [true, true, true, true]],
        [">", 4, [true, true, false, false]],
        [">=", 5, [true, true, false, false]],
        ["in", [3, 4, 5], [false, true, true, true]],
        ["not in", [3, 4, 5], [true, false, false, false]],
      ],
    },
  ],
};
