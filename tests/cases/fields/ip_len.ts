import { ethernet, frame, ipv4, udp } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { numberCases } from "../number_cases.ts";
import { ipv4Everywhere, ipv4Nowhere } from "../shapes.ts";

const packet = (value: bigint) => frame(ethernet(), ipv4({ totalLength: Number(value), tos: 0xff }), udp());

const { "with total length zero": _other, ...everywhere } = ipv4Everywhere({ totalLength: 777 });

export const cases: FieldCases = numberCases({
  field: "ip.len",
  widthBits: 16,
  packet,
  middle: 0x100n,
  within: [{ range: "40..1500", below: packet(39n), first: packet(40n), last: packet(1500n), above: packet(1501n) }],
  present: [{ value: 777n, packets: everywhere }],
  absent: ipv4Nowhere({ totalLength: 777 }),
});
