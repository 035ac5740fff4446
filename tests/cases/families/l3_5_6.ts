import { arp, cut, ethernet, frame, inMetadata, ipv4, payload, udp, vlan } from "../../packets/build.ts";
import type { FieldCases } from "../field_cases.ts";
import { behindTags, behindThreeTags } from "../shapes.ts";
import { filler, sliceCases, wantedBytes } from "../slice_cases.ts";

// What follows the type, whatever that is.
const body = (data: readonly number[], type = 0x88b5) => payload([...filler(5), ...data], { type });
const wanted = wantedBytes(6);

export const cases: FieldCases = sliceCases({
  field: "l3[5:6]",
  bytes: 6,
  packet: (data) => frame(ethernet(), body(data)),
  there: {
    ...behindTags(body(wanted)),
    "under a length instead of a type": frame(ethernet(), body(wanted, 46)),
    "under IPv4's type, and not IPv4": frame(ethernet(), body(wanted, 0x0800)),
    "under IPv6's type, and not IPv6": frame(ethernet(), vlan(), body(wanted, 0x86dd)),
    "behind an unknown tag": frame(ethernet({ type: 0x9200 }), body(wanted)),
  },
  present: [
    {
      value: 0x04_0001_020000n,
      packets: {
        "ARP": frame(ethernet(), arp()),
        "ARP behind a tag in metadata": inMetadata({}, frame(ethernet(), arp())),
      },
    },
    {
      value: 0x34_2009_401100n,
      packets: { "IPv4": frame(ethernet(), ipv4({ fragmentOffset: 9, moreFragments: true }), udp()) },
    },
  ],
  absent: {
    ...behindThreeTags(body(wanted)),
    "a byte less": cut(frame(ethernet(), body(wanted)), 14 + 10),
    "a byte less behind two tags": cut(frame(ethernet(), vlan(), vlan(), body(wanted)), 22 + 10),
    "a VLAN tag cut by a byte": cut(frame(ethernet(), vlan(), body(wanted)), 17),
    "an Ethernet header alone": frame(ethernet()),
    "an Ethernet header cut by a byte": cut(frame(ethernet(), body(wanted)), 13),
  },
});
