/**
 * What the fields behind Ethernet types other than IP's have in common: a header wherever dissection finds it, and where it
 * does not.
 *
 * @module
 */

import {
  arp,
  type ArpFields,
  cfm,
  cut,
  ethernet,
  frame,
  ipv4,
  ipv6,
  type LabelFields,
  type Layer,
  mpls,
  pad,
  payload,
  pppoe,
  udp,
} from "../packets/build.ts";
import type { Packets } from "./field_cases.ts";
import { behindTags, behindThreeTags } from "./shapes.ts";

/** `header` of so many bytes behind its Ethernet type. */
function linkEverywhere(header: Layer, bytes: number, ...above: readonly Layer[]): Packets {
  return {
    ...behindTags(header, ...above),
    "nothing behind it": cut(frame(ethernet(), header, ...above), 14 + bytes),
    "padded": pad(frame(ethernet(), header, ...above), 100, 0xff),
  };
}

/** `header` where it is cut, behind too many tags, or under other types; and frames without any. */
function linkNowhere(header: Layer, bytes: number): Packets {
  const plain = frame(ethernet(), header);
  return {
    "cut by a byte": cut(plain, 14 + bytes - 1),
    "cut by a byte behind two tags": cut(behindTags(header)["behind two tags"]!, 14 + 8 + bytes - 1),
    "its type with nothing behind": cut(plain, 14),
    ...behindThreeTags(header),
    "under an unknown Ethernet type": frame(ethernet({ type: 0x88b5 }), header),
    "under a length instead of a type": frame(ethernet({ type: 46 }), header),
    "under IPv4's type": frame(ethernet({ type: 0x0800 }), header, payload(new Array<number>(40).fill(0))),
    "under IPv6's type": frame(ethernet({ type: 0x86dd }), header, payload(new Array<number>(40).fill(0))),
    "over IPv4": frame(ethernet(), ipv4(), header),
    "IPv4": frame(ethernet(), ipv4(), udp()),
    "IPv6": frame(ethernet(), ipv6(), udp()),
    "an Ethernet header cut by a byte": cut(plain, 13),
  };
}

/** ARP with these fields, of every kind that is read. */
export function arpEverywhere(fields: ArpFields): Packets {
  return {
    ...linkEverywhere(arp(fields), 28),
    "RARP": frame(ethernet(), arp({ ...fields, type: 0x8035 })),
    ...("opcode" in fields ? {} : { "of an unknown operation": frame(ethernet(), arp({ ...fields, opcode: 0xffff })) }),
  };
}

/** ARP with these fields that is not of IPv4 over Ethernet, or not there. */
export function arpNowhere(fields: ArpFields): Packets {
  const of = (lie: ArpFields) => frame(ethernet(), arp({ ...fields, ...lie }));
  return {
    ...linkNowhere(arp(fields), 28),
    "under MPLS's type": of({ type: 0x8847 }),
    "of another hardware type": of({ hardware: 6 }),
    "of a hardware type with the right low byte": of({ hardware: 0x0101 }),
    "of another protocol type": of({ protocol: 0x86dd }),
    "of hardware addresses of 8 bytes": of({ hardwareBytes: 8 }),
    "of protocol addresses of 16 bytes": of({ protocolBytes: 16 }),
  };
}

/** An entry of the label stack, of which no other is like the ones in the cases. */
const OTHER: LabelFields = { label: 0x55555, exp: 2, ttl: 0x2a };

function others(count: number): Layer[] {
  return Array.from({ length: count }, () => mpls({ ...OTHER, bottom: 0 }));
}

/** An entry at its place of the stack, from 1, with others before it. */
export function stackEntry(place: number, fields: LabelFields, ...above: readonly Layer[]): Layer[] {
  return [...others(place - 1), mpls(fields), ...above];
}

/** The entry wherever it is read; those behind it are told by it unless its bottom bit is given. */
export function stackEverywhere(place: number, fields: LabelFields): Packets {
  const own = stackEntry(place, fields);
  const [first, ...rest] = own as [Layer, ...Layer[]];
  return {
    ...behindTags(...own),
    "before IPv4": frame(ethernet(), ...own, ipv4(), udp()),
    "before others": frame(ethernet(), ...own, ...others(3)),
    "before others that are cut": cut(frame(ethernet(), ...own, ...others(3)), 14 + 4 * place + 3),
    "multicast": frame(ethernet({ type: 0x8848 }), first, ...rest),
    "padded": pad(frame(ethernet(), ...own), 100, 0xff),
  };
}

/** The entry where the stack is cut, or ended before it. */
export function stackNowhere(place: number, fields: LabelFields): Packets {
  const [first, ...rest] = stackEntry(place, fields) as [Layer, ...Layer[]];
  const whole = frame(ethernet(), first, ...rest);
  const stack = payload([...whole.bytes.subarray(14)], { type: 0x8847 });
  return {
    ...linkNowhere(stack, 4 * place),
    ...(place > 1 && {
      "the entry before is the bottom": frame(
        ethernet(),
        ...others(place - 2),
        mpls({ ...OTHER, bottom: 1 }),
        mpls(fields),
      ),
      "the top entry is the bottom": frame(
        ethernet(),
        mpls({ ...OTHER, bottom: 1 }),
        ...stackEntry(place - 1, fields),
      ),
      "the entry before is the last": cut(whole, 14 + 4 * (place - 1)),
    }),
    "under ARP's type": frame(ethernet({ type: 0x0806 }), first, ...rest, payload(new Array<number>(28).fill(0))),
  };
}

/** A session's header everywhere. */
export function sessionEverywhere(fields: Parameters<typeof pppoe>[0]): Packets {
  return {
    ...linkEverywhere(pppoe(fields), 8, ipv4(), udp()),
    "with length zero": frame(ethernet(), pppoe({ ...fields, length: 0 }), ipv4()),
  };
}

/** A session's header that is cut, or of discovery. */
export function sessionNowhere(fields: Parameters<typeof pppoe>[0]): Packets {
  const of = (lie: Parameters<typeof pppoe>[0]) => frame(ethernet(), pppoe({ ...fields, ...lie }), ipv4(), udp());
  return {
    ...linkNowhere(pppoe(fields), 8),
    "under the type of discovery": frame(ethernet({ type: 0x8863 }), pppoe(fields), ipv4(), udp()),
    "of a code of discovery": of({ code: 9 }),
    "of version 2": of({ versionType: 0x21 }),
    "of type 2": of({ versionType: 0x12 }),
    "of version and type 0": of({ versionType: 0 }),
  };
}

/** CFM everywhere. */
export function cfmEverywhere(fields: Parameters<typeof cfm>[0]): Packets {
  return linkEverywhere(cfm(fields), 2);
}

/** CFM that is cut or under another type. */
export function cfmNowhere(fields: Parameters<typeof cfm>[0]): Packets {
  return linkNowhere(cfm(fields), 2);
}
