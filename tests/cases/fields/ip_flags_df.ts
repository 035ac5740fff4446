import { ethernet, frame, ipv4, udp } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { numberCases } from "../number_cases.ts";
import { ipv4Everywhere, ipv4Nowhere } from "../shapes.ts";

const packet = (value: bigint) =>
  frame(
    ethernet(),
    ipv4({ dontFragment: value === 1n, reservedFlag: value === 0n, moreFragments: value === 0n }),
    udp(),
  );

export const cases: FieldCases = numberCases({
  field: "ip.flags.df",
  widthBits: 1,
  packet,
  present: [{ value: 1n, packets: ipv4Everywhere({ dontFragment: true }) }],
  absent: ipv4Nowhere({ dontFragment: true }),
});
