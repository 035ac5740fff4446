/**
 * The table at the end of semantics.md, row by row: what ethtool and tc mean, on packets made by hand.
 */

import assert from "node:assert/strict";
import { evaluate } from "../../lib/semantics/evaluate.ts";
import type { Packet } from "../../lib/semantics/dissect.ts";
import { parseFilter } from "../../lib/syntax/rule_file.ts";
import { refusals, warningsOf } from "./findings_of.ts";
import { ah, arp, destination, esp, ethernet, frame, ipv4, ipv6, payload, tcp, udp, vlan } from "../packets/build.ts";

interface Row {
  readonly name: string;
  readonly rule: string;
  readonly holds: readonly Packet[];
  readonly fails: readonly Packet[];
}

const TAGGED = vlan({ tci: 0x6005 });
const tos = (value: number) => frame(ethernet(), ipv4({ tos: value }), tcp());
const toPort = (dst: number) => frame(ethernet(), ipv4(), tcp({ dst }));
const from = (src: string) => frame(ethernet(), ipv4({ src }), tcp());

const ROWS: readonly Row[] = [
  {
    name: "ethtool ignores the bits that are set in m MASK",
    rule: "flow-type tcp4 src-ip 10.0.0.0 m 0.0.0.255 action -1",
    holds: [from("10.0.0.1"), from("10.0.0.255")],
    fails: [from("10.0.1.0"), from("9.0.0.1")],
  },
  {
    name: "ethtool takes any number of fields in any order",
    rule: "flow-type tcp4 dst-port 80 src-ip 192.0.2.1 tos 0 dst-ip 198.51.100.2 src-port 40000 action -1",
    holds: [toPort(80)],
    fails: [toPort(81), frame(ethernet(), ipv4({ tos: 1 }), tcp({ dst: 80 }))],
  },
  {
    name: "ethtool vlan-etype is the tag's TPID",
    rule: "flow-type ether vlan-etype 0x88a8 action -1",
    holds: [frame(ethernet(), vlan({ tpid: 0x88a8 }), ipv4(), tcp())],
    fails: [frame(ethernet(), vlan(), ipv4(), tcp()), frame(ethernet(), vlan({ type: 0x88a8 })), tos(0)],
  },
  {
    name: "ethtool vlan is the tag's whole TCI",
    rule: "flow-type ether vlan 0x6005 action -1",
    holds: [frame(ethernet(), TAGGED, ipv4(), tcp())],
    fails: [
      frame(ethernet(), vlan({ tci: 5 }), ipv4(), tcp()),
      frame(ethernet(), vlan({ tci: 0x7005 }), ipv4(), tcp()),
    ],
  },
  {
    name: "ethtool tos has 8 bits",
    rule: "flow-type ip4 tos 0xb9 action -1",
    holds: [tos(0xb9)],
    fails: [tos(0xb8), tos(0x2e)],
  },
  {
    name: "ethtool flow-type ip4 implies IPv4",
    rule: "flow-type ip4 action -1",
    holds: [frame(ethernet(), ipv4(), udp())],
    fails: [frame(ethernet(), ipv6(), udp()), frame(ethernet(), arp())],
  },
  {
    name: "ethtool flow-type udp6 implies IPv6 and UDP, behind extension headers",
    rule: "flow-type udp6 action -1",
    holds: [frame(ethernet(), ipv6(), udp()), frame(ethernet(), ipv6(), destination(), udp())],
    fails: [frame(ethernet(), ipv6(), tcp()), frame(ethernet(), ipv4(), udp())],
  },
  {
    name: "ethtool flow-type ah6 says that an AH header is present",
    rule: "flow-type ah6 action -1",
    holds: [
      frame(ethernet(), ipv6(), ah({ spi: 7 }), tcp()),
      frame(ethernet(), ipv6(), destination(), ah({ spi: 0 }), udp()),
    ],
    fails: [frame(ethernet(), ipv6(), tcp()), frame(ethernet(), ipv4(), ah(), tcp())],
  },
  {
    name: "ethtool flow-type ah4 and esp6 look at the SPI",
    rule: "flow-type ah4 spi 7 action -1\nflow-type esp6 spi 9 action -1",
    holds: [frame(ethernet(), ipv4(), ah({ spi: 7 }), tcp()), frame(ethernet(), ipv6(), esp({ spi: 9 }))],
    fails: [frame(ethernet(), ipv4(), ah({ spi: 8 }), tcp()), frame(ethernet(), ipv4(), esp({ spi: 7 }))],
  },
  {
    name: "ethtool loc is the order of rules",
    rule: "flow-type tcp4 dst-port 80 action -1 loc 9\nflow-type tcp4 src-ip 192.0.2.7 action 0 loc 8",
    holds: [toPort(80)],
    fails: [frame(ethernet(), ipv4({ src: "192.0.2.7" }), tcp({ dst: 80 })), toPort(81)],
  },
  {
    name: "kefir: ethtool user-def is what follows the transport header, the high half first",
    rule: "flow-type udp4 user-def 0x0102030405060708 action -1",
    holds: [frame(ethernet(), ipv4(), udp(), payload([1, 2, 3, 4, 5, 6, 7, 8, 9]))],
    fails: [
      frame(ethernet(), ipv4(), udp(), payload([5, 6, 7, 8, 1, 2, 3, 4])),
      frame(ethernet(), ipv4(), udp(), payload([1, 2, 3, 4, 5, 6, 7])),
      frame(ethernet(), ipv4(), tcp(), payload([1, 2, 3, 4, 5, 6, 7, 8])),
    ],
  },
  {
    name: "tc protocol ip implies the Ethernet type",
    rule: "protocol ip flower action drop",
    holds: [frame(ethernet(), ipv4(), udp())],
    fails: [frame(ethernet(), ipv6(), udp()), frame(ethernet(), arp())],
  },
  {
    name: "tc protocol 802.1Q is the tag",
    rule: "protocol 802.1Q flower action drop",
    holds: [frame(ethernet(), vlan(), ipv4(), udp()), frame(ethernet(), vlan(), vlan(), ipv4())],
    fails: [frame(ethernet(), ipv4(), udp()), frame(ethernet(), vlan({ tpid: 0x88a8 }), vlan(), ipv4())],
  },
  {
    name: "tc ip_proto N is hexadecimal",
    rule: "protocol ip flower ip_proto 11 action drop",
    holds: [frame(ethernet(), ipv4(), udp())],
    fails: [frame(ethernet(), ipv4({ proto: 11 })), frame(ethernet(), ipv4(), tcp())],
  },
  {
    name: "tc ip_tos N is decimal, M hexadecimal",
    rule: "protocol ip flower ip_tos 16/10 action drop",
    holds: [tos(0x10), tos(0xff)],
    fails: [tos(0x00), tos(0x06), tos(0x0a)],
  },
  {
    name: "tc ip_tos N is hexadecimal when it is not a decimal number",
    rule: "protocol ip flower ip_tos b8 action drop",
    holds: [tos(0xb8)],
    fails: [tos(0xb9)],
  },
  {
    name: "tc ip_ttl N is decimal",
    rule: "protocol ip flower ip_ttl 10 action drop",
    holds: [frame(ethernet(), ipv4({ ttl: 10 }), udp())],
    fails: [frame(ethernet(), ipv4({ ttl: 16 }), udp())],
  },
  {
    name: "kefir: protocol ip and flow-type tcp4 match tagged frames",
    rule: "protocol ip ip_proto udp action drop\nflow-type tcp4 action -1",
    holds: [frame(ethernet(), vlan(), ipv4(), udp()), frame(ethernet(), vlan(), vlan(), ipv4(), tcp())],
    fails: [frame(ethernet(), vlan(), ipv6(), udp())],
  },
  {
    name: "kefir: vlan_id with protocol ip is a tag with IPv4 inside",
    rule: "protocol ip flower vlan_id 5 action drop",
    holds: [frame(ethernet(), vlan({ id: 5 }), ipv4(), udp()), frame(ethernet(), vlan({ id: 5 }), vlan(), ipv4())],
    fails: [
      frame(ethernet(), vlan({ id: 5 }), ipv6(), udp()),
      frame(ethernet(), vlan({ id: 6 }), ipv4(), udp()),
      frame(ethernet(), ipv4(), udp()),
    ],
  },
  {
    name: "tc num_of_vlans 0 restricts to untagged frames",
    rule: "protocol ip flower num_of_vlans 0 action drop",
    holds: [frame(ethernet(), ipv4(), udp())],
    fails: [frame(ethernet(), vlan(), ipv4(), udp()), frame(ethernet(), vlan(), vlan(), ipv4(), udp())],
  },
  {
    name: "tc dst_port is of the protocol",
    rule: "protocol ip flower ip_proto tcp dst_port 80 action drop",
    holds: [toPort(80)],
    fails: [toPort(81), frame(ethernet(), ipv4(), udp({ dst: 80 }))],
  },
  {
    name: "prefixes that are no multiple of 8 are exact",
    rule: "protocol ip flower src_ip 10.16.0.0/12 action drop",
    holds: [from("10.16.0.0"), from("10.31.255.255")],
    fails: [from("10.15.255.255"), from("10.32.0.0")],
  },
  {
    name: "order on fields of several bytes is that of numbers",
    rule: "drop tcp.dstport < 256",
    holds: [toPort(255), toPort(1)],
    fails: [toPort(256), toPort(0x0100)],
  },
  {
    name: "the VLAN priority is the top three bits of the TCI",
    rule: "protocol 802.1q flower vlan_prio 3 action drop",
    holds: [frame(ethernet(), TAGGED, ipv4(), udp())],
    fails: [frame(ethernet(), vlan({ tci: 0x0003 }), ipv4()), frame(ethernet(), vlan({ tci: 0x0060 }), ipv4())],
  },
];

for (const { name, rule, holds, fails } of ROWS) {
  Deno.test(`evaluate() has the original tool's meaning: ${name}`, () => {
    const { filter } = parseFilter(rule);
    holds.forEach((packet, index) => assert.equal(evaluate(filter, packet).action, "drop", `holds ${index}`));
    fails.forEach((packet, index) => assert.equal(evaluate(filter, packet).action, "pass", `fails ${index}`));
  });
}

Deno.test("parseFilter() refuses or warns where the original tool refuses", () => {
  assert.deepEqual(refusals("protocol ip flower dst_port 80 action drop"), ["1:20+8 needs-protocol"]);
  assert.deepEqual(warningsOf("protocol ip flower vlan_id 5 action drop"), ["1:20+7 vlan-under-ip"]);
});
