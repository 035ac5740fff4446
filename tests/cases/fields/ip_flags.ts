import { ethernet, frame, ipv4, udp } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { numberCases } from "../number_cases.ts";
import { ipv4Everywhere, ipv4Nowhere } from "../shapes.ts";

const flagsOf = (flags: bigint) => ({
  reservedFlag: (flags & 4n) !== 0n,
  dontFragment: (flags & 2n) !== 0n,
  moreFragments: (flags & 1n) !== 0n,
});
const packet = (flags: bigint) => frame(ethernet(), ipv4({ ...flagsOf(flags), fragmentOffset: 0x1555 }), udp());

export const cases: FieldCases = numberCases({
  field: "ip.flags",
  widthBits: 3,
  packet,
  middle: 3n,
  within: [{ range: "3..5", below: packet(2n), first: packet(3n), last: packet(5n), above: packet(6n) }],
  present: [{ value: 5n, packets: ipv4Everywhere(flagsOf(5n)) }],
  absent: ipv4Nowhere(flagsOf(5n)),
});
