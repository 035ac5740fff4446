/**
 * What the fifteen fields of VLAN tags have in common: the first tag, the second, or either.
 *
 * @module
 */

import type { Packet } from "../../lib/semantics/dissect.ts";
import {
  arp,
  cut,
  ethernet,
  frame,
  inMetadata,
  ipv4,
  ipv6,
  type Layer,
  payload,
  udp,
  vlan,
  type VlanTag,
} from "../packets/build.ts";
import type { FieldCases, Packets, TruthTable } from "./field_cases.ts";

/** Where a tag may be. */
export interface TagPlace {
  /** Prefix of the fields' names. */
  readonly prefix: "svlan" | "cvlan" | "vlan";
  /** The tag at the place, and nothing else that the field could mean; what follows it. */
  readonly alone: (tag: VlanTag & { type?: number }, ...above: readonly Layer[]) => Packet;
  /** The tag everywhere that the field means, other tags having other values; what follows it has `type`. */
  readonly everywhere: (tag: VlanTag) => Packets;
  /** The tag where the field does not mean it, and frames that have none. */
  readonly elsewhere: (tag: VlanTag) => Packets;
}

/** Of other tags: no part of it is the same as of the tags in the cases. */
const OTHER: VlanTag = { tpid: 0x9100, priority: 2, dei: 0, id: 0x555 };

/** The first tag, wherever the second is. */
export const OUTER: TagPlace = {
  prefix: "svlan",
  alone: (tag, ...above) => frame(ethernet(), vlan(tag), ...above),
  everywhere: firstTag,
  elsewhere: () => withoutTag(),
};

/** The second tag. */
export const INNER: TagPlace = {
  prefix: "cvlan",
  alone: (tag, ...above) => frame(ethernet(), vlan(OTHER), vlan(tag), ...above),
  everywhere: secondTag,
  elsewhere: (tag) => ({
    ...withoutTag(),
    "a first tag alone": frame(ethernet(), vlan(tag), ipv4(), udp()),
    "a first tag, the second cut by a byte": cut(frame(ethernet(), vlan(tag), vlan(tag), ipv4()), 21),
    "a first tag, of the second only the type": cut(frame(ethernet(), vlan(tag), vlan(tag), ipv4()), 18),
    "a first tag, behind it an unknown one": frame(ethernet(), vlan(tag), vlan({ ...tag, tpid: 0x9200 }), ipv4()),
    "a tag in metadata alone": inMetadata(tag, frame(ethernet(), ipv4(), udp())),
    "a tag in metadata, one in the packet cut by a byte": //
      inMetadata(tag, cut(frame(ethernet(), vlan(tag), ipv4()), 17)),
  }),
};

/** Either tag. */
export const EITHER: TagPlace = {
  prefix: "vlan",
  alone: OUTER.alone,
  everywhere: (tag) => ({ ...firstTag(tag), ...secondTag(tag) }),
  elsewhere: () => withoutTag(),
};

function firstTag(tag: VlanTag): Packets {
  return {
    "the only tag": frame(ethernet(), vlan(tag), ipv4(), udp()),
    "the only tag, before IPv6": frame(ethernet(), vlan(tag), ipv6(), udp()),
    "the only tag, before ARP": frame(ethernet(), vlan(tag), arp()),
    "the only tag, before a broken IPv4 header": frame(ethernet(), vlan(tag), ipv4({ ihl: 1 })),
    "the only tag, nothing behind it": cut(frame(ethernet(), vlan(tag), ipv4()), 18),
    "the first of two": frame(ethernet(), vlan(tag), vlan(OTHER), ipv4(), udp()),
    "the first of two, the second cut by a byte": cut(frame(ethernet(), vlan(tag), vlan(OTHER), ipv4()), 21),
    "the first of two, the second only announced": cut(frame(ethernet(), vlan(tag), vlan(OTHER), ipv4()), 18),
    "the first of three": frame(ethernet(), vlan(tag), vlan(OTHER), vlan(OTHER), ipv4()),
    "the tag in metadata": inMetadata(tag, frame(ethernet(), ipv4(), udp())),
    "the tag in metadata, before ARP": inMetadata(tag, frame(ethernet(), arp())),
    "the tag in metadata, nothing behind it": inMetadata(tag, cut(frame(ethernet(), ipv4()), 14)),
    "the tag in metadata, another in the packet": inMetadata(tag, frame(ethernet(), vlan(OTHER), ipv4(), udp())),
    "the tag in metadata, two others in the packet": //
      inMetadata(tag, frame(ethernet(), vlan(OTHER), vlan(OTHER), ipv4())),
    "the tag in metadata, another cut by a byte": inMetadata(tag, cut(frame(ethernet(), vlan(OTHER), ipv4()), 17)),
  };
}

function secondTag(tag: VlanTag): Packets {
  return {
    "the second of two": frame(ethernet(), vlan(OTHER), vlan(tag), ipv4(), udp()),
    "the second of two, before ARP": frame(ethernet(), vlan(OTHER), vlan(tag), arp()),
    "the second of two, nothing behind it": cut(frame(ethernet(), vlan(OTHER), vlan(tag), ipv4()), 22),
    "the second of three": frame(ethernet(), vlan(OTHER), vlan(tag), vlan(OTHER), ipv4()),
    "the second of three, the third cut by a byte": cut(frame(ethernet(), vlan(OTHER), vlan(tag), vlan(OTHER)), 25),
    "in the packet behind one in metadata": inMetadata(OTHER, frame(ethernet(), vlan(tag), ipv4(), udp())),
    "in the packet behind one in metadata, nothing behind it": //
      inMetadata(OTHER, cut(frame(ethernet(), vlan(tag), ipv4()), 18)),
    "in the packet between one in metadata and a third": //
      inMetadata(OTHER, frame(ethernet(), vlan(tag), vlan(OTHER), ipv4())),
  };
}

function withoutTag(): Packets {
  const tagged = frame(ethernet(), vlan(), ipv4());
  return {
    "no tag, IPv4": frame(ethernet(), ipv4(), udp()),
    "no tag, ARP": frame(ethernet(), arp()),
    "a tag cut by a byte": cut(tagged, 17),
    "a tag cut in its middle": cut(tagged, 16),
    "a tag announced only": cut(tagged, 14),
    "an Ethernet header cut by a byte": cut(tagged, 13),
    "an Ethernet header cut by a byte, a tag in metadata": inMetadata({}, cut(tagged, 13)),
    "an empty frame": cut(tagged, 0),
    "an unknown tag": frame(ethernet(), vlan({ tpid: 0x9200 }), ipv4()),
    "a known tag behind an unknown one": frame(ethernet(), vlan({ tpid: 0x9200 }), vlan(), ipv4()),
    "a TPID as a length's payload": frame(ethernet({ type: 46 }), payload([0x81, 0x00, 0x00, 0x01, 0x08, 0x00])),
  };
}

/** VLAN id: 12 bits, all of the bits around them set. */
export function idCases({ prefix, alone, everywhere, elsewhere }: TagPlace): FieldCases {
  const packet = (id: number) => alone({ id, priority: 7, dei: 1 }, ipv4(), udp());
  return {
    field: `${prefix}.id`,
    largest: 0xfffn,
    around: [
      { value: 0x100, below: packet(0xff), equal: packet(0x100), above: packet(0x101) },
      { value: 0, equal: packet(0), above: packet(1) },
      { value: 4095, below: packet(4094), equal: packet(4095) },
    ],
    within: [
      { range: "100..300", below: packet(99), first: packet(100), last: packet(300), above: packet(301) },
      { range: "0..4094", first: packet(0), last: packet(4094), above: packet(4095) },
    ],
    present: [
      { value: 291, packets: everywhere({ id: 291, priority: 5 }) },
      { value: 0, packets: everywhere({ tci: 0 }) },
    ],
    absent: elsewhere({ id: 291 }),
    tables: [{
      packets: { "id 0x0ff": packet(0x0ff), "id 0x100": packet(0x100), "id 0x1ff": packet(0x1ff) },
      rows: [
        ["==", "0x100/0xf00", [false, true, true]],
        ["!=", "0x100/0xf00", [true, false, false]],
        ["<", "0x100/0xf00", [true, false, false]],
        [">=", "0x100/0xf00", [false, true, true]],
        ["==", "0xff/0xff", [true, false, true]],
        ["==", "0/0", [true, true, true]],
        ["!=", "0/0", [false, false, false]],
        ["in", { of: [0xf], mask: 0xf }, [true, false, true]],
        ["not in", { of: [0xf], mask: 0xf }, [false, true, false]],
        ["in", [1, "0x1f0..0x1ff", 255], [true, false, true]],
        ["not in", [1, "0x1f0..0x1ff", 255], [false, true, false]],
        ["==", Uint8Array.of(0x01, 0x00), [false, true, false]],
      ],
    }],
  };
}

/** Priority: 3 bits, all of the bits behind them set. */
export function priorityCases({ prefix, alone, everywhere, elsewhere }: TagPlace): FieldCases {
  const packet = (priority: number) => alone({ priority, dei: 1, id: 0xfff }, ipv4(), udp());
  return {
    field: `${prefix}.priority`,
    largest: 7n,
    around: [
      { value: 4, below: packet(3), equal: packet(4), above: packet(5) },
      { value: 0, equal: packet(0), above: packet(1) },
      { value: 7, below: packet(6), equal: packet(7) },
    ],
    within: [{ range: "3..5", below: packet(2), first: packet(3), last: packet(5), above: packet(6) }],
    present: [{ value: 5, packets: everywhere({ priority: 5, id: 291 }) }],
    absent: elsewhere({ priority: 5 }),
    tables: [{
      packets: { "priority 1": packet(1), "priority 5": packet(5), "priority 6": packet(6) },
      rows: [
        ["==", "4/4", [false, true, true]],
        ["!=", "4/4", [true, false, false]],
        [">", "0/4", [false, true, true]],
        ["<=", "0/4", [true, false, false]],
        ["==", "0/0", [true, true, true]],
        ["!=", "0/0", [false, false, false]],
        ["in", { of: [1, 2], mask: 3 }, [true, true, true]],
        ["not in", { of: [1], mask: 3 }, [false, false, true]],
        ["in", [0, 6, 7], [false, false, true]],
        ["==", Uint8Array.of(5), [false, true, false]],
      ],
    }],
  };
}

/** The whole TCI. */
export function tciCases({ prefix, alone, everywhere, elsewhere }: TagPlace): FieldCases {
  const packet = (tci: number) => alone({ tci }, ipv4(), udp());
  return {
    field: `${prefix}.tci`,
    largest: 0xffffn,
    around: [
      { value: 0x2100, below: packet(0x20ff), equal: packet(0x2100), above: packet(0x2101) },
      { value: 0, equal: packet(0), above: packet(1) },
      { value: 0xffff, below: packet(0xfffe), equal: packet(0xffff) },
    ],
    within: [
      {
        range: "0x20f0..0x2102",
        below: packet(0x20ef),
        first: packet(0x20f0),
        last: packet(0x2102),
        above: packet(0x2103),
      },
    ],
    present: [
      { value: 0xa123, packets: everywhere({ tci: 0xa123 }) },
      { value: 0, packets: everywhere({ tci: 0 }) },
    ],
    absent: elsewhere({ tci: 0xa123 }),
    tables: [{
      packets: { "DEI clear": packet(0x2123), "DEI set": packet(0x3123), "another priority": packet(0xe123) },
      rows: [
        ["==", "0x1000/0x1000", [false, true, false]],
        ["!=", "0x1000/0x1000", [true, false, true]],
        ["==", "0x123/0xfff", [true, true, true]],
        ["<", "0x3000/0xf000", [true, false, false]],
        ["<=", "0x3000/0xf000", [true, true, false]],
        [">", "0x3000/0xf000", [false, false, true]],
        [">=", "0x3000/0xf000", [false, true, true]],
        ["==", "0/0", [true, true, true]],
        ["!=", "0/0", [false, false, false]],
        ["in", { of: ["0x2000..0x3000"], mask: 0xf000 }, [true, true, false]],
        ["not in", { of: ["0x2000..0x3000"], mask: 0xf000 }, [false, false, true]],
        ["==", Uint8Array.of(0x31, 0x23), [false, true, false]],
      ],
    }],
  };
}

/** TPID: one of three. */
export function tpidCases({ prefix, alone, everywhere, elsewhere }: TagPlace): FieldCases {
  const packets = {
    "TPID 0x8100": alone({ tpid: 0x8100 }, ipv4(), udp()),
    "TPID 0x88a8": alone({ tpid: 0x88a8 }, ipv4(), udp()),
    "TPID 0x9100": alone({ tpid: 0x9100 }, ipv4(), udp()),
  };
  const table: TruthTable = {
    packets,
    rows: [
      ["==", "802.1q", [true, false, false]],
      ["==", "802.1ad", [false, true, false]],
      ["==", 0x9100, [false, false, true]],
      ["==", 0x88a7, [false, false, false]],
      ["!=", 0x88a8, [true, false, true]],
      ["!=", 0x88a9, [true, true, true]],
      ["<", 0x88a8, [true, false, false]],
      ["<", 0x88a9, [true, true, false]],
      ["<=", 0x88a7, [true, false, false]],
      ["<=", 0x88a8, [true, true, false]],
      [">", 0x88a8, [false, false, true]],
      [">", 0x88a7, [false, true, true]],
      [">=", 0x88a9, [false, false, true]],
      [">=", 0x88a8, [false, true, true]],
      ["in", ["0x8101..0x90ff"], [false, true, false]],
      ["not in", ["0x8101..0x90ff"], [true, false, true]],
      ["in", ["802.1q", 0x9100], [true, false, true]],
      ["not in", ["802.1q", 0x9100], [false, true, false]],
      ["==", "0x8000/0xf000", [true, true, false]],
      ["!=", "0x8000/0xf000", [false, false, true]],
      ["==", "0/0", [true, true, true]],
      ["!=", "0/0", [false, false, false]],
      ["in", { of: [0], mask: 0xff }, [true, false, true]],
      ["==", Uint8Array.of(0x81, 0x00), [true, false, false]],
    ],
  };
  return {
    field: `${prefix}.tpid`,
    largest: 0xffffn,
    around: [],
    within: [],
    present: [0x8100, 0x88a8].map((tpid) => ({ value: tpid, packets: everywhere({ tpid }) })),
    absent: elsewhere({ tpid: 0x88a8 }),
    tables: [table],
  };
}

/** The type of what follows the tag. */
export function etypeCases({ prefix, alone, elsewhere }: TagPlace, present: FieldCases["present"]): FieldCases {
  const packet = (type: number) => alone({ type }, payload([1, 2, 3, 4]));
  return {
    field: `${prefix}.etype`,
    largest: 0xffffn,
    around: [
      { value: "ip", below: packet(0x07ff), equal: alone({}, ipv4(), udp()), above: packet(0x0801) },
      { value: "ipv6", below: packet(0x86dc), equal: alone({}, ipv6(), udp()), above: packet(0x86de) },
      { value: 0x100, below: packet(0xff), equal: packet(0x100), above: packet(0x101) },
      { value: 0, equal: packet(0), above: packet(1) },
      { value: 0xffff, below: packet(0xfffe), equal: packet(0xffff) },
    ],
    within: [
      {
        range: "0x0600..0x0805",
        below: packet(0x05ff),
        first: packet(0x0600),
        last: packet(0x0805),
        above: packet(0x0806),
      },
    ],
    present,
    absent: elsewhere({}),
    tables: [{
      packets: { "ARP": alone({}, arp()), "IPv4": alone({}, ipv4()), "IPv6": alone({}, ipv6()) },
      rows: [
        ["==", "0x0800/0xff00", [true, true, false]],
        ["!=", "0x0800/0xff00", [false, false, true]],
        ["<", "0x8600/0xff00", [true, true, false]],
        [">", "0x0800/0xff00", [false, false, true]],
        ["==", "0/0", [true, true, true]],
        ["!=", "0/0", [false, false, false]],
        ["in", ["arp", "ipv6"], [true, false, true]],
        ["not in", ["arp", "ipv6"], [false, true, false]],
        ["in", { of: [6], mask: 0xff }, [true, false, false]],
        ["not in", { of: [6], mask: 0xff }, [false, true, true]],
        ["==", Uint8Array.of(0x08, 0x06), [true, false, false]],
      ],
    }],
  };
}
