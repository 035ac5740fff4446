import assert from "node:assert/strict";
import { parseRule } from "../../lib/syntax/rule_file.ts";
import { printRule } from "../../lib/syntax/print.ts";
import { meaning, refusals, refusalsOfWords, warningsOf } from "./findings_of.ts";

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
];

for (const [rule, expected] of ACCEPTED) {
  Deno.test(`parseRule() reads ${JSON.stringify(rule)}`, () => {
    assert.equal(meaning(rule), expected);
    assert.deepEqual(conditions(meaning(printRule(parseRule(rule).rule, "tc-flower"))), conditions(expected));
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
