import { ethernet, frame, ipv6, udp } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { numberCases } from "../number_cases.ts";
import { ipv6Everywhere, ipv6Nowhere } from "../shapes.ts";

const packet = (value: bigint) => frame(ethernet(), ipv6({ payloadLength: Number(value), flowLabel: 0xa5a5a }), udp());

const { "with payload length zero": _other, ...everywhere } = ipv6Everywhere({ payloadLength: 777 });

export const cases: FieldCases = numberCases({
  field: "ipv6.plen",
  widthBits: 16,
  packet,
  middle: 0x100n,
  within: [{ range: "40..1500", below: packet(39n), first: packet(40n), last: packet(1500n), above: packet(1501n) }],
  present: [{ value: 777n, packets: everywhere }],
  absent: ipv6Nowhere({ payloadLength: 777 }),
});
