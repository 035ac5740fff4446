/**
 * What the three IPv6 address fields have in common.
 *
 * @module
 */

import type { Packet } from "../../lib/semantics/dissect.ts";
import type { Around, TruthTable, Within } from "./field_cases.ts";

const ONES = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";

/** Neighbours of addresses, across each 32-bit word and each half. `packet` puts an address at the field. */
export function ipv6Around(packet: (address: string) => Packet): Around[] {
  const around = (value: string, below: string, above: string): Around => ({
    value,
    below: packet(below),
    equal: packet(value),
    above: packet(above),
  });
  return [
    around("2001:db8::a", "2001:db8::9", "2001:db8::b"),
    around("2001:db8::100", "2001:db8::ff", "2001:db8::101"),
    around("2001:db8::1:0:0", "2001:db8::ffff:ffff", "2001:db8::1:0:1"),
    around("2001:db8:0:1::", "2001:db8::ffff:ffff:ffff:ffff", "2001:db8:0:1::1"),
    around("2001:db8:1::", "2001:db8:0:ffff:ffff:ffff:ffff:ffff", "2001:db8:1::1"),
    around("2001:db9::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::1"),
    around("8000::", "7fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "8000::1"),
    { value: "::", equal: packet("::"), above: packet("::1") },
    { value: ONES, below: packet("ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe"), equal: packet(ONES) },
  ];
}

/** Prefixes of many lengths, and ranges. */
export function ipv6Within(packet: (address: string) => Packet): Within[] {
  const within = (range: string, below: string, first: string, last: string, above: string): Within => ({
    range,
    below: packet(below),
    first: packet(first),
    last: packet(last),
    above: packet(above),
  });
  return [
    within(
      "2001:db8::/32",
      "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff",
      "2001:db8::",
      "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
      "2001:db9::",
    ),
    within(
      "2001:db8:8000::/33",
      "2001:db8:7fff:ffff:ffff:ffff:ffff:ffff",
      "2001:db8:8000::",
      "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
      "2001:db9::",
    ),
    within(
      "2001:db8:0:1::/64",
      "2001:db8::ffff:ffff:ffff:ffff",
      "2001:db8:0:1::",
      "2001:db8:0:1:ffff:ffff:ffff:ffff",
      "2001:db8:0:2::",
    ),
    within("2001:db8::1:0:0/96", "2001:db8::ffff:ffff", "2001:db8::1:0:0", "2001:db8::1:ffff:ffff", "2001:db8::2:0:0"),
    within("2001:db8::4/126", "2001:db8::3", "2001:db8::4", "2001:db8::7", "2001:db8::8"),
    within("2001:db8::4/128", "2001:db8::3", "2001:db8::4", "2001:db8::4", "2001:db8::5"),
    within(
      "fd00::/7",
      "fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
      "fc00::",
      "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
      "fe00::",
    ),
    within("2001:db8::fffe..2001:db8::1:1", "2001:db8::fffd", "2001:db8::fffe", "2001:db8::1:1", "2001:db8::1:2"),
    within(
      "2001:db8::ffff:ffff:ffff:fffe..2001:db8:0:1::1",
      "2001:db8::ffff:ffff:ffff:fffd",
      "2001:db8::ffff:ffff:ffff:fffe",
      "2001:db8:0:1::1",
      "2001:db8:0:1::2",
    ),
    { range: "::/0", first: packet("::"), last: packet(ONES) },
    {
      range: "8000::/1",
      below: packet("7fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
      first: packet("8000::"),
      last: packet(ONES),
    },
  ];
}

/** Masks and sets. */
export function ipv6Table(packet: (address: string) => Packet): TruthTable {
  return {
    packets: {
      "2001:db8::1": packet("2001:db8::1"),
      "2001:db8:0:1::1": packet("2001:db8:0:1::1"),
      "2001:db8:1::2": packet("2001:db8:1::2"),
      "fe80::1": packet("fe80::1"),
    },
    rows: [
      ["==", "2001:db8::/48", [true, true, false, false]],
      ["!=", "2001:db8::/48", [false, false, true, true]],
      ["==", "2001:db8::1/64", [true, false, false, false]],
      ["<", "2001:db8:1::/48", [true, true, false, false]],
      ["<=", "2001:db8:1::/48", [true, true, true, false]],
      [">", "2001:db8::/48", [false, false, true, true]],
      [">=", "2001:db8:1::/48", [false, false, true, true]],
      ["==", "::/0", [true, true, true, true]],
      ["!=", "::/0", [false, false, false, false]],
      ["==", "::1/::ffff", [true, true, false, true]],
      ["!=", "::1/::ffff", [false, false, true, false]],
      ["==", "2001::1/ffff::ffff", [true, true, false, false]],
      ["==", "0:0:0:1::/0:0:0:ffff::", [false, true, false, false]],
      ["<", "0:0:0:1::/0:0:0:ffff::", [true, false, true, true]],
      ["in", { of: ["::2"], mask: "::ffff" }, [false, false, true, false]],
      ["not in", { of: ["::2"], mask: "::ffff" }, [true, true, false, true]],
      ["in", ["fe80::/10", "2001:db8:0:1::1"], [false, true, false, true]],
      ["not in", ["fe80::/10", "2001:db8:0:1::1"], [true, false, true, false]],
      ["==", Uint8Array.of(0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1), [false, false, false, true]],
      ["==", 0x20010db8_00000000_00000000_00000001n, [true, false, false, false]],
    ],
  };
}
