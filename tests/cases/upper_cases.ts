/**
 * What the fields above IP have in common: a number somewhere in the headers there, over either family, in every wrapping.
 *
 * @module
 */

import type { Packet } from "../../lib/semantics/dissect.ts";
import { cut, ethernet, frame, inMetadata, ipv4, ipv6, type Layer, vlan } from "../packets/build.ts";
import type { Around, FieldCases, Packets, Present, TruthTable } from "./field_cases.ts";
import { behindTags, hiddenInIpv4, hiddenInIpv6, notIp, of, overIpv4, overIpv6 } from "./shapes.ts";

/** What the cases of such a field are made of. */
export interface UpperField {
  readonly field: string;
  /** 32 at most. */
  readonly widthBits: number;
  /** The headers above IP with that number in the field. */
  readonly upper: (value: number) => Layer;
  /** Bytes of them that must be there. */
  readonly bytes: number;
  /** Numbers to try, for fields that are there with some numbers only. */
  readonly numbers?: Numbers;
  /** Packets that lack the field, besides those that lack the headers. */
  readonly absent?: Packets;
  readonly present?: readonly Present[];
  readonly tables?: readonly TruthTable[];
  /** Without the first and the last number, for fields that are beside another of the same layer. */
  readonly brief?: boolean;
}

/** Numbers of a field, ascending within a list. */
export interface Numbers {
  /** One below, the one that packets in all wrappings have, one above where there is one. */
  readonly middle: readonly [number, number, number?];
  /** The first number and another. */
  readonly first: readonly [number, number];
  /** A number and the last. */
  readonly last: readonly [number, number];
  /**
   * Numbers whose upper halves are 1, 2, 2 and 3; the lower half of the first is that of the third and of no other. None for
   * a field of one bit.
   */
  readonly quarters?: readonly [number, number, number, number];
}

/** The cases. */
export function upperCases(what: UpperField): FieldCases {
  const { field, widthBits, upper, bytes, numbers = numbersOf(widthBits) } = what;
  const { middle: [below, wanted, above], first, last, quarters } = numbers;
  const packet = (value: number) => frame(ethernet(), wanted % 2 === 0 ? ipv4() : ipv6(), upper(value));
  const ends: Around[] = [
    { value: BigInt(first[0]), equal: packet(first[0]), above: packet(first[1]) },
    { value: BigInt(last[1]), below: packet(last[0]), equal: packet(last[1]) },
  ];
  const where = wrappings(upper(wanted), bytes);
  const middle: Around = {
    value: wanted,
    below: packet(below),
    equal: packet(wanted),
    ...(above !== undefined && { above: packet(above) }),
  };
  return {
    field,
    largest: 2n ** BigInt(widthBits) - 1n,
    around: [middle, ...(what.brief ? [] : ends)],
    within: [],
    present: [
      { value: wanted, packets: where.present },
      ...what.present ?? [],
    ],
    absent: { ...where.absent, ...elsewhere(upper(wanted)), ...what.absent },
    tables: [
      ...(quarters === undefined ? [] : [maskTable(widthBits, quarters.map(packet), quarters[0])]),
      ...what.tables ?? [],
    ],
  };
}

/** Packets that have a header above IP, of which so many bytes must be there, and packets that have not. */
export function wrappings(upper: Layer, bytes: number): { readonly present: Packets; readonly absent: Packets } {
  const over4 = frame(ethernet(), ipv4(), upper);
  const over6 = frame(ethernet(), ipv6(), upper);
  return {
    present: {
      ...without(bytes > 4 ? /four bytes of it$/ : undefined, { ...overIpv4(upper), ...overIpv6(upper) }),
      ...of("IPv4", behindTags(ipv4(), upper)),
      ...of("IPv6", behindTags(ipv6(), upper)),
      "over IPv4, no byte more": cut(over4, 14 + 20 + bytes),
      "over IPv6, no byte more": cut(over6, 14 + 40 + bytes),
    },
    absent: {
      ...notIp(),
      ...without(bytes < 4 ? /three bytes of it/ : undefined, { ...hiddenInIpv4(upper), ...hiddenInIpv6(upper) }),
      "over IPv4, a byte less": cut(over4, 14 + 20 + bytes - 1),
      "over IPv6, a byte less": cut(over6, 14 + 40 + bytes - 1),
      "behind a tag, a byte less": cut(frame(ethernet(), vlan(), ipv4(), upper), 18 + 20 + bytes - 1),
    },
  };
}

/** Packets that have the header inside something else, or under another protocol. */
export function elsewhere(upper: Layer): Packets {
  return {
    "inside IPv4": frame(ethernet(), ipv4(), ipv4(), upper),
    "inside IPv6, a tag in metadata": inMetadata({}, frame(ethernet(), ipv4(), ipv6(), upper)),
    "under a protocol for experiments": frame(ethernet(), ipv4({ proto: 253 }), upper),
    "under another protocol for experiments": frame(ethernet(), ipv6({ nxt: 254 }), upper),
  };
}

/** Numbers of a field that has them all. No two bytes of the middle are alike, nor are its halves. */
function numbersOf(widthBits: number): Numbers {
  const largest = 2 ** widthBits - 1;
  if (widthBits === 1) return { middle: [0, 1], first: [0, 1], last: [0, 1] };
  const wanted = 0xa5c3e178 >>> (32 - widthBits);
  const unit = 2 ** Math.floor(widthBits / 2);
  return {
    middle: [wanted - 1, wanted, wanted + 1],
    first: [0, 1],
    last: [largest - 1, largest],
    quarters: [2 * unit - 1, 2 * unit, 3 * unit - 1, 3 * unit],
  };
}

/** The packets but for those whose names say what is wrong with them. */
function without(name: RegExp | undefined, packets: Packets): Packets {
  return Object.fromEntries(Object.entries(packets).filter(([one]) => !name?.test(one)));
}

/** Masks of the upper and of the lower half. */
function maskTable(widthBits: number, packets: readonly Packet[], first: number): TruthTable {
  const unit = 2 ** Math.floor(widthBits / 2);
  const hex = (value: number) => `0x${value.toString(16)}`;
  const upper = hex(2 ** widthBits - unit);
  const lower = hex(unit - 1);
  const names = ["before the range", "the first of the range", "the last of the range", "behind the range"];
  return {
    packets: Object.fromEntries(names.map((name, index) => [name, packets[index] as Packet])),
    rows: [
      ["==", `${hex(2 * unit)}/${upper}`, [false, true, true, false]],
      ["!=", `${hex(2 * unit)}/${upper}`, [true, false, false, true]],
      [">", `${hex(2 * unit)}/${upper}`, [false, false, false, true]],
      ["==", `${hex(first % unit)}/${lower}`, [true, false, true, false]],
      ["in", [`${hex(2 * unit)}..${hex(3 * unit - 1)}`], [false, true, true, false]],
    ],
  };
}
