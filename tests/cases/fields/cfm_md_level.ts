import { cfm, ethernet, frame } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { cfmEverywhere, cfmNowhere } from "../link_cases.ts";
import { numberCases } from "../number_cases.ts";

const packet = (level: bigint) => frame(ethernet(), cfm({ level: Number(level), version: 0x15 }));

export const cases: FieldCases = numberCases({
  field: "cfm.md.level",
  widthBits: 3,
  packet,
  middle: 3n,
  within: [{ range: "3..5", below: packet(2n), first: packet(3n), last: packet(5n), above: packet(6n) }],
  present: [{ value: 5n, packets: cfmEverywhere({ level: 5 }) }],
  absent: cfmNowhere({ level: 5 }),
});
