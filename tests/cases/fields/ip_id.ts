import { ethernet, frame, ipv4, udp } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { numberCases } from "../number_cases.ts";
import { ipv4Everywhere, ipv4Nowhere } from "../shapes.ts";

const packet = (value: bigint) => frame(ethernet(), ipv4({ id: Number(value), dontFragment: true }), udp());

export const cases: FieldCases = numberCases({
  field: "ip.id",
  widthBits: 16,
  packet,
  middle: 0x100n,
  within: [{ range: "16..1000", below: packet(15n), first: packet(16n), last: packet(1000n), above: packet(1001n) }],
  present: [{ value: 17185n, packets: ipv4Everywhere({ id: 0x4321 }) }],
  absent: ipv4Nowhere({ id: 0x4321 }),
});
