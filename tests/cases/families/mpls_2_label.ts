import { ethernet, frame } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { stackEntry, stackEverywhere, stackNowhere } from "../link_cases.ts";
import { numberCases } from "../number_cases.ts";

const packet = (label: bigint) => frame(ethernet(), ...stackEntry(2, { label: Number(label), exp: 0, ttl: 0x55 }));

export const cases: FieldCases = numberCases({
  field: "mpls[2].label",
  widthBits: 20,
  packet,
  middle: 0x1_0000n,
  within: [{ range: "16..1000", below: packet(15n), first: packet(16n), last: packet(1000n), above: packet(1001n) }],
  present: [{ value: 0x12345n, packets: stackEverywhere(2, { label: 0x12345 }) }],
  absent: stackNowhere(2, { label: 0x12345 }),
});
