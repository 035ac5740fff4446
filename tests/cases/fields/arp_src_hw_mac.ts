import { macText } from "../../packets/addresses.ts";
import { arp, ethernet, frame } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { arpEverywhere, arpNowhere } from "../link_cases.ts";
import { numberCases } from "../number_cases.ts";

const packet = (mac: bigint) => frame(ethernet(), arp({ senderMac: macText(mac), targetMac: "a5:a5:a5:a5:a5:a5" }));
const senderMac = "00:11:22:33:44:55";

export const cases: FieldCases = numberCases({
  field: "arp.src.hw_mac",
  widthBits: 48,
  packet,
  middle: 0x0011_2201_0000n,
  within: [{
    range: "00:11:22:00:00:00/24",
    below: packet(0x0011_21ff_ffffn),
    first: packet(0x0011_2200_0000n),
    last: packet(0x0011_22ff_ffffn),
    above: packet(0x0011_2300_0000n),
  }],
  present: [{ value: senderMac, packets: arpEverywhere({ senderMac }) }],
  absent: arpNowhere({ senderMac }),
});
