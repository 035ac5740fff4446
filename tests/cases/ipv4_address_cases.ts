/**
 * What the three IPv4 address fields have in common.
 *
 * @module
 */

import type { Packet } from "../../lib/semantics/dissect.ts";
import { ethernet, frame, ipv6, udp } from "../packets/build.ts";
import type { Around, TruthTable, Within } from "./field_cases.ts";

/** Neighbours of addresses, across every byte. `packet` puts an address at the field. */
export function ipv4Around(packet: (address: string) => Packet): Around[] {
  const around = (value: string, below: string, above: string): Around => ({
    value,
    below: packet(below),
    equal: packet(value),
    above: packet(above),
  });
  return [
    around("192.0.2.10", "192.0.2.9", "192.0.2.11"),
    around("10.0.1.0", "10.0.0.255", "10.0.1.1"),
    around("10.1.0.0", "10.0.255.255", "10.1.0.1"),
    around("128.0.0.0", "127.255.255.255", "128.0.0.1"),
    { value: "0.0.0.0", equal: packet("0.0.0.0"), above: packet("0.0.0.1") },
    { value: "255.255.255.255", below: packet("255.255.255.254"), equal: packet("255.255.255.255") },
  ];
}

/** Prefixes of many lengths, and ranges. */
export function ipv4Within(packet: (address: string) => Packet): Within[] {
  const within = (range: string, below: string, first: string, last: string, above: string): Within => ({
    range,
    below: packet(below),
    first: packet(first),
    last: packet(last),
    above: packet(above),
  });
  return [
    within("10.0.0.0/8", "9.255.255.255", "10.0.0.0", "10.255.255.255", "11.0.0.0"),
    within("10.128.0.0/9", "10.127.255.255", "10.128.0.0", "10.255.255.255", "11.0.0.0"),
    within("172.16.0.0/12", "172.15.255.255", "172.16.0.0", "172.31.255.255", "172.32.0.0"),
    within("192.0.2.0/24", "192.0.1.255", "192.0.2.0", "192.0.2.255", "192.0.3.0"),
    within("192.0.2.64/26", "192.0.2.63", "192.0.2.64", "192.0.2.127", "192.0.2.128"),
    within("192.0.2.2/31", "192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"),
    within("192.0.2.2/32", "192.0.2.1", "192.0.2.2", "192.0.2.2", "192.0.2.3"),
    within("192.0.2.77/24", "192.0.1.255", "192.0.2.0", "192.0.2.255", "192.0.3.0"),
    within("10.0.0.250..10.0.1.5", "10.0.0.249", "10.0.0.250", "10.0.1.5", "10.0.1.6"),
    { range: "0.0.0.0/0", first: packet("0.0.0.0"), last: packet("255.255.255.255") },
    {
      range: "128.0.0.0/1",
      below: packet("127.255.255.255"),
      first: packet("128.0.0.0"),
      last: packet("255.255.255.255"),
    },
  ];
}

/** Masks, sets, and sets of both families. `packet6` puts an address at the field's counterpart of IPv6. */
export function ipv4Table(packet: (address: string) => Packet, packet6: (address: string) => Packet): TruthTable {
  return {
    packets: {
      "192.0.2.1": packet("192.0.2.1"),
      "192.0.3.1": packet("192.0.3.1"),
      "10.1.2.3": packet("10.1.2.3"),
      "2001:db8::1": packet6("2001:db8::1"),
      "2001:db9::1": packet6("2001:db9::1"),
    },
    rows: [
      ["==", "192.0.2.0/24", [true, false, false, false, false]],
      ["!=", "192.0.2.0/24", [false, true, true, false, false]],
      ["==", "192.0.2.0/23", [true, true, false, false, false]],
      ["<", "192.0.2.0/24", [false, false, true, false, false]],
      ["<=", "192.0.2.0/24", [true, false, true, false, false]],
      [">", "192.0.2.0/24", [false, true, false, false, false]],
      [">=", "192.0.2.0/24", [true, true, false, false, false]],
      ["==", "0.0.0.0/0", [true, true, true, false, false]],
      ["!=", "0.0.0.0/0", [false, false, false, false, false]],
      ["==", "192.0.0.1/255.255.0.255", [true, true, false, false, false]],
      ["!=", "192.0.0.1/255.255.0.255", [false, false, true, false, false]],
      ["==", "0.0.0.1/0x00000001", [true, true, true, false, false]],
      ["in", { of: ["0.0.0.1"], mask: "0.0.0.255" }, [true, true, false, false, false]],
      ["not in", { of: ["0.0.0.1"], mask: "0.0.0.255" }, [false, false, true, false, false]],
      ["==", Uint8Array.of(10, 1, 2, 3), [false, false, true, false, false]],
      ["==", 0x0a010203, [false, false, true, false, false]],
      ["in", ["10.0.0.0/8", "192.0.2.1"], [true, false, true, false, false]],
      ["not in", ["10.0.0.0/8", "192.0.2.1"], [false, true, false, false, false]],
      ["in", ["10.0.0.0/8", "2001:db8::/32"], [false, false, true, true, false]],
      ["not in", ["10.0.0.0/8", "2001:db8::/32"], [true, true, false, false, true]],
      ["in", ["2001:db8::/32"], [false, false, false, true, false]],
      ["not in", ["2001:db8::/32"], [true, true, true, false, true]],
      ["in", ["0.0.0.0/0", "::/0"], [true, true, true, true, true]],
      ["not in", ["0.0.0.0/0", "::/0"], [false, false, false, false, false]],
      ["in", [], [false, false, false, false, false]],
      ["not in", [], [true, true, true, false, false]],
    ],
  };
}

/** An IPv6 packet with one address at the source, and one at the destination. */
export function ipv6Between(src: string, dst: string): Packet {
  return frame(ethernet(), ipv6({ src, dst }), udp());
}
