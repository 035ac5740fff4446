/**
 * What each keyword of tc flower means, on packets made by hand: some that the rule holds for, and some just beside them.
 */

import assert from "node:assert/strict";
import type { Packet } from "../../lib/semantics/dissect.ts";
import { evaluate } from "../../lib/semantics/evaluate.ts";
import { parseFilter } from "../../lib/syntax/rule_file.ts";
import { FLOWER_KEYWORDS } from "../../lib/syntax/tc_flower_keywords.ts";
import {
  ah,
  arp,
  cfm,
  erspan2,
  erspan3,
  esp,
  ethernet,
  frame,
  geneve,
  geneveOption,
  gre,
  gtp,
  icmp,
  icmpv6,
  ipv4,
  type Ipv4Fields,
  ipv6,
  l2tp,
  type Layer,
  mpls,
  payload,
  pppoe,
  sctp,
  tcp,
  udp,
  vlan,
  vxlan,
} from "../packets/build.ts";

interface Row {
  /** What stands between `protocol` and `action drop`. */
  readonly rule: string;
  readonly holds: readonly Packet[];
  readonly fails: readonly Packet[];
}

const over4 = (...layers: readonly Layer[]) => frame(ethernet(), ipv4(), ...layers);
const over6 = (...layers: readonly Layer[]) => frame(ethernet(), ipv6(), ...layers);
const with4 = (fields: Ipv4Fields, ...layers: readonly Layer[]) => frame(ethernet(), ipv4(fields), ...layers);
const tagged = (...layers: readonly Layer[]) => frame(ethernet(), vlan(), ...layers);
const stack = (...labels: readonly number[]) =>
  frame(ethernet(), ...labels.map((label) => mpls({ label })), payload([1]));
const inVxlan = (fields = {}) => over4(udp({ dst: 4789 }), vxlan(fields));
const inGeneve = (options: readonly number[]) => over4(udp({ dst: 6081 }), geneve({ options }));
const inGtp = (session: { pduType: number; qfi: number } | undefined) =>
  over4(udp({ dst: 2152 }), gtp({ teid: 9, ...(session && { session }) }));
const inErspan2 = (index: number) => over4(gre({ sequence: 1 }), erspan2({ index }));
const inErspan3 = (hwId: number, direction: number) => over4(gre({ sequence: 1 }), erspan3({ hwId, direction }));
const FIRST = { fragmentOffset: 0, moreFragments: true } as const;
const LATER = { fragmentOffset: 5 } as const;
const TWO = [...geneveOption(0x0102, 0x80, [1, 2, 3, 4]), ...geneveOption(0x0103, 7, [5, 6, 7, 8, 9, 10, 11, 12])];

const ROWS: readonly Row[] = [
  {
    rule: "ip dst_mac 2:0:0:0:0:b",
    holds: [over4(tcp())],
    fails: [frame(ethernet({ dst: "02:00:00:00:00:0c" }), ipv4())],
  },
  {
    rule: "all src_mac 2:0:0:0:0:8/46",
    holds: [over4(), frame(ethernet({ src: "02:00:00:00:00:0b" }), ipv4())],
    fails: [frame(ethernet({ src: "02:00:00:00:00:0c" }), ipv4())],
  },
  { rule: "all num_of_vlans 1", holds: [tagged(ipv4())], fails: [over4(), tagged(vlan(), ipv4())] },
  { rule: "802.1q vlan_id 1", holds: [tagged(ipv4())], fails: [over4(), frame(ethernet(), vlan({ id: 2 }), ipv4())] },
  { rule: "802.1q vlan_prio 0", holds: [tagged(ipv4())], fails: [frame(ethernet(), vlan({ priority: 1 }), ipv4())] },
  {
    rule: "802.1q vlan_ethtype 802.1q cvlan_id 5 cvlan_prio 2 cvlan_ethtype ip",
    holds: [tagged(vlan({ id: 5, priority: 2 }), ipv4())],
    fails: [
      tagged(vlan({ id: 6, priority: 2 }), ipv4()),
      tagged(vlan({ id: 5, priority: 3 }), ipv4()),
      tagged(vlan({ id: 5, priority: 2 }), ipv6()),
      frame(ethernet(), vlan({ id: 5, priority: 2 }), ipv4()),
    ],
  },
  { rule: "ip ip_proto 84", holds: [over4(sctp())], fails: [over4(tcp()), over6(sctp())] },
  {
    rule: "ipv6 ip_proto ah",
    holds: [over6(ah(), tcp())],
    fails: [over6(tcp()), over4(ah(), tcp())],
  },
  { rule: "ip ip_tos b8/0xfc", holds: [with4({ tos: 0xbb })], fails: [with4({ tos: 0xb4 })] },
  { rule: "ip ip_ttl 64", holds: [with4({ ttl: 64 })], fails: [with4({ ttl: 100 })] },
  { rule: "ip dst_ip 198.51/16", holds: [over4(tcp())], fails: [with4({ dst: "198.50.255.255" })] },
  { rule: "ipv6 src_ip 2001:db8::/32", holds: [over6(tcp())], fails: [frame(ethernet(), ipv6({ src: "2001:db9::" }))] },
  {
    rule: "ip ip_proto udp dst_port 80-90 src_port 40000",
    holds: [over4(udp({ dst: 80 })), over4(udp({ dst: 90 }))],
    fails: [over4(udp({ dst: 79 })), over4(udp({ dst: 91 })), over4(tcp({ dst: 80 })), over4(udp({ src: 1, dst: 80 }))],
  },
  {
    rule: "ip ip_proto tcp tcp_flags 2/0x12",
    holds: [over4(tcp({ flags: 0x02 })), over4(tcp({ flags: 0xc2 }))],
    fails: [over4(tcp({ flags: 0x12 })), over4(tcp({ flags: 0x10 })), over4(udp())],
  },
  {
    rule: "ip ip_proto tcp tcp_flags 0x102",
    holds: [over4(tcp({ flags: 0x102 }))],
    fails: [over4(tcp({ flags: 0x002 })), over4(tcp({ flags: 0x902 }))],
  },
  {
    rule: "ip ip_proto icmp type 3 code 0/252",
    holds: [over4(icmp({ type: 3, code: 3 }))],
    fails: [over4(icmp({ type: 3, code: 4 })), over4(icmp({ type: 8, code: 0 })), over6(icmp({ type: 3 }))],
  },
  {
    rule: "ipv6 ip_proto icmpv6 type 128",
    holds: [over6(icmpv6({ type: 128 }))],
    fails: [over6(icmpv6({ type: 129 })), over4(icmpv6({ type: 128 }))],
  },
  {
    rule: "ip ip_flags frag/nofirstfrag",
    holds: [with4(LATER, tcp())],
    fails: [with4(FIRST, tcp()), over4(tcp()), over6(tcp())],
  },
  {
    rule: "all ip_flags firstfrag",
    holds: [with4(FIRST, tcp())],
    fails: [with4(LATER, tcp()), over4(), frame(ethernet(), arp())],
  },
  { rule: "ip ip_flags nofirstfrag", holds: [with4(LATER, tcp()), over4(tcp())], fails: [with4(FIRST, tcp())] },
  { rule: "ip ip_proto l2tp l2tpv3_sid 7", holds: [over4(l2tp({ session: 7 }))], fails: [over4(l2tp({ session: 8 }))] },
  {
    rule: "ip ip_proto esp spi 1f",
    holds: [over4(esp({ spi: 0x1f }))],
    fails: [over4(esp({ spi: 0x20 })), over4(ah({ spi: 0x1f }), tcp())],
  },
  {
    rule: "arp arp_op request arp_sip 192.0.2.0/24 arp_tip 192.0.2.2 arp_sha 2:0:0:0:0:0/16 arp_tha 0:0:0:0:0:0",
    holds: [frame(ethernet(), arp()), tagged(arp())],
    fails: [
      frame(ethernet(), arp({ opcode: 2 })),
      frame(ethernet(), arp({ senderIp: "192.0.3.1" })),
      frame(ethernet(), arp({ targetIp: "192.0.2.3" })),
      frame(ethernet(), arp({ senderMac: "02:01:00:00:00:00" })),
      frame(ethernet(), arp({ targetMac: "02:00:00:00:00:0a" })),
      frame(ethernet(), arp({ type: 0x8035 })),
      frame(ethernet(), arp({ opcode: 0x0101 })),
    ],
  },
  {
    rule: "mpls_uc mpls_label 16 mpls_tc 0 mpls_bos 1 mpls_ttl 64",
    holds: [stack(16)],
    fails: [stack(17), stack(16, 16), frame(ethernet(), mpls({ exp: 1 })), frame(ethernet(), mpls({ ttl: 63 }))],
  },
  {
    rule: "mpls_uc mpls lse depth 1 label 16 lse label 18 depth 3 bos 1 tc 0 ttl 64",
    holds: [stack(16, 17, 18)],
    fails: [stack(16, 18), stack(18), stack(16, 17, 18, 19), stack(15, 17, 18), stack(16, 17, 19)],
  },
  { rule: "mpls_uc mpls lse depth 2", holds: [stack(1, 2), stack(1, 2, 3)], fails: [stack(1)] },
  {
    rule: "ppp_ses pppoe_sid 7 ppp_proto ip",
    holds: [frame(ethernet(), pppoe({ session: 7 }), ipv4())],
    fails: [frame(ethernet(), pppoe({ session: 8 }), ipv4()), frame(ethernet(), pppoe({ session: 7 }), ipv6())],
  },
  {
    rule: "cfm cfm mdl 5 op 1",
    holds: [frame(ethernet(), cfm({ level: 5 }))],
    fails: [frame(ethernet(), cfm({ level: 4 })), frame(ethernet(), cfm({ level: 5, opcode: 2 }))],
  },
  {
    rule: "ip enc_dst_ip 198.51.100.2 enc_src_ip 192.0.2.0/24",
    holds: [inVxlan(), inGeneve([]), over4(gre()), inGtp(undefined)],
    fails: [
      over4(udp({ dst: 4790 }), vxlan()),
      over4(tcp({ dst: 4789 }), vxlan()),
      with4({ dst: "198.51.100.3" }, gre()),
      with4({ src: "192.0.3.1" }, gre()),
    ],
  },
  {
    rule: "all enc_key_id 9",
    holds: [
      inVxlan({ vni: 9 }),
      over6(udp({ dst: 6081 }), geneve({ vni: 9 })),
      over4(gre({ key: 9 })),
      inGtp(undefined),
    ],
    fails: [inVxlan({ vni: 10 }), over4(gre()), over4(gre({ sequence: 9 }))],
  },
  {
    rule: "all enc_dst_port 4789",
    holds: [inVxlan()],
    fails: [over4(udp({ dst: 8472 }), vxlan()), inGeneve([]), over4(udp({ dst: 4789 }))],
  },
  {
    rule: "all enc_tos 184 enc_ttl 64/0xff",
    holds: [with4({ tos: 184, ttl: 64 }, gre()), frame(ethernet(), ipv6({ tclass: 184, hlim: 64 }), gre())],
    fails: [
      with4({ tos: 185, ttl: 64 }, gre()),
      with4({ tos: 184, ttl: 65 }, gre()),
      with4({ tos: 184, ttl: 64 }, tcp()),
    ],
  },
  {
    rule: "all geneve_opts 0102:80:01020304",
    holds: [inGeneve(TWO), inGeneve(geneveOption(0x0102, 0x80, [1, 2, 3, 4]))],
    fails: [
      inGeneve([]),
      inGeneve(geneveOption(0x0102, 0x80, [1, 2, 3, 5])),
      inGeneve(geneveOption(0x0102, 0x80, [1, 2, 3, 4, 0, 0, 0, 0])),
      inGeneve(TWO.slice(8)),
      inVxlan(),
    ],
  },
  {
    rule: "all geneve_opts 0102:80:01020304,0103:7:0506070800000000/ffff:ff:ffffffff00000000",
    holds: [inGeneve(TWO), inGeneve([...TWO, ...TWO])],
    fails: [inGeneve(TWO.slice(0, 8)), inGeneve([...TWO.slice(8), ...TWO.slice(0, 8)])],
  },
  {
    rule: "all vxlan_opts 0x400005/0x40ffff",
    holds: [inVxlan({ flags: 0x88, gbp: 0x400005 }), inVxlan({ flags: 0x88, gbp: 0x480005 })],
    fails: [inVxlan({ flags: 0x08, gbp: 0x400005 }), inVxlan({ flags: 0x88, gbp: 0x000005 }), inVxlan({ flags: 0x88 })],
  },
  {
    rule: "all erspan_opts 1:5:0:0",
    holds: [inErspan2(5)],
    fails: [inErspan2(6), inErspan3(5, 0), over4(gre({ key: 5 }))],
  },
  {
    rule: "all erspan_opts 2:0:1:0x3/2:0:1:3",
    holds: [inErspan3(3, 1), inErspan3(0x37, 1)],
    fails: [inErspan3(3, 0), inErspan3(2, 1), inErspan2(3)],
  },
  {
    rule: "all gtp_opts 1:1f",
    holds: [inGtp({ pduType: 1, qfi: 0x1f })],
    fails: [inGtp({ pduType: 0, qfi: 0x1f }), inGtp({ pduType: 1, qfi: 0x1e }), inGtp(undefined)],
  },
];

for (const { rule, holds, fails } of ROWS) {
  Deno.test(`evaluate() holds for what tc means by protocol ${rule}`, () => {
    const { filter } = parseFilter(`protocol ${rule.replace(" ", " flower ")} action drop`);
    holds.forEach((packet, index) => assert.equal(evaluate(filter, packet).action, "drop", `holds ${index}`));
    fails.forEach((packet, index) => assert.equal(evaluate(filter, packet).action, "pass", `fails ${index}`));
  });
}

Deno.test("every key of tc flower that is a match is asked of a packet", () => {
  const asked = new Set(ROWS.flatMap(({ rule }) => rule.split(" ")));
  const matches = FLOWER_KEYWORDS.filter((row) => row.class === "match" && row.level !== "command");
  const missed = matches.map(({ name }) => name).filter((name) => name !== "action" && !asked.has(name));
  assert.deepEqual(missed, []);
});
