import { ethernet, frame } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { stackEntry, stackEverywhere, stackNowhere } from "../link_cases.ts";
import { numberCases } from "../number_cases.ts";

const packet = (ttl: bigint) => frame(ethernet(), ...stackEntry(7, { ttl: Number(ttl), label: 0xfffff, exp: 2 }));

export const cases: FieldCases = numberCases({
  field: "mpls[7].ttl",
  widthBits: 8,
  packet,
  middle: 128n,
  within: [{ range: "10..20", below: packet(9n), first: packet(10n), last: packet(20n), above: packet(21n) }],
  present: [{ value: 37n, packets: stackEverywhere(7, { ttl: 37 }) }],
  absent: stackNowhere(7, { ttl: 37 }),
});
