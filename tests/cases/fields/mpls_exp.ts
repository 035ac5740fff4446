import { ethernet, frame } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { stackEntry, stackEverywhere, stackNowhere } from "../link_cases.ts";
import { numberCases } from "../number_cases.ts";

const packet = (exp: bigint) => frame(ethernet(), ...stackEntry(1, { exp: Number(exp), label: 0x55554, ttl: 0xaa }));

export const cases: FieldCases = numberCases({
  field: "mpls.exp",
  widthBits: 3,
  packet,
  middle: 3n,
  within: [{ range: "3..5", below: packet(2n), first: packet(3n), last: packet(5n), above: packet(6n) }],
  present: [{ value: 5n, packets: stackEverywhere(1, { exp: 5 }) }],
  absent: stackNowhere(1, { exp: 5 }),
});
