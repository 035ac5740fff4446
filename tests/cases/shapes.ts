/**
 * The frames that the cases of many fields share: one header in every wrapping that dissection sees through, and in
 * those that it does not.
 *
 * @module
 */

import {
  ah,
  arp,
  cut,
  destination,
  ethernet,
  extension,
  fragment,
  frame,
  hip,
  hopByHop,
  icmp,
  icmpv6,
  inMetadata,
  ipv4,
  type Ipv4Fields,
  ipv6,
  type Ipv6Fields,
  type Layer,
  mobility,
  pad,
  payload,
  routing,
  shim6,
  tcp,
  udp,
  vlan,
} from "../packets/build.ts";
import type { Packets } from "./field_cases.ts";

/** Four bytes of IPv4 options: three no-operations and an end, RFC 791 section 3.1. */
const OPTIONS_4 = [1, 1, 1, 0];
/** As many as fit: ihl 15. */
const OPTIONS_40 = new Array<number>(40).fill(1);

/** The headers behind every number and kind of VLAN tags that dissection reads. */
export function behindTags(...layers: readonly Layer[]): Packets {
  return {
    "without a tag": frame(ethernet(), ...layers),
    "behind a tag 0x8100": frame(ethernet(), vlan({ tpid: 0x8100 }), ...layers),
    "behind a tag 0x88a8": frame(ethernet(), vlan({ tpid: 0x88a8 }), ...layers),
    "behind a tag 0x9100": frame(ethernet(), vlan({ tpid: 0x9100 }), ...layers),
    "behind two tags": frame(ethernet(), vlan({ tpid: 0x88a8 }), vlan(), ...layers),
    "behind two tags 0x8100": frame(ethernet(), vlan(), vlan(), ...layers),
    "behind a tag in metadata": inMetadata({ id: 7 }, frame(ethernet(), ...layers)),
    "behind a tag in metadata and one in the packet": inMetadata(
      { tpid: 0x88a8 },
      frame(ethernet(), vlan(), ...layers),
    ),
  };
}

/** The headers behind more tags than dissection reads. */
export function behindThreeTags(...layers: readonly Layer[]): Packets {
  return {
    "behind three tags": frame(ethernet(), vlan(), vlan(), vlan(), ...layers),
    "behind four tags": frame(ethernet(), vlan(), vlan(), vlan(), vlan(), ...layers),
    "behind a tag in metadata and two in the packet": inMetadata({}, frame(ethernet(), vlan(), vlan(), ...layers)),
  };
}

/** The headers where the Ethernet type does not announce them. */
export function unannounced(...layers: readonly Layer[]): Packets {
  return {
    "under an unknown Ethernet type": frame(ethernet({ type: 0x88b5 }), ...layers),
    "under a length instead of a type": frame(ethernet({ type: 46 }), ...layers),
    "under MPLS's type": frame(ethernet({ type: 0x8847 }), ...layers),
    "behind a tag, under an unknown type": frame(ethernet(), vlan({ type: 0x88b5 }), ...layers),
    "behind an unknown tag": frame(ethernet(), vlan({ tpid: 0x9200 }), ...layers),
  };
}

/** `upper` (of at least four bytes) over IPv4, in every way that dissection reaches it. */
export function overIpv4(upper: Layer): Packets {
  const plain = frame(ethernet(), ipv4(), upper);
  return {
    "over IPv4": plain,
    "over IPv4, padded": pad(plain, 120, 0xff),
    "over IPv4, four bytes of it": cut(plain, 14 + 20 + 4),
    "over IPv4, beyond its total length": frame(ethernet(), ipv4({ totalLength: 20 }), upper),
    "over IPv4, total length zero": frame(ethernet(), ipv4({ totalLength: 0 }), upper),
    "over IPv4 with 4 bytes of options": frame(ethernet(), ipv4({ options: OPTIONS_4 }), upper),
    "over IPv4 with 40 bytes of options": frame(ethernet(), ipv4({ options: OPTIONS_40 }), upper),
    "over IPv4, first fragment": frame(ethernet(), ipv4({ moreFragments: true }), upper),
    "over IPv4, not to be fragmented": frame(ethernet(), ipv4({ dontFragment: true }), upper),
    "over IPv4, two tags": frame(ethernet(), vlan(), vlan(), ipv4(), upper),
    "over IPv4, a tag in metadata": inMetadata({}, frame(ethernet(), ipv4(), upper)),
  };
}

/** `upper` over IPv4, where it is in the frame but dissection does not reach it. */
export function hiddenInIpv4(upper: Layer): Packets {
  const plain = frame(ethernet(), ipv4(), upper);
  const optioned = frame(ethernet(), ipv4({ options: OPTIONS_4 }), upper);
  return {
    "over IPv4, three bytes of it": cut(plain, 14 + 20 + 3),
    "over IPv4, three bytes of it behind options": cut(optioned, 14 + 24 + 3),
    "over IPv4, nothing of it": cut(plain, 14 + 20),
    "over IPv4, later fragment": frame(ethernet(), ipv4({ fragmentOffset: 1 }), upper),
    "over IPv4, middle fragment": frame(ethernet(), ipv4({ fragmentOffset: 185, moreFragments: true }), upper),
    "over IPv4, fragment whose offset has the top bit only": frame(ethernet(), ipv4({ fragmentOffset: 0x1000 }), upper),
    "over IPv4, last possible fragment": frame(ethernet(), ipv4({ fragmentOffset: 0x1fff }), upper),
    ...brokenIpv4(upper),
    ...of("IPv4", behindThreeTags(ipv4(), upper)),
    ...of("IPv4", unannounced(ipv4(), upper)),
  };
}

/** IPv4 headers that are none, before `upper`. */
export function brokenIpv4(upper: Layer, fields: Ipv4Fields = {}): Packets {
  const plain = frame(ethernet(), ipv4(fields), upper);
  const zeros = payload(new Array<number>(60).fill(0));
  return {
    "IPv4 header cut by a byte": cut(plain, 14 + 19),
    "IPv4 header cut behind two tags": cut(frame(ethernet(), vlan(), vlan(), ipv4(fields), upper), 14 + 8 + 19),
    "IPv4 header of which one byte is there": cut(plain, 15),
    "IPv4 options cut by a byte": cut(frame(ethernet(), ipv4({ ...fields, options: OPTIONS_40 })), 14 + 59),
    "IPv4 with header length 16": frame(ethernet(), ipv4({ ...fields, ihl: 4 }), upper),
    "IPv4 with header length 0": frame(ethernet(), ipv4({ ...fields, ihl: 0 }), upper),
    "IPv4 with version 6": frame(ethernet(), ipv4({ ...fields, version: 6 }), upper, zeros),
    "IPv4 with version 0": frame(ethernet(), ipv4({ ...fields, version: 0 }), upper),
    "IPv4 under IPv6's type": frame(ethernet({ type: 0x86dd }), ipv4(fields), upper, zeros),
  };
}

/** `upper` (of at least four bytes) over IPv6, in every way that dissection reaches it. */
export function overIpv6(upper: Layer): Packets {
  const plain = frame(ethernet(), ipv6(), upper);
  return {
    "over IPv6": plain,
    "over IPv6, padded": pad(plain, 120, 0xff),
    "over IPv6, four bytes of it": cut(plain, 14 + 40 + 4),
    "over IPv6, payload length zero": frame(ethernet(), ipv6({ payloadLength: 0 }), upper),
    "over IPv6, two tags": frame(ethernet(), vlan(), vlan(), ipv6(), upper),
    "over IPv6, a tag in metadata": inMetadata({}, frame(ethernet(), ipv6(), upper)),
    ...behindChains(upper),
  };
}

/** `upper` behind every chain of extension headers that dissection walks to its end. */
export function behindChains(upper: Layer): Packets {
  const chains: Readonly<Record<string, readonly Layer[]>> = {
    "hop-by-hop": [hopByHop()],
    "hop-by-hop of 64 bytes": [hopByHop({ size: 64 })],
    "routing": [routing({ size: 24 })],
    "destination options": [destination()],
    "authentication": [ah()],
    "authentication of 12 bytes": [ah({ size: 12 })],
    "mobility": [mobility({ size: 16 })],
    "host identity": [hip({ size: 40 })],
    "shim6": [shim6()],
    "atomic fragment": [fragment()],
    "first fragment": [fragment({ more: true })],
    "first fragment with a reserved byte": [fragment({ reserved: 0xff })],
    "hop-by-hop, destination, routing, fragment": [hopByHop(), destination(), routing(), fragment({ more: true })],
    "seven headers": new Array<Layer>(7).fill(destination()),
    "eight headers": new Array<Layer>(8).fill(destination()),
    "eight headers of all kinds": [hopByHop(), routing(), fragment(), ah(), destination(), mobility(), hip(), shim6()],
  };
  return Object.fromEntries(
    Object.entries(chains).map(([name, chain]) => [
      `over IPv6, ${name}`,
      frame(ethernet(), ipv6(), ...chain, upper),
    ]),
  );
}

/** `upper` over IPv6, where it is in the frame but dissection does not reach it. */
export function hiddenInIpv6(upper: Layer): Packets {
  const plain = frame(ethernet(), ipv6(), upper);
  const extended = frame(ethernet(), ipv6(), hopByHop({ size: 16 }), upper);
  return {
    "over IPv6, three bytes of it": cut(plain, 14 + 40 + 3),
    "over IPv6, three bytes of it behind a header": cut(extended, 14 + 40 + 16 + 3),
    "over IPv6, nothing of it": cut(plain, 14 + 40),
    "over IPv6, later fragment": frame(ethernet(), ipv6(), fragment({ offset: 1 }), upper),
    "over IPv6, middle fragment": frame(ethernet(), ipv6(), fragment({ offset: 180, more: true }), upper),
    "over IPv6, fragment whose offset has the top bit only": //
      frame(ethernet(), ipv6(), fragment({ offset: 0x1000 }), upper),
    "over IPv6, last possible fragment": frame(ethernet(), ipv6(), fragment({ offset: 0x1fff }), upper),
    "over IPv6, later fragment behind others": frame(ethernet(), ipv6(), hopByHop(), fragment({ offset: 1 }), upper),
    "over IPv6, second fragment header a later one": //
      frame(ethernet(), ipv6(), fragment(), fragment({ offset: 2 }), upper),
    ...brokenChains(upper),
    ...brokenIpv6(upper),
    ...of("IPv6", behindThreeTags(ipv6(), upper)),
    ...of("IPv6", unannounced(ipv6(), upper)),
  };
}

/** Chains that dissection does not reach the end of, before `upper`. */
export function brokenChains(upper: Layer): Packets {
  const extended = frame(ethernet(), ipv6(), hopByHop({ size: 16 }), upper);
  return {
    "IPv6 chain of nine headers": frame(ethernet(), ipv6(), ...new Array<Layer>(9).fill(destination()), upper),
    "IPv6 chain of twelve headers": frame(ethernet(), ipv6(), ...new Array<Layer>(12).fill(destination()), upper),
    "IPv6 chain cut by a byte": cut(extended, 14 + 40 + 15),
    "IPv6 chain cut after eight bytes": cut(extended, 14 + 40 + 8),
    "IPv6 chain cut after seven bytes": cut(frame(ethernet(), ipv6(), hopByHop(), upper), 14 + 40 + 7),
    "IPv6 chain cut before its first header": cut(extended, 14 + 40),
    "IPv6 chain with a header longer than the frame": //
      frame(ethernet(), ipv6(), destination({ lengthByte: 255 }), upper),
    "IPv6 fragment header cut by a byte": cut(frame(ethernet(), ipv6(), fragment(), upper), 14 + 40 + 7),
    "IPv6 authentication header cut by a byte": cut(frame(ethernet(), ipv6(), ah({ size: 24 })), 14 + 40 + 23),
  };
}

/** IPv6 headers that are none, before `upper`. */
export function brokenIpv6(upper: Layer, fields: Ipv6Fields = {}): Packets {
  const plain = frame(ethernet(), ipv6(fields), upper);
  return {
    "IPv6 header cut by a byte": cut(plain, 14 + 39),
    "IPv6 header cut behind two tags": cut(frame(ethernet(), vlan(), vlan(), ipv6(fields), upper), 14 + 8 + 39),
    "IPv6 header of which one byte is there": cut(plain, 15),
    "IPv6 with version 4": frame(ethernet(), ipv6({ ...fields, version: 4 }), upper),
    "IPv6 with version 7": frame(ethernet(), ipv6({ ...fields, version: 7 }), upper),
    "IPv6 under IPv4's type": frame(ethernet({ type: 0x0800 }), ipv6(fields), upper),
  };
}

/** An IPv4 header everywhere that dissection finds it, whatever follows. */
export function ipv4Everywhere(fields: Ipv4Fields): Packets {
  const header = ipv4(fields);
  return {
    ...behindTags(header, udp()),
    "nothing behind it": cut(frame(ethernet(), header, udp()), 14 + 20),
    "nothing behind it, two tags before": cut(frame(ethernet(), vlan(), vlan(), header, udp()), 14 + 8 + 20),
    "before ICMP": frame(ethernet(), header, icmp()),
    "before another IPv4 header": frame(ethernet(), header, ipv4({ ttl: 99, src: "10.9.9.9", tos: 9 }), udp()),
    "before an unknown protocol": frame(ethernet(), header, payload([1, 2, 3])),
    "with 4 bytes of options": frame(ethernet(), ipv4({ ...fields, options: OPTIONS_4 }), tcp()),
    "with 40 bytes of options, nothing behind": frame(ethernet(), ipv4({ ...fields, options: OPTIONS_40 })),
    "a first fragment": frame(ethernet(), ipv4({ ...fields, moreFragments: true }), udp()),
    "a later fragment": frame(ethernet(), ipv4({ ...fields, fragmentOffset: 185 }), udp()),
    "with total length zero": frame(ethernet(), ipv4({ ...fields, totalLength: 0 }), udp()),
  };
}

/** Frames that have the IPv4 header where dissection does not find it, or none. */
export function ipv4Nowhere(fields: Ipv4Fields): Packets {
  const header = ipv4(fields);
  return {
    ...notIp(),
    ...brokenIpv4(udp(), fields),
    ...behindThreeTags(header, udp()),
    ...unannounced(header, udp()),
    "IPv6": frame(ethernet(), ipv6(), udp()),
    "inside IPv6": frame(ethernet(), ipv6(), header, udp()),
  };
}

/** An IPv6 header everywhere that dissection finds it, whatever follows. */
export function ipv6Everywhere(fields: Ipv6Fields): Packets {
  const header = ipv6(fields);
  return {
    ...behindTags(header, udp()),
    "nothing behind it": cut(frame(ethernet(), header, udp()), 14 + 40),
    "nothing behind it, two tags before": cut(frame(ethernet(), vlan(), vlan(), header, udp()), 14 + 8 + 40),
    "before ICMPv6": frame(ethernet(), header, icmpv6()),
    "before another IPv6 header": frame(ethernet(), header, ipv6({ hlim: 99, src: "fd00::9", tclass: 9 }), udp()),
    "before no next header": frame(ethernet(), ipv6({ ...fields, nxt: 59 })),
    "before a chain": frame(ethernet(), header, hopByHop(), routing(), destination(), tcp()),
    "before a chain that is too long": frame(ethernet(), header, ...new Array<Layer>(9).fill(destination()), tcp()),
    "before a chain that is cut": cut(frame(ethernet(), header, hopByHop()), 14 + 40 + 3),
    "a first fragment": frame(ethernet(), header, fragment({ more: true }), udp()),
    "a later fragment": frame(ethernet(), header, fragment({ offset: 180 }), udp()),
    "with payload length zero": frame(ethernet(), ipv6({ ...fields, payloadLength: 0 }), udp()),
    "with a flow label": frame(ethernet(), ipv6({ ...fields, flowLabel: 0xfffff }), udp()),
  };
}

/** Frames that have the IPv6 header where dissection does not find it, or none. */
export function ipv6Nowhere(fields: Ipv6Fields): Packets {
  const header = ipv6(fields);
  return {
    ...notIp(),
    ...brokenIpv6(udp(), fields),
    ...behindThreeTags(header, udp()),
    ...unannounced(header, udp()),
    "IPv4": frame(ethernet(), ipv4(), udp(), payload(new Array<number>(40).fill(0))),
    "inside IPv4": frame(ethernet(), ipv4(), header, udp()),
  };
}

/** Frames without IP. */
export function notIp(): Packets {
  return {
    "ARP": frame(ethernet(), arp()),
    "an Ethernet header alone": frame(ethernet()),
    "an Ethernet header cut by a byte": cut(frame(ethernet(), ipv4()), 13),
    "an empty frame": cut(frame(ethernet()), 0),
    "an IPv4 type with nothing behind": frame(ethernet({ type: 0x0800 })),
    "an IPv6 type with nothing behind": frame(ethernet({ type: 0x86dd })),
    "a VLAN tag cut by a byte": cut(frame(ethernet(), vlan(), ipv4()), 17),
  };
}

/** A header of a protocol that nobody knows: not an extension header to walk. */
export function unknownHeader(): Layer {
  return extension(253);
}

/** The packets, with a word before each name: what would otherwise be said twice of different packets. */
export function of(what: string, packets: Packets): Packets {
  return Object.fromEntries(Object.entries(packets).map(([name, packet]) => [`${what} ${name}`, packet]));
}
