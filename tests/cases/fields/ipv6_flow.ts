import { ethernet, frame, ipv6, udp } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { numberCases } from "../number_cases.ts";
import { ipv6Everywhere, ipv6Nowhere } from "../shapes.ts";

const packet = (value: bigint) => frame(ethernet(), ipv6({ flowLabel: Number(value), tclass: 0xa5 }), udp());

const { "with a flow label": _other, ...everywhere } = ipv6Everywhere({ flowLabel: 0x12345 });

export const cases: FieldCases = numberCases({
  field: "ipv6.flow",
  widthBits: 20,
  packet,
  middle: 0x1_0000n,
  within: [{ range: "16..1000", below: packet(15n), first: packet(16n), last: packet(1000n), above: packet(1001n) }],
  present: [{ value: 74565n, packets: everywhere }],
  absent: ipv6Nowhere({ flowLabel: 0x12345 }),
});
