import { ethernet, frame, ipv4, udp } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { numberCases } from "../number_cases.ts";
import { ipv4Everywhere, ipv4Nowhere } from "../shapes.ts";

const packet = (value: bigint) =>
  frame(ethernet(), ipv4({ fragmentOffset: Number(value), moreFragments: true }), udp());

export const cases: FieldCases = numberCases({
  field: "ip.frag_offset",
  widthBits: 13,
  packet,
  middle: 0x100n,
  within: [{ range: "16..1000", below: packet(15n), first: packet(16n), last: packet(1000n), above: packet(1001n) }],
  present: [{ value: 185n, packets: ipv4Everywhere({ fragmentOffset: 185 }) }],
  absent: ipv4Nowhere({ fragmentOffset: 185 }),
});
