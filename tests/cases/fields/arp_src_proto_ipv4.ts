import { arp, ethernet, frame } from "../../packets/build.ts";
import { ipv4 as ipv4Text } from "../../random/address_text.ts";
import type { FieldCases } from "../field_cases.ts";
import { arpEverywhere, arpNowhere } from "../link_cases.ts";
import { numberCases } from "../number_cases.ts";

const packet = (address: bigint) =>
  frame(ethernet(), arp({ senderIp: ipv4Text(Number(address)), targetIp: "165.165.165.165" }));
const senderIp = "203.0.113.77";

export const cases: FieldCases = numberCases({
  field: "arp.src.proto_ipv4",
  widthBits: 32,
  packet,
  middle: 0x0a01_0000n,
  within: [{
    range: "10.1.2.0/23",
    below: packet(0x0a01_01ffn),
    first: packet(0x0a01_0200n),
    last: packet(0x0a01_03ffn),
    above: packet(0x0a01_0400n),
  }],
  present: [{ value: senderIp, packets: arpEverywhere({ senderIp }) }],
  absent: arpNowhere({ senderIp }),
});
