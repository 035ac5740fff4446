import assert from "node:assert/strict";
import { FilterError } from "../../lib/diagnostics/errors.ts";
import type { Match, ValueOperand } from "../../lib/model/match.ts";
import type { Lint } from "../../lib/model/problem.ts";
import { parseFilter, parseRule } from "../../lib/syntax/rule_file.ts";
import { printRule } from "../../lib/syntax/print.ts";
import { meaning, refusals, refusalsOfWords, short, warningsOf } from "./findings_of.ts";

const ACCEPTED: readonly (readonly [rule: string, meaning: string])[] = [
  ["protocol all flower action drop", "drop"],
  ["protocol all action pass", "pass"],
  ["protocol ip flower action ok", "pass eth.type == ip"],
  ["protocol ipv4 flower action shot", "drop eth.type == ip"],
  ["protocol IPV6 action drop", "drop eth.type == ipv6"],
  ["protocol arp action drop", "drop eth.type == arp"],
  ["protocol 0x88b5 action drop", "drop eth.type == 0x88b5"],
  ["protocol 2048 action drop", "drop eth.type == ip"],
  ["protocol 04000 action drop", "drop eth.type == ip"],
  ["protocol 802.1Q action drop", "drop svlan.tpid == 802.1q"],
  ["protocol 802.1ad action drop", "drop svlan.tpid == 802.1ad"],
  ["protocol ip dst_mac 1:2:3:4:5:6 action drop", "drop eth.type == ip and eth.dst == 01:02:03:04:05:06"],
  ["protocol all src_mac 2:0:0:0:0:0/8 action drop", "drop eth.src == 02:00:00:00:00:00/8"],
  ["protocol all src_mac 1:0:0:0:0:0/1:0:0:0:0:0 action drop", "drop eth.src == 01:00:00:00:00:00/01:00:00:00:00:00"],
  [
    "protocol ip src_ip 10.0.0.0/255.0.0.0 dst_ip 1.2.3.4 action drop",
    "drop eth.type == ip and ip.src == 10.0.0.0/8 and ip.dst == 1.2.3.4",
  ],
  ["protocol ipv6 src_ip 2001:db8::/33 action drop", "drop eth.type == ipv6 and ipv6.src == 2001:db8::/33"],
  ["protocol ip ip_proto 11 action drop", "drop eth.type == ip and ip.proto == udp"],
  ["protocol ip ip_proto 0x11 action drop", "drop eth.type == ip and ip.proto == udp"],
  ["protocol ip ip_proto icmp action drop", "drop eth.type == ip and ip.proto == icmp"],
  ["protocol ipv6 ip_proto icmpv6 action drop", "drop eth.type == ipv6 and ipv6.l4.proto == icmpv6"],
  ["protocol ip ip_tos 10 action drop", "drop eth.type == ip and ip.dsfield == 0xa"],
  ["protocol ip ip_tos b8 action drop", "drop eth.type == ip and ip.dsfield == 0xb8"],
  ["protocol ip ip_tos 0x10/10 action drop", "drop eth.type == ip and ip.dsfield == 0x10/0x10"],
  ["protocol ipv6 ip_ttl 64/f0 action drop", "drop eth.type == ipv6 and ipv6.hlim == 64/0xf0"],
  ["protocol ip dst_port 80 ip_proto tcp action drop", "drop eth.type == ip and tcp.dstport == 80 and ip.proto == tcp"],
  [
    "protocol ip ip_proto 6 src_port 80-90 action drop",
    "drop eth.type == ip and ip.proto == tcp and tcp.srcport in 80..90",
  ],
  [
    "protocol ip ip_proto udp dst_port 0x50/0xfff0 action drop",
    "drop eth.type == ip and ip.proto == udp and udp.dstport == 80/0xfff0",
  ],
  [
    "protocol ip ip_proto udp dst_port 080 action drop",
    "drop eth.type == ip and ip.proto == udp and udp.dstport == 80",
  ],
  [
    "protocol 802.1q vlan_id 5 vlan_prio 3 vlan_ethtype ip src_ip 10.0.0.1 action drop",
    "drop svlan.tpid == 802.1q and svlan.id == 5 and svlan.priority == 3 and svlan.etype == ip and ip.src == 10.0.0.1",
  ],
  [
    "protocol 802.1ad vlan_ethtype 802.1q cvlan_ethtype ipv6 cvlan_id 1 cvlan_prio 2 dst_ip ::1 action drop",
    "drop svlan.tpid == 802.1ad and svlan.etype == 802.1q and cvlan.etype == ipv6 and cvlan.id == 1 and " +
    "cvlan.priority == 2 and ipv6.dst == ::1",
  ],
  ["protocol ip vlan_id 5 action drop", "drop eth.type == ip and svlan.id == 5"],
  ["protocol 3 action drop", "drop"],
  ["protocol X25 action drop", "drop eth.type == 0x805"],
  ["protocol all vlan_ethtype ipv6 src_ip ::1 action drop", "drop svlan.etype == ipv6 and ipv6.src == ::1"],
  [
    "protocol all num_of_vlans 1 vlan_id 5 vlan_ethtype ip dst_ip 10.0.0.1 action drop",
    "drop vlan.count == 1 and svlan.id == 5 and svlan.etype == ip and ip.dst == 10.0.0.1",
  ],
  // Before flower.
  ["tc filter add dev eth0 ingress pref 10 protocol ip flower action drop", "drop eth.type == ip"],
  ["tc filter replace dev eth0 egress protocol ipv6 prio 5 flower action pass", "pass eth.type == ipv6"],
  ["tc f a block 3 handle 0x1 chain 0 estimator 1s 8s flower action drop", "drop"],
  ["filter add dev eth0 parent ffff: prot arp flower action drop", "drop eth.type == arp"],
  ["protocol ip pref 7 src_ip 10.0.0.1 action drop", "drop eth.type == ip and ip.src == 10.0.0.1"],
  ["protocol ip handle 1 root flower action drop", "drop eth.type == ip"],
  // Keywords cut short.
  ["protocol ip flower dst 1:2:3:4:5:6 ac drop", "drop eth.type == ip and eth.dst == 01:02:03:04:05:06"],
  ["protocol ip flower ip_p 6 s src_p 80 action drop", "drop eth.type == ip and ip.proto == tcp and tcp.srcport == 80"],
  // Values as tc reads them.
  ["protocol all dst_mac 0x1:002:3:4:5:6/0 action drop", "drop eth.dst == 00:00:00:00:00:00/0"],
  [
    "protocol ip src_ip 10/8 dst_ip 010.1 action drop",
    "drop eth.type == ip and ip.src == 10.0.0.0/8 and ip.dst == 8.1.0.0",
  ],
  [
    "protocol ip src_ip default dst_ip 1.2.3.4/0x10 action drop",
    "drop eth.type == ip and ip.src == 0.0.0.0/0 and ip.dst == 1.2.0.0/16",
  ],
  ["protocol ipv6 dst_ip default action drop", "drop eth.type == ipv6 and ipv6.dst == ::/0"],
  ["protocol ip ip_proto t action drop", "drop eth.type == ip and ip.proto == tcp"],
  [
    "protocol ip ip_proto l2tp l2tpv3_sid 7 action drop",
    "drop eth.type == ip and ip.proto == l2tp and l2tp.sid == 0x7",
  ],
  [
    "protocol ipv6 ip_proto esp spi 1f action drop",
    "drop eth.type == ipv6 and ipv6.l4.proto == esp and esp.spi == 0x1f",
  ],
  ["protocol ip ip_proto ah spi 0x7 action drop", "drop eth.type == ip and ip.proto == ah and ah.spi == 0x7"],
  ["protocol ipv6 ip_proto 33 action drop", "drop eth.type == ipv6 and ah.spi == 0x0/0x0"],
  ["protocol ipv6 ip_proto ah spi 0 action drop", "drop eth.type == ipv6 and ah.spi == 0x0"],
  [
    "protocol ip ip_proto tcp tcp_flags 0x2/12 action drop",
    "drop eth.type == ip and ip.proto == tcp and tcp.flags == syn/syn|ack",
  ],
  [
    "protocol ip ip_proto tcp tcp_flags ff action drop",
    "drop eth.type == ip and ip.proto == tcp and tcp.flags == fin|syn|rst|psh|ack|urg|ece|cwr",
  ],
  [
    "protocol ip ip_proto icmp type 8 code 0/15 action drop",
    "drop eth.type == ip and ip.proto == icmp and icmp.type == 8 and icmp.code == 0/0xf",
  ],
  [
    "protocol ipv6 ip_proto icmpv6 type 128/248 code 1 action drop",
    "drop eth.type == ipv6 and ipv6.l4.proto == icmpv6 and icmpv6.type == 128/0xf8 and icmpv6.code == 1",
  ],
  ["protocol ip ip_flags frag action drop", "drop eth.type == ip and l3.frag == 0x1/0x1"],
  ["protocol ipv6 ip_flags nofrag action drop", "drop eth.type == ipv6 and l3.frag == 0x0/0x1"],
  ["protocol ip ip_flags firstfrag action drop", "drop eth.type == ip and l3.frag == 0x2/0x2"],
  ["protocol ip ip_flags frag/nofirstfrag action drop", "drop eth.type == ip and l3.frag == 0x1"],
  ["protocol all ip_flags firstfrag/frag action drop", "drop l3.frag == 0x3"],
  ["protocol ip num_of_vlans 0 action drop", "drop eth.type == ip and vlan.count == 0"],
  // Below IP.
  [
    "protocol arp arp_op request/1 arp_sip 10/8 arp_tip 0.0.0.0 action drop",
    "drop eth.type == arp and arp.opcode == 1/0xff01 and arp.src.proto_ipv4 == 10.0.0.0/8 and arp.dst.proto_ipv4 == 0.0.0.0",
  ],
  [
    "protocol rarp arp_op 2 arp_sha 2:0:0:0:0:0/8 arp_tha 2:0:0:0:0:1 action drop",
    "drop eth.type == rarp and arp.opcode == 2 and arp.src.hw_mac == 02:00:00:00:00:00/8 and " +
    "arp.dst.hw_mac == 02:00:00:00:00:01",
  ],
  [
    "protocol mpls_uc mpls_label 1048575 mpls_tc 7 mpls_bos 1 mpls_ttl 255 action drop",
    "drop eth.type == mpls and mpls.label == 1048575 and mpls.exp == 7 and mpls.bottom == 1 and mpls.ttl == 255",
  ],
  [
    "protocol mpls_mc mpls lse label 5 depth 1 lse depth 7 tc 1 bos 0 ttl 9 dst_mac 2:0:0:0:0:1 action drop",
    "drop eth.type == mpls_mc and mpls.label == 5 and mpls[7].exp == 1 and mpls[7].bottom == 0 and mpls[7].ttl == 9 and " +
    "eth.dst == 02:00:00:00:00:01",
  ],
  ["protocol mpls_uc mpls l d 2 l 3 action drop", "drop eth.type == mpls and mpls[2].label == 3"],
  ["protocol mpls_uc mpls lse depth 2 action drop", "drop eth.type == mpls and mpls[2].label == 0/0x0"],
  [
    "protocol ppp_ses pppoe_sid 7 ppp_proto IPv6 action drop",
    "drop eth.type == pppoe_ses and pppoe.session_id == 0x7 and ppp.protocol == 0x57",
  ],
  ["protocol ppp_ses ppp_proto 0xc021 action drop", "drop eth.type == pppoe_ses and ppp.protocol == 0xc021"],
  ["protocol cfm cfm op 1 mdl 5 action drop", "drop eth.type == cfm and cfm.opcode == 1 and cfm.md.level == 5"],
  // Tunnels.
  ["protocol all enc_key_id 5 action drop", "drop tunnel.id == 5"],
  [
    "protocol ip enc_src_ip 10.0.0.1 enc_dst_ip 10/8 enc_dst_port 4789 action drop",
    "drop eth.type == ip and ip.src == 10.0.0.1 and ip.dst == 10.0.0.0/8 and udp.dstport == 4789 and tunnel.type == 0/0x0",
  ],
  [
    "protocol all enc_tos 1 enc_dst_ip ::1 enc_ttl 64/f0 enc_key_id 7 action drop",
    "drop ipv6.tclass == 0x1 and ipv6.dst == ::1 and ipv6.hlim == 64/0xf0 and tunnel.id == 7",
  ],
  ["protocol 802.1q enc_tos 1 action drop", "drop svlan.tpid == 802.1q and l3.dsfield == 0x1 and tunnel.type == 0/0x0"],
  [
    "protocol ip geneve_opts 102:80:01020304 action drop",
    "drop eth.type == ip and geneve.opt_len >= 2 and geneve[8:8] == 0x102800101020304/0xffffff1fffffffff",
  ],
  [
    "protocol all geneve_opts 0x1:2:0000000000000000/::ffffffff00000000 action drop",
    "drop geneve.opt_len >= 3 and geneve[8:12] == 0x102020000000000000000/0xffffff1fffffffff00000000",
  ],
  [
    "protocol all geneve_opts 1:2:01020304,3:4:05060708,5:6:090a0b0c/0:0:00000000 action drop",
    "drop geneve.opt_len >= 6 and geneve[8:16] == 0x10201010203040003040105060708/0xffffff1fffffffffffffff1fffffffff and " +
    "geneve[24:8] == 0x100000000/0x1f00000000",
  ],
  ["protocol all vxlan_opts 5 action drop", "drop vxlan.flags == 0x80/0x80 and vxlan.gbp == 0x5/0x48ffff"],
  [
    "protocol all vxlan_opts 0x400000/0x400000 action drop",
    "drop vxlan.flags == 0x80/0x80 and vxlan.gbp == 0x400000/0x400000",
  ],
  ["protocol all erspan_opts 1:0x10:: action drop", "drop erspan.version == 1 and erspan.index == 16"],
  [
    "protocol all erspan_opts 2::1:3/2::1:1 action drop",
    "drop erspan.version == 2 and erspan.direction == 1 and erspan.hw_id == 1/0x1",
  ],
  ["protocol all gtp_opts 1:1f/f:3f action drop", "drop gtp.pdu_type == 1 and gtp.qfi == 31"],
  ["protocol all gtp_opts 1:9/1:8 action drop", "drop gtp.pdu_type == 1/0x1 and gtp.qfi == 8/0x8"],
  // What does not change the verdict.
  ["protocol ip flower skip_hw verbose classid 1:2 hw_tc 0x3 action drop", "drop eth.type == ip"],
  ["tc filter add dev eth0 ingress protocol ip flower indev eth0 action drop", "drop eth.type == ip"],
  ["protocol ip flower flowid 1: action drop", "drop eth.type == ip"],
  // Actions.
  ["protocol ip action gact drop", "drop eth.type == ip"],
  ["protocol ip action action pas", "pass eth.type == ip"],
  ["protocol ip action drop index 3 cookie 0102 hw_stats disabled no_percpu skip_hw", "drop eth.type == ip"],
  ["protocol ip action shot dst_ip 10.0.0.1", "drop eth.type == ip and ip.dst == 10.0.0.1"],
];

for (const [rule, expected] of ACCEPTED) {
  Deno.test(`parseRule() reads ${JSON.stringify(rule)}`, () => {
    assert.equal(meaning(rule), expected);
    const { rule: parsed, warnings } = parseRule(rule);
    const print = () => printRule(parsed, "tc-flower");
    // What tc refuses is not printed for it.
    if (warnings.some(({ code }) => code === "vlan-under-ip")) assert.throws(print, FilterError);
    else assert.deepEqual(conditions(meaning(print())), conditions(expected));
  });
}

const REFUSED: readonly (readonly [rule: string, ...found: string[]])[] = [
  ["protocol", "1:9+0 missing-word"],
  ["protocol ipp action drop", "1:10+3 bad-value"],
  ["protocol 0x10000 action drop", "1:10+7 out-of-range"],
  ["protocol ip", "1:12+0 missing-action"],
  ["protocol ip action", "1:19+0 missing-word"],
  ["protocol ip action dorp", "1:20+4 bad-action"],
  ["protocol ip action toString", "1:20+8 bad-action"],
  ["protocol ip action mirred", "1:20+6 unsupported-keyword"],
  ["protocol ip action drop action drop", "1:25+6 duplicate-field"],
  ["protocol ip dst_ipp 1.2.3.4 action drop", "1:13+7 unknown-field"],
  ["protocol ip __proto__ 1 constructor 2 action drop", "1:13+9 unknown-field", "1:25+11 unknown-field"],
  ["protocol ip tcp_flags 2 enc_key_id 3 action drop", "1:13+9 inner-key"],
  ["protocol ip prio 1 skip_sw action drop", "1:20+7 unsupported-keyword"],
  ["protocol ip num_of_vlans 4 action drop", "1:26+1 out-of-range"],
  ["protocol ip dst_ip 1.2.3.4 dst_ip 1.2.3.4 action drop", "1:28+6 duplicate-field"],
  ["protocol ip dst_ip ::1 action drop", "1:20+3 bad-value"],
  ["protocol ip dst_ip 10.0.0.0/33 action drop", "1:20+11 bad-prefix"],
  ["protocol ip dst_ip 10.0.0.1/255.0.0.255 action drop", "1:20+20 bad-mask"],
  ["protocol all dst_ip 1.2.3.4 action drop", "1:14+6 needs-family"],
  ["protocol 802.1q dst_ip 1.2.3.4 action drop", "1:17+6 needs-family"],
  ["protocol arp ip_proto tcp action drop", "1:14+8 needs-family"],
  ["protocol ip dst_port 80 action drop", "1:13+8 needs-protocol"],
  ["protocol ip ip_proto icmp dst_port 80 action drop", "1:27+8 needs-protocol"],
  ["protocol ip ip_proto icmpv6 action drop", "1:22+6 wrong-family"],
  ["protocol ipv6 ip_proto icmp action drop", "1:24+4 wrong-family"],
  ["protocol ip ip_proto 100 action drop", "1:22+3 out-of-range"],
  ["protocol ip ip_proto tpc action drop", "1:22+3 bad-value"],
  ["protocol ipv6 ip_proto 87 action drop", "1:24+2 walked-header"],
  ["protocol ip ip_tos 300 action drop", "1:20+3 out-of-range"],
  ["protocol ip ip_tos 1/xyz action drop", "1:20+5 bad-value"],
  ["protocol ip ip_proto tcp dst_port 90-80 action drop", "1:35+5 reversed-range"],
  ["protocol ip ip_proto tcp dst_port 80-80 action drop", "1:35+5 reversed-range"],
  ["protocol ip ip_proto tcp dst_port 0x50 action drop", "1:35+4 bad-value"],
  ["protocol ip ip_proto tcp dst_port 70000 action drop", "1:35+5 out-of-range"],
  ["protocol 802.1q vlan_id 4096 action drop", "1:25+4 out-of-range"],
  ["protocol 802.1q vlan_prio 8 action drop", "1:27+1 out-of-range"],
  ["protocol 802.1q vlan_id 0x5 action drop", "1:25+3 bad-value"],
  ["protocol 802.1q vlan_ethtype ip cvlan_id 5 action drop", "1:33+8 no-such-tag"],
  ["protocol 802_3 action drop", "1:10+5 not-on-wire"],
  ["protocol 800 action drop", "1:10+3 not-on-wire"],
  ["protocol 802.1q vlan_ethtype all action drop", "1:30+3 bad-value"],
  // Before flower.
  ["tc filter", "1:10+0 unsupported-command"],
  ["tc filter show dev eth0", "1:11+4 unsupported-command"],
  ["tc filter del dev eth0 ingress", "1:11+3 unsupported-command"],
  ["tc filter change dev eth0 ingress protocol ip flower action drop", "1:11+6 unsupported-command"],
  ["tc class add dev eth0 classid 1:1 htb", "1:4+5 unsupported-command"],
  ["tc qdisc add dev eth0 root htb", "1:4+5 unsupported-command"],
  ["tc", "1:3+0 unsupported-command"],
  ["tc filter add dev eth0 ingress protocol ip", "1:43+0 missing-word"],
  ["tc filter add dev eth0 ingress protocol ip u32 match", "1:44+3 unsupported-keyword"],
  ["tc filter add dev eth0 ingress protocol ip matchall", "1:44+8 unsupported-keyword"],
  ["tc filter add dev eth0 ingress protocl ip flower action drop", "1:32+7 unknown-field"],
  ["tc filter add dev eth0 dev eth1 flower action drop", "1:24+3 duplicate-field"],
  ["tc filter add dev eth0 ingress egress flower action drop", "1:32+6 duplicate-field"],
  ["tc filter add chain 3 flower action drop", "1:21+1 unsupported-keyword"],
  ["tc filter add pref 65536 flower action drop", "1:20+5 out-of-range"],
  ["tc filter add handle x parent y:z flower action drop", "1:22+1 bad-value", "1:31+3 bad-value"],
  ["tc filter add dev", "1:18+0 missing-word"],
  ["protocol ip protocol ipv6 action drop", "1:13+8 duplicate-field"],
  // What a packet cannot answer.
  ...["skip_sw", "ct_state +trk", "ct_zone 1", "ct_mark 1", "ct_label 1", "l2_miss 1", "hash 1", "indev eth0"].map((
    word,
  ) =>
    [
      `protocol ip flower ${word} action drop`,
      `1:20+${word.split(" ")[0]?.length} unsupported-keyword`,
    ] as const
  ),
  ["protocol ip enc_flags tuncsum action drop", "1:13+9 unsupported-keyword"],
  ["protocol ip pfcp_opts 1:2 action drop", "1:13+9 unsupported-keyword"],
  ["tc filter add dev eth0 egress protocol ip flower indev eth0 action drop", "1:50+5 unsupported-keyword"],
  ["tc filter add dev eth0 ingress protocol ip flower indev eth1 action drop", "1:51+5 unsupported-keyword"],
  // What has to be said with a key, and values.
  ["protocol ip tcp_flags 2 action drop", "1:13+9 needs-protocol"],
  ["protocol ip ip_proto udp tcp_flags 2 action drop", "1:26+9 needs-protocol"],
  ["protocol ip ip_proto tcp tcp_flags 1000 action drop", "1:36+4 out-of-range"],
  ["protocol ip ip_proto tcp tcp_flags 2/x action drop", "1:36+3 bad-value"],
  ["protocol ip type 8 action drop", "1:13+4 needs-protocol"],
  ["protocol all type 8 action drop", "1:14+4 needs-family"],
  ["protocol ip ip_proto icmp code 256 action drop", "1:32+3 out-of-range"],
  ["protocol ip ip_proto icmp type 0x8 action drop", "1:32+3 bad-value"],
  ["protocol ip l2tpv3_sid 7 action drop", "1:13+10 needs-protocol"],
  ["protocol ip ip_proto udp spi 7 action drop", "1:26+3 needs-protocol"],
  ["protocol ip ip_proto esp spi xyz action drop", "1:30+3 bad-value"],
  ["protocol all ip_flags nofrag action drop", "1:14+8 needs-family"],
  ["protocol ip ip_flags fragg action drop", "1:22+5 bad-value"],
  ["protocol ip ip_flags / action drop", "1:22+1 bad-value"],
  ["protocol ip arp_sha 2:0:0:0:0:1 action drop", "1:13+7 needs-type"],
  ["protocol arp mpls_label 5 action drop", "1:14+10 needs-type"],
  ["protocol ip pppoe_sid 5 action drop", "1:13+9 needs-type"],
  ["protocol ip cfm mdl 5 action drop", "1:17+3 needs-type"],
  ["protocol all dst_mac 2-0-0-0-0-1 action drop", "1:22+11 bad-value"],
  ["protocol all dst_mac 2:0:0:0:0:1/49 action drop", "1:22+14 bad-prefix"],
  ["protocol ip dst_ip 1.2.3.4/x action drop", "1:20+9 bad-mask"],
  ["protocol ip dst_ip 1.2.3.256 action drop", "1:20+9 bad-value"],
  ["protocol ip classid x:y hw_tc 16 action drop", "1:21+3 bad-value", "1:31+2 bad-value"],
  // Below IP.
  ["protocol arp arp_op 3 action drop", "1:21+1 out-of-range"],
  ["protocol arp arp_op ask action drop", "1:21+3 bad-value"],
  ["protocol arp arp_sip ::1 action drop", "1:22+3 bad-value"],
  ["protocol mpls_uc mpls action drop", "1:23+6 missing-word"],
  ["protocol mpls_uc mpls lse label 5 action drop", "1:23+3 missing-word"],
  ["protocol mpls_uc mpls lse depth 8 action drop", "1:33+1 out-of-range"],
  ["protocol mpls_uc mpls lse depth 0 action drop", "1:33+1 out-of-range"],
  ["protocol mpls_uc mpls lse depth 1 lse depth 1 action drop", "1:39+5 duplicate-field"],
  ["protocol mpls_uc mpls lse depth 1 tc 8 action drop", "1:38+1 out-of-range"],
  ["protocol mpls_uc mpls lse depth 1 mpls_ttl 5 action drop", "1:35+8 duplicate-field"],
  ["protocol mpls_uc mpls_ttl 5 mpls lse depth 1 action drop", "1:29+4 duplicate-field"],
  ["protocol mpls_uc mpls_label 1048576 action drop", "1:29+7 out-of-range"],
  ["protocol mpls_uc mpls_bos 1/1 action drop", "1:27+3 bad-value"],
  ["protocol ip mpls lse depth 1 action drop", "1:22+5 needs-type"],
  ["protocol ppp_ses pppoe_sid 65536 action drop", "1:28+5 out-of-range"],
  ["protocol ppp_ses ppp_proto ipp action drop", "1:28+3 bad-value"],
  ["protocol ppp_ses ppp_proto ip src_ip 10.0.0.1 action drop", "1:31+6 needs-family"],
  ["protocol cfm cfm mdl 8 action drop", "1:22+1 out-of-range"],
  ["protocol cfm cfm mdl 1 mdl 2 action drop", "1:24+3 duplicate-field"],
  // Tunnels.
  ["protocol ip enc_dst_ip ::1 action drop", "1:24+3 wrong-family"],
  ["protocol all enc_src_ip ::1 enc_dst_ip 10.0.0.1 action drop", "1:40+8 wrong-family"],
  ["protocol all enc_dst_ip default action drop", "1:25+7 bad-value"],
  ["protocol arp enc_key_id 5 action drop", "1:14+10 needs-type"],
  ["protocol ip enc_key_id 5 ip_proto tcp vlan_id 5 action drop", "1:26+8 inner-key", "1:39+7 inner-key"],
  ["protocol all enc_key_id 0x5 action drop", "1:25+3 bad-value"],
  ["protocol all enc_dst_port 4789/0xff action drop", "1:27+9 bad-value"],
  ["protocol all geneve_opts 1:2 action drop", "1:26+3 bad-value"],
  ["protocol all geneve_opts 1:2:0102 action drop", "1:26+8 out-of-range"],
  ["protocol all geneve_opts 1:2:01020304/1:2:01 action drop", "1:26+19 bad-value"],
  ["protocol all geneve_opts 10000:2:01020304 action drop", "1:26+16 bad-value"],
  ["protocol all vxlan_opts x action drop", "1:25+1 bad-value"],
  ["protocol all erspan_opts 3:1:1:1 action drop", "1:26+7 out-of-range"],
  ["protocol all erspan_opts 1::: action drop", "1:26+4 bad-value"],
  ["protocol all erspan_opts 1:1048576:0:0 action drop", "1:26+13 out-of-range"],
  ["protocol all erspan_opts 1:2:0:0/255:1:0:0 action drop", "1:26+17 bad-mask"],
  ["protocol all gtp_opts 1 action drop", "1:23+1 bad-value"],
  ["protocol all gtp_opts 10:1 action drop", "1:23+4 out-of-range"],
  // Actions.
  ["protocol ip action continue", "1:20+8 unsupported-keyword"],
  ["protocol ip action goto chain 3", "1:20+4 unsupported-keyword"],
  ["protocol ip action jump 1 action drop", "1:20+4 unsupported-keyword", "1:27+6 duplicate-field"],
  ["protocol ip action gact index 3", "1:25+5 unsupported-keyword"],
  ["protocol ip action gact", "1:24+0 missing-word"],
  ["protocol ip action ok random determ drop 5", "1:23+6 unsupported-keyword"],
  ["protocol ip action drop skip_sw", "1:25+7 unsupported-keyword"],
  ["protocol ip action d", "1:20+1 bad-action"],
  [
    "protocol ip action mirred egress redirect dev eth1",
    "1:20+6 unsupported-keyword",
    "1:27+6 unknown-field",
    "1:43+3 unknown-field",
  ],
  ["protocol ip action pass drop", "1:25+4 unknown-field"],
];

for (const [rule, ...found] of REFUSED) {
  Deno.test(`parseFilter() refuses ${JSON.stringify(rule)}`, () => assert.deepEqual(refusals(rule), found));
}

Deno.test("parseFilter() warns where kefir takes what tc refuses or reads otherwise", () => {
  assert.deepEqual(warningsOf("protocol ip vlan_id 5 vlan_prio 1 action drop"), ["1:13+7 vlan-under-ip"]);
  assert.deepEqual(warningsOf("protocol 802.1q vlan_id 5 action drop"), []);
  assert.deepEqual(warningsOf("protocol ip ip_proto tcp dst_port 010/0xff action drop"), ["1:35+8 octal-number"]);
  assert.deepEqual(warningsOf("protocol ip dst_ip 10.1.2.3/8 action drop"), ["1:20+10 host-bits"]);
});

Deno.test("parseFilter() warns once in a text of what it ignores", () => {
  const line = "tc filter add dev eth0 ingress pref 10 protocol ip flower skip_hw action drop";
  assert.deepEqual(warningsOf(`tc qdisc add dev eth0 clsact\n${line}\n${line}`), [
    "1:4+5 ignored-keyword",
    "2:15+3 ignored-keyword",
    "2:24+7 ignored-keyword",
    "2:59+7 ignored-keyword",
  ]);
});

Deno.test("parseFilter() warns of numbers that tc reads otherwise than they look, with what they look like", () => {
  const lints = (rule: string) =>
    parseFilter(rule).warnings.map(({ code, reading }: Lint) => [code, reading && matchText(reading)]);
  assert.deepEqual(lints("protocol ip ip_proto 11 action drop"), [["hexadecimal-number", "ip.proto == 11"]]);
  assert.deepEqual(lints("protocol ip ip_proto 0x11 action drop"), []);
  assert.deepEqual(lints("protocol ip ip_tos 16/30 action drop"), [["hexadecimal-number", "ip.dsfield == 16/30"]]);
  assert.deepEqual(lints("protocol ip ip_proto tcp tcp_flags 12 action drop"), [
    ["hexadecimal-number", "tcp.flags == 12"],
  ]);
  assert.deepEqual(lints("protocol ip ip_proto tcp tcp_flags 10/12 action drop"), [
    ["hexadecimal-number", "tcp.flags == 8/12"],
  ]);
  assert.deepEqual(lints("protocol ip ip_proto tcp src_port 010/0xff action drop"), [
    ["octal-number", "tcp.srcport == 10/255"],
  ]);
  assert.deepEqual(lints("protocol ip vlan_id 5 action drop"), [["vlan-under-ip", null]]);
  assert.deepEqual(lints("protocol all num_of_vlans 3 action drop"), [["three-tags", undefined]]);
});

Deno.test("parseFilter() warns once in a text that tunnel keys are about the outer headers", () => {
  const rule = "protocol ip flower enc_key_id 5 action drop";
  assert.deepEqual(warningsOf(`${rule}\n${rule}`), ["1:20+10 outer-headers"]);
});

Deno.test("parseFilter() gives rules of tc the order of their pref, and of the text where it is the same", () => {
  const ttls = (...rules: readonly string[]) =>
    parseFilter(rules.map((rule, index) => rule.replace("FLOWER", `flower ip_ttl ${index}`)).join("\n")).filter.rules
      .map(({ matches }) => Number((matches.at(-1)?.operand as ValueOperand).value));
  const add = (where: string) => `tc filter add dev eth0 ingress ${where} protocol ip FLOWER action drop`;
  assert.deepEqual(ttls(add("pref 20"), add("pref 0x5"), add("prio 20"), add("pref 65535"), add("pref 1")), [
    4,
    1,
    0,
    2,
    3,
  ]);
  // Without pref each goes before those that came before, and behind those that have a small one.
  assert.deepEqual(ttls(add(""), add("pref 7"), add("pref 0"), add("pref 65535")), [1, 2, 0, 3]);
  assert.deepEqual(ttls("protocol ip FLOWER action drop", "protocol ip pref 3 FLOWER action drop"), [1, 0]);
  assert.deepEqual(ttls("protocol ip FLOWER action drop", "protocol ip FLOWER action drop"), [0, 1]);
  const replace = add("pref 7 handle 1").replace("add", "replace");
  assert.deepEqual(ttls(add("pref 7 handle 1"), add("pref 9"), replace), [2, 1]);
});

Deno.test("parseFilter() tries rules of one pref mask by mask, in the order in which masks came, as the kernel does", () => {
  const lines = (text: string) => {
    const { filter, warnings } = parseFilter(text);
    const found = warnings.filter(({ code }) => code !== "ignored-keyword").map(short);
    return { lines: filter.rules.map(({ source }) => source?.line), found };
  };
  const add = (keys: string, pref = "pref 7") => `tc filter add ${pref} protocol ip flower ${keys} action drop\n`;
  assert.deepEqual(
    lines(
      add("src_ip 10.0.0.1") + add("dst_ip 10.0.0.1") + add("src_ip 10/8") + add("src_ip 10.0.0.2") +
        add("dst_ip 10.0.0.2 src_ip default"),
    ),
    { lines: [1, 4, 2, 5, 3], found: ["4:1+0 grouped-rules"] },
  );
  // Ports of all protocols are one key; a range is another.
  assert.deepEqual(
    lines(
      add("ip_proto tcp dst_port 80") + add("ip_proto tcp dst_port 80-90") + add("ip_proto udp dst_port 53"),
    ).lines,
    [1, 3, 2],
  );
  assert.deepEqual(lines(add("src_ip 10.0.0.1") + add("dst_ip 10.0.0.1") + add("src_ip 10.0.0.2", "pref 8")), {
    lines: [1, 2, 3],
    found: [],
  });
  // Without the command the order is the text's.
  const short4 = (keys: string) => `protocol ip pref 7 flower ${keys} action drop\n`;
  assert.deepEqual(lines(short4("src_ip 10.0.0.1") + short4("dst_ip 10.0.0.1") + short4("src_ip 10.0.0.2")), {
    lines: [1, 2, 3],
    found: [],
  });
});

Deno.test("parseFilter() gives warnings the index that their rule has after ordering", () => {
  const { filter, warnings } = parseFilter(
    "protocol ip pref 9 flower ip_proto 11 action drop\nprotocol ip pref 3 flower action drop\n",
  );
  assert.deepEqual(warnings.map(({ code, rule }) => [code, rule]), [["hexadecimal-number", 1]]);
  assert.equal(filter.at(1)?.source?.line, 1);
});

Deno.test("parseFilter() refuses rules of tc that cannot stand in one filter", () => {
  const add = (where: string) => `tc filter add ${where} flower action drop\n`;
  assert.deepEqual(refusals(add("dev eth0 ingress") + add("dev eth1 ingress")), ["2:19+4 several-places"]);
  assert.deepEqual(refusals(add("dev eth0 ingress") + add("dev eth0 egress")), ["2:19+4 several-places"]);
  assert.equal(parseFilter(add("dev eth0 ingress") + add("dev eth0 parent ffff:")).filter.size, 2);
  assert.deepEqual(refusals(add("pref 7 handle 1") + add("pref 7 handle 1")), ["2:1+0 taken-place"]);
});

Deno.test("parseFilter() warns where rules without pref come in tc's order", () => {
  const add = "tc filter add flower action drop\n";
  assert.deepEqual(warningsOf(add), []);
  assert.deepEqual(warningsOf(add + add), ["2:1+0 reversed-order"]);
});

Deno.test("parseRule() takes each element as one word of tc", () => {
  assert.equal(meaning(["protocol", "ip", "action", "drop"]), "drop eth.type == ip");
  assert.deepEqual(refusalsOfWords(["protocol", "ip", "action drop"]), [
    "1:13+11 unknown-field",
    "1:24+0 missing-action",
  ]);
});

Deno.test("printRule() prints to tc in the order that tc reads", () => {
  const printed = (rule: string) => printRule(parseRule(rule).rule, "tc-flower");
  assert.equal(
    printed("drop tcp.dstport in 80..90 and ip.src in 10.0.0.0/8"),
    "protocol ip flower ip_proto tcp dst_port 80-90 src_ip 10.0.0.0/8 action drop",
  );
  assert.equal(
    printed("drop ip.dst == 1.2.3.4 and svlan.etype == ip and svlan.tpid == 802.1q"),
    "protocol 802.1q flower vlan_ethtype ip dst_ip 1.2.3.4 action drop",
  );
});

/** The conditions of a rule in any order: printing may have to put them in tc's. */
function conditions(rule: string): string[] {
  return rule.split(/ and |(?<=^(?:drop|pass)) /).sort();
}

/** A match on one value, in decimal. */
function matchText({ field, operator, operand }: Match): string {
  const { value, mask } = operand as ValueOperand;
  return `${field} ${operator} ${value}${mask === undefined ? "" : `/${mask}`}`;
}
