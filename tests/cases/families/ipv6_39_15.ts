import {
  cut,
  ethernet,
  fragment,
  frame,
  hopByHop,
  inMetadata,
  ipv4,
  ipv6,
  type Layer,
  payload,
  vlan,
} from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { notIp } from "../shapes.ts";
import { filler, sliceCases, wantedBytes } from "../slice_cases.ts";

// Beyond the header, extension headers included.
const header = (first: number) => ipv6({ dst: `2001:db8::${first.toString(16)}`, nxt: 253 });
const [first, ...others] = wantedBytes(15) as [number, ...number[]];

export const cases: FieldCases = sliceCases({
  field: "ipv6[39:15]",
  bytes: 15,
  packet: ([first = 0, ...others]) => frame(ethernet(), header(first), payload(others)),
  there: {
    "before a protocol for experiments": frame(ethernet(), header(first), payload(others)),
    "behind two tags": frame(ethernet(), vlan(), vlan(), header(first), payload([...others, 0x55])),
    "a tag in metadata": inMetadata({}, frame(ethernet(), header(first), payload(others))),
  },
  present: [{
    value: BigInt(`0x02${"3c00010400000000"}${"2c0001040000"}`),
    packets: {
      "a chain": frame(ethernet(), ipv6({ dst: "2001:db8::2" }), hopByHop(), hopByHopBefore(44), fragment()),
    },
  }],
  absent: {
    ...notIp(),
    "a byte less": cut(frame(ethernet(), header(first), payload(others)), 14 + 53),
    "IPv4": frame(ethernet(), ipv4(), payload(filler(60))),
  },
});

/** A destination options header: 60, with what follows named. */
function hopByHopBefore(next: number): Layer {
  return { ...payload([next, 0, 1, 4, 0, 0, 0, 0]), protocol: 60 };
}
