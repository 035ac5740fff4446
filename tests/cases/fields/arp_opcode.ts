import { arp, ethernet, frame } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { arpEverywhere, arpNowhere } from "../link_cases.ts";
import { numberCases } from "../number_cases.ts";

const packet = (opcode: bigint) => frame(ethernet(), arp({ opcode: Number(opcode), senderMac: "ff:ff:00:00:00:01" }));

export const cases: FieldCases = numberCases({
  field: "arp.opcode",
  widthBits: 16,
  packet,
  middle: 0x100n,
  within: [{ range: "3..4", below: packet(2n), first: packet(3n), last: packet(4n), above: packet(5n) }],
  present: [{ value: 0x102n, packets: arpEverywhere({ opcode: 0x102 }) }],
  absent: arpNowhere({ opcode: 0x102 }),
});
