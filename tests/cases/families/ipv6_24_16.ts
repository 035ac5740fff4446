import { cut, ethernet, frame, hopByHop, ipv6, udp } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { behindTags, ipv6Nowhere } from "../shapes.ts";
import { sliceCases, wantedBytes } from "../slice_cases.ts";

// The destination.
const text = (data: readonly number[]) => Uint8Array.from(data).toHex().match(/..../g)!.join(":");
const wanted = ipv6({ dst: text(wantedBytes(16)) });

export const cases: FieldCases = sliceCases({
  field: "ipv6[24:16]",
  bytes: 16,
  packet: (data) => frame(ethernet(), ipv6({ dst: text(data) }), udp()),
  there: {
    ...behindTags(wanted, udp()),
    "nothing behind it": cut(frame(ethernet(), wanted), 14 + 40),
    "before a chain that is cut": cut(frame(ethernet(), wanted, hopByHop()), 14 + 40 + 3),
  },
  absent: ipv6Nowhere({ dst: text(wantedBytes(16)) }),
});
