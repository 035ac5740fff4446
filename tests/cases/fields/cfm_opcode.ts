import { cfm, ethernet, frame } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { cfmEverywhere, cfmNowhere } from "../link_cases.ts";
import { numberCases } from "../number_cases.ts";

const packet = (opcode: bigint) => frame(ethernet(), cfm({ level: 5, opcode: Number(opcode) }));

export const cases: FieldCases = numberCases({
  field: "cfm.opcode",
  widthBits: 8,
  packet,
  middle: 47n,
  within: [{ range: "2..5", below: packet(1n), first: packet(2n), last: packet(5n), above: packet(6n) }],
  present: [{ value: 3n, packets: cfmEverywhere({ opcode: 3 }) }],
  absent: cfmNowhere({ opcode: 3 }),
});
