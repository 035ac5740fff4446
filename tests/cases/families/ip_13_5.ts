import { cut, ethernet, frame, ipv4, udp } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { behindTags, ipv4Nowhere } from "../shapes.ts";
import { sliceCases, wantedBytes } from "../slice_cases.ts";

// Three bytes of the source, two of the destination.
const header = (data: readonly number[]) =>
  ipv4({ src: `10.${data.slice(0, 3).join(".")}`, dst: `${data.slice(3, 5).join(".")}.9.9` });
const wanted = header(wantedBytes(5));

export const cases: FieldCases = sliceCases({
  field: "ip[13:5]",
  bytes: 5,
  packet: (data) => frame(ethernet(), header(data), udp()),
  there: { ...behindTags(wanted, udp()), "nothing behind it": cut(frame(ethernet(), wanted), 14 + 20) },
  absent: ipv4Nowhere({ src: "10.165.195.225", dst: "120.90.9.9" }),
});
