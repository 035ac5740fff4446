import { ethernet, frame, ipv4, udp } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { numberCases } from "../number_cases.ts";
import { ipv4Everywhere, ipv4Nowhere } from "../shapes.ts";

const packet = (value: bigint) =>
  frame(
    ethernet(),
    ipv4({ moreFragments: value === 1n, dontFragment: value === 0n, fragmentOffset: value === 0n ? 0x1fff : 0 }),
    udp(),
  );

export const cases: FieldCases = numberCases({
  field: "ip.flags.mf",
  widthBits: 1,
  packet,
  present: [{ value: 1n, packets: ipv4Everywhere({ moreFragments: true }) }],
  absent: ipv4Nowhere({ moreFragments: true }),
});
