import { cut, ethernet, frame, inMetadata, ipv4, ipv6, payload, udp, vlan } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { notIp } from "../shapes.ts";
import { sliceCases, wantedBytes } from "../slice_cases.ts";

// Beyond a header without options, also of a later fragment.
const [first, ...others] = wantedBytes(3) as [number, number, number];
const dst = `1.2.3.${first}`;
const upper = payload([...others, 0x55], { protocol: 6 });

export const cases: FieldCases = sliceCases({
  field: "ip[19:3]",
  bytes: 3,
  packet: (data) => frame(ethernet(), ipv4({ dst: `1.2.3.${data[0]}` }), payload(data.slice(1))),
  there: {
    "before TCP": frame(ethernet(), ipv4({ dst }), upper),
    "of a later fragment": frame(ethernet(), ipv4({ dst, fragmentOffset: 9 }), upper),
    "beyond the total length": frame(ethernet(), ipv4({ dst, totalLength: 20 }), upper),
    "before options": frame(ethernet(), vlan(), ipv4({ dst, options: [...others, 0, 0] }), udp()),
    "a tag in metadata": inMetadata({}, frame(ethernet(), ipv4({ dst }), upper)),
  },
  absent: {
    ...notIp(),
    "a byte less": cut(frame(ethernet(), ipv4({ dst }), upper), 14 + 21),
    "a byte less behind two tags": cut(frame(ethernet(), vlan(), vlan(), ipv4({ dst }), upper), 22 + 21),
    "IPv6": frame(ethernet(), ipv6(), upper),
  },
});
