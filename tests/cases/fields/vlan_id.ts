import { ethernet, frame, inMetadata, ipv4, udp, vlan } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { EITHER, idCases } from "../tag_cases.ts";

const base = idCases(EITHER);
const tagged = (outer: number, inner: number) => frame(ethernet(), vlan({ id: outer }), vlan({ id: inner }), ipv4());

export const cases: FieldCases = {
  ...base,
  tables: [
    ...base.tables ?? [],
    {
      packets: {
        "neither tag": tagged(10, 30),
        "the first tag": tagged(20, 30),
        "the second tag": tagged(10, 20),
        "both tags": tagged(20, 20),
        "the tag in metadata": inMetadata({ id: 20 }, frame(ethernet(), vlan({ id: 30 }), ipv4())),
        "the tag behind one in metadata": inMetadata({ id: 10 }, frame(ethernet(), vlan({ id: 20 }), ipv4())),
      },
      rows: [
        ["==", 20, [false, true, true, true, true, true]],
        ["!=", 20, [true, false, false, false, false, false]],
        ["<", 20, [true, false, true, false, false, true]],
        ["<=", 20, [true, true, true, true, true, true]],
        [">", 20, [true, true, false, false, true, false]],
        [">=", 30, [true, true, false, false, true, false]],
        ["in", ["15..25"], [false, true, true, true, true, true]],
        ["not in", ["15..25"], [true, false, false, false, false, false]],
        ["==", "0/0", [true, true, true, true, true, true]],
        ["!=", "0/0", [false, false, false, false, false, false]],
      ],
    },
  ],
  rules: [
    {
      name: "two matches on either tag, one satisfied by each",
      matches: [{ field: "vlan.id", value: 10 }, { field: "vlan.id", value: 20 }],
      packet: tagged(20, 10),
      holds: true,
    },
    {
      name: "id of one tag, priority of the other",
      matches: [{ field: "vlan.id", value: 10 }, { field: "vlan.priority", value: 3 }],
      packet: frame(ethernet(), vlan({ id: 10 }), vlan({ id: 20, priority: 3 }), ipv4(), udp()),
      holds: true,
    },
    {
      name: "id and priority of the same tag, which has only one",
      matches: [{ field: "svlan.id", value: 10 }, { field: "svlan.priority", value: 3 }],
      packet: frame(ethernet(), vlan({ id: 10 }), vlan({ id: 20, priority: 3 }), ipv4(), udp()),
      holds: false,
    },
    {
      name: "both tags by place",
      matches: [{ field: "svlan.id", value: 10 }, { field: "cvlan.id", value: 20 }],
      packet: tagged(10, 20),
      holds: true,
    },
    {
      name: "both tags by place, swapped",
      matches: [{ field: "svlan.id", value: 10 }, { field: "cvlan.id", value: 20 }],
      packet: tagged(20, 10),
      holds: false,
    },
  ],
};
