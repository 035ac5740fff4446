import { ethernet, frame, ipv4, pppoe } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { sessionEverywhere, sessionNowhere } from "../link_cases.ts";
import { numberCases } from "../number_cases.ts";

const packet = (session: bigint) => frame(ethernet(), pppoe({ session: Number(session) }), ipv4());

export const cases: FieldCases = numberCases({
  field: "pppoe.session_id",
  widthBits: 16,
  packet,
  middle: 0x100n,
  within: [{
    range: "16..0x1001",
    below: packet(15n),
    first: packet(16n),
    last: packet(0x1001n),
    above: packet(0x1002n),
  }],
  present: [{ value: 0xabcdn, packets: sessionEverywhere({ session: 0xabcd }) }],
  absent: sessionNowhere({ session: 0xabcd }),
});
