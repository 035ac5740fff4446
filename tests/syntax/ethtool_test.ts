import assert from "node:assert/strict";
import { FLOW_TYPES } from "../../lib/syntax/ethtool_keywords.ts";
import { parseFilter, parseRule } from "../../lib/syntax/rule_file.ts";
import { printRule } from "../../lib/syntax/print.ts";
import { errorsOf, meaning, refusals, refusalsOfWords, warningsOf } from "./findings_of.ts";

/** What each flow type says by itself. */
const IMPLIED: Readonly<Record<string, string>> = {
  ether: "drop",
  ip4: "drop eth.type == ip",
  tcp4: "drop eth.type == ip and ip.proto == tcp",
  udp4: "drop eth.type == ip and ip.proto == udp",
  sctp4: "drop eth.type == ip and ip.proto == sctp",
  ah4: "drop eth.type == ip and ip.proto == ah",
  esp4: "drop eth.type == ip and ip.proto == esp",
  ip6: "drop eth.type == ipv6",
  tcp6: "drop eth.type == ipv6 and ipv6.l4.proto == tcp",
  udp6: "drop eth.type == ipv6 and ipv6.l4.proto == udp",
  sctp6: "drop eth.type == ipv6 and ipv6.l4.proto == sctp",
  ah6: "drop eth.type == ipv6 and ah.spi == 0x0/0x0",
  esp6: "drop eth.type == ipv6 and ipv6.l4.proto == esp",
};

Deno.test("FLOW_TYPES has the flow types of ethtool", () => {
  assert.deepEqual(FLOW_TYPES.map((one) => one.name).sort(), Object.keys(IMPLIED).sort());
});

for (const [name, implied] of Object.entries(IMPLIED)) {
  Deno.test(`parseRule() takes flow-type ${name} as its tests on type and protocol`, () => {
    assert.equal(meaning(`flow-type ${name} action -1`), implied);
    assert.equal(printRule(parseRule(implied).rule, "ethtool"), `flow-type ${name} action -1`);
  });
}

/** Fields after what the flow type implies. */
const FIELDS: readonly (readonly [rule: string, rest: string])[] = [
  ["ether src 1:2:3:4:5:6 m 0:0:0:0:0:ff", "eth.src == 01:02:03:04:05:00/40"],
  ["ether dst 01:00:00:00:00:00 dst-mask fe:ff:ff:ff:ff:ff", "eth.dst == 01:00:00:00:00:00/01:00:00:00:00:00"],
  ["ether proto 0x806", "eth.type == arp"],
  ["ether vlan-etype 0x8100 vlan 0x2005 m 0xf000", "svlan.tpid == 802.1q and svlan.tci == 0x5/0xfff"],
  ["tcp4 src-ip 10.0.0.0 m 0.255.255.255 dst-ip 192.0.2.1", "ip.src == 10.0.0.0/8 and ip.dst == 192.0.2.1"],
  ["tcp4 dst-port 80 src-port 1024 m 0x3ff", "tcp.dstport == 80 and tcp.srcport == 1024/0xfc00"],
  ["udp6 src-port 53 dst-port 0x35", "udp.srcport == 53 and udp.dstport == 53"],
  ["sctp4 tos 0xb8 m 3 dst-mac 2:0:0:0:0:1", "ip.dsfield == 0xb8/0xfc and eth.dst == 02:00:00:00:00:01"],
  ["ip6 tclass 8 src-ip 2001:db8:: m ::ffff", "ipv6.tclass == 0x8 and ipv6.src == 2001:db8::/112"],
  ["ip4 l4proto 47 l4data 0x12340000 m 0xffff", "ip.proto == gre and ip.l4.data == 0x12340000/0xffff0000"],
  ["ip4 spi 1", "ip.l4.data == 0x1"],
  ["ip6 l4proto 6 src-port 1 dst-port 2", "ipv6.l4.proto == tcp and ipv6.l4.srcport == 1 and ipv6.l4.dstport == 2"],
  ["tcp4 vlan 5 m 0xffff src-port 1 dst-port 0 m 0xffff", "tcp.srcport == 1"],
  ["ah4 spi 5", "ah.spi == 0x5"],
  ["ah6 spi 5", "ah.spi == 0x5"],
  ["esp4 spi 5", "esp.spi == 0x5"],
  ["esp6 spi 5 tclass 1", "esp.spi == 0x5 and ipv6.tclass == 0x1"],
  ["tcp4 user-def 0x0102030405060708", "payload[0:8] == 0x102030405060708"],
  ["sctp6 user-def -1 dst-port 1", "payload[0:8] == 0xffffffffffffffff and sctp.dstport == 1"],
  ["udp6 user-def 7 user-def-mask 0xffffffff00000000", "payload[0:8] == 0x7/0xffffffff"],
  ["ip4 user-def 0x4500000000000000 m 0xffffffffffffff", "l4[0:8] == 0x4500000000000000/0xff00000000000000"],
  ["ah6 user-def 1", "l4[0:8] == 0x1"],
  ["ether user-def 1 proto 0x88b5", "l3[0:8] == 0x1 and eth.type == 0x88b5"],
];

for (const [rule, rest] of FIELDS) {
  Deno.test(`parseRule() reads flow-type ${rule}`, () => {
    const type = rule.slice(0, rule.indexOf(" "));
    const implied = IMPLIED[type] === "drop" ? "drop " : `${IMPLIED[type]} and `;
    assert.equal(meaning(`flow-type ${rule} action -1`), implied + rest);
    assert.equal(meaning(`flow-type ${type} action -1${rule.slice(type.length)}`), implied + rest);
  });
}

Deno.test("parseFilter() warns once that drivers have their own user-def", () => {
  const rules = [1, 2].map((value) => `flow-type tcp4 user-def ${value} action -1`);
  assert.deepEqual(warningsOf(rules.join("\n")), ["1:16+8 driver-defined"]);
});

Deno.test("parseRule() takes actions as ethtool has them", () => {
  assert.equal(meaning("flow-type ether action 0"), "pass");
  assert.equal(meaning("flow-type ether action 0x0"), "pass");
  assert.equal(meaning("flow-type ether action 0xffffffffffffffff"), "drop");
  assert.equal(meaning("flow-type ether action 18446744073709551615"), "drop");
  assert.equal(meaning("flow-type ether action -0"), "pass");
});

Deno.test("parseRule() takes queue 0 as action 0, in its place", () => {
  assert.equal(meaning("flow-type ether queue 0"), "pass");
  assert.deepEqual(warningsOf("flow-type ether queue 0"), []);
});

Deno.test("parseRule() takes a rule without action as action 0, and warns", () => {
  assert.equal(meaning("flow-type tcp4 dst-port 80"), `pass ${IMPLIED.tcp4?.slice(5)} and tcp.dstport == 80`);
  assert.deepEqual(warningsOf("flow-type tcp4"), ["1:15+0 no-action"]);
  assert.deepEqual(warningsOf("flow-type tcp4 action 0"), []);
});

Deno.test("parseRule() takes numbers as strtoull does, signs included", () => {
  const port = (text: string) => meaning(`flow-type tcp4 dst-port ${text} action -1`);
  const eighty = `${IMPLIED.tcp4} and tcp.dstport == 80`;
  for (const text of ["80", "+80", "0x50", "0X50", "-18446744073709551536"]) assert.equal(port(text), eighty, text);
});

for (const command of ["ethtool -U eth0", "ethtool -N eth0.5", "/usr/sbin/ethtool --config-nfc enp1s0", "ethtool -U"]) {
  Deno.test(`parseFilter() takes a rule behind ${command}`, () => {
    assert.equal(meaning(`${command} flow-type ether action -1`), "drop");
    assert.equal(meaning([...command.split(" "), "flow-type", "ether", "action", "-1"]), "drop");
    assert.deepEqual(warningsOf(`${command} flow-type ether action -1`), []);
  });
}

Deno.test("parseRule() takes a number with a leading 0 as octal, and warns", () => {
  assert.equal(meaning("flow-type tcp4 dst-port 0120 action -1"), `${IMPLIED.tcp4} and tcp.dstport == 80`);
  assert.deepEqual(warningsOf("flow-type tcp4 dst-port 0120 m 017 action -1"), [
    "1:25+4 octal-number",
    "1:32+3 octal-number",
  ]);
});

const REFUSED: readonly (readonly [rule: string, ...found: string[]])[] = [
  ["flow-type", "1:10+0 missing-word"],
  ["flow-type tpc4 action -1", "1:11+4 unknown-flow-type"],
  ["flow-type __proto__ action -1", "1:11+9 unknown-flow-type"],
  ["flow-type tcp4 src-ip", "1:22+0 missing-word"],
  ["flow-type tcp4 action", "1:22+0 missing-word"],
  ["flow-type tcp4 action 1", "1:23+1 unsupported-keyword"],
  ["flow-type tcp4 action -3", "1:23+2 unsupported-keyword"],
  ["flow-type tcp4 action 18446744073709551616", "1:23+20 bad-action"],
  ["flow-type tcp4 action -18446744073709551616", "1:23+21 bad-action"],
  ["flow-type tcp4 queue 1", "1:22+1 unsupported-keyword"],
  ["flow-type tcp4 queue -1", "1:22+2 out-of-range"],
  ["flow-type tcp4 queue 0 action -1", "1:24+6 duplicate-field"],
  ["flow-type tcp4 action -1 m 0", "1:28+1 misplaced-mask"],
  ["flow-type tcp4 action -1 action-mask 0", "1:38+1 misplaced-mask"],
  ["flow-type tcp4 action -2", "1:23+2 unsupported-keyword"],
  ["flow-type tcp4 action drop", "1:23+4 bad-action"],
  ["flow-type tcp4 action -1 action -1", "1:26+6 duplicate-field"],
  ["flow-type tcp4 srcport 1 action -1", "1:16+7 unknown-field"],
  ["flow-type tcp4 constructor 1 action -1", "1:16+11 unknown-field"],
  ["flow-type tcp4 l4proto 6 action -1", "1:16+7 wrong-field"],
  ["flow-type ether src-ip 1.2.3.4 action -1", "1:17+6 wrong-field"],
  ["flow-type tcp6 tos 1 action -1", "1:16+3 wrong-field"],
  ["flow-type tcp4 src-port 1 src-port 2 action -1", "1:27+8 duplicate-field"],
  ["flow-type ip4 l4data 1 src-port 2 action -1", "1:24+8 duplicate-field"],
  ["flow-type ip4 l4data 1 spi 2 action -1", "1:24+3 duplicate-field"],
  ["flow-type tcp4 src-port 65536 action -1", "1:25+5 out-of-range"],
  ["flow-type tcp4 src-port 089 action -1", "1:25+3 bad-value"],
  ["flow-type tcp4 src-port http action -1", "1:25+4 bad-value"],
  ["flow-type tcp4 src-ip ::1 action -1", "1:23+3 bad-value"],
  ["flow-type tcp4 src-ip 10.0.0.0/8 action -1", "1:23+10 bad-value"],
  ["flow-type ether src 1-2-3-4-5-6 action -1", "1:21+11 bad-value"],
  ["flow-type tcp4 src-port 1 m 99999 action -1", "1:29+5 out-of-range"],
  ["flow-type tcp4 src-port 1 m", "1:28+0 missing-word"],
  ["flow-type tcp4 src-port -1 action -1", "1:25+2 out-of-range"],
  ["flow-type tcp4 src-port 0x action -1", "1:25+2 bad-value"],
  ["flow-type tcp4 src-port --1 action -1", "1:25+3 bad-value"],
  ["flow-type ether src 1:2:3:4:5:6:7 action -1", "1:21+13 bad-value"],
  ["flow-type tcp4 vlan 1 vlan 2 action -1", "1:23+4 duplicate-field"],
  ["flow-type tcp4 src-port 1 dst-port-mask 1 action -1", "1:27+13 misplaced-mask"],
  ["flow-type tcp4 m 1 action -1", "1:16+1 misplaced-mask"],
  ["flow-type tcp4 user-def 1 user-def 2 action -1", "1:27+8 duplicate-field"],
  ["flow-type tcp4 user-def 0x10000000000000000", "1:25+19 out-of-range"],
  ["flow-type tcp4 loc 1 loc 2", "1:22+3 duplicate-field"],
  ["flow-type tcp4 loc 2147483648", "1:20+10 out-of-range"],
  ["flow-type tcp4 loc 0xfffffffe", "1:20+10 out-of-range"],
  ["flow-type tcp4 loc first", "1:20+5 bad-value"],
  ["flow-type tcp4 loc", "1:19+0 missing-word"],
  ["flow-type tcp4 loc 1 m 1", "1:24+1 misplaced-mask"],
  ["ethtool", "1:8+0 missing-word"],
  ["ethtool -U", "1:11+0 unknown-rule"],
  ["ethtool -U eth0", "1:16+0 unknown-rule"],
  ["ethtool -U eth0 tcp4 action -1", "1:17+4 unknown-rule"],
  ["ethtool -x eth0", "1:9+2 unsupported-keyword"],
  ["ethtool -U eth0 rx-flow-hash tcp4 sdfn", "1:17+12 unsupported-keyword"],
  ["ethtool -U eth0 delete", "1:23+0 missing-word"],
  ["ethtool -U eth0 delete all", "1:24+3 bad-value"],
  ["ethtool -U eth0 flow-type ether\nethtool -U eth1 flow-type ether", "2:12+4 several-places"],
  [
    "flow-type tcp4 vf 1 queue 2 context 3 action -1",
    "1:16+2 unsupported-keyword",
    "1:27+1 unsupported-keyword",
    "1:29+7 unsupported-keyword",
    "1:39+6 duplicate-field",
  ],
];

for (const [rule, ...found] of REFUSED) {
  Deno.test(`parseFilter() refuses ${JSON.stringify(rule)}`, () => assert.deepEqual(refusals(rule), found));
}

Deno.test("parseRule() takes each element as one word of ethtool", () => {
  assert.equal(meaning(["flow-type", "ether", "action", "-1"]), "drop");
  assert.deepEqual(refusalsOfWords(["flow-type", "ether", "action -1"]), ["1:17+9 unknown-field"]);
});

/** The rules of a text in kefir's syntax, without what IPv4 and TCP add. */
function rulesOf(...lines: string[]): string[] {
  const { filter } = parseFilter(lines.join("\n"));
  return filter.rules.map((rule) => printRule(rule, "kefir").replace(" eth.type == ip and ip.proto == tcp and", ""));
}

Deno.test("parseFilter() puts rules in the order of their loc, and those without one behind them", () => {
  const rules = [
    "flow-type tcp4 dst-port 1 action -1",
    "flow-type tcp4 dst-port 2 action -1 loc 9",
    "flow-type tcp4 dst-port 3 action -1 loc 0x8",
    "flow-type tcp4 dst-port 4 action -1 loc 4294967295",
  ];
  assert.deepEqual(rulesOf(...rules), [3, 2, 1, 4].map((port) => `drop tcp.dstport == ${port}`));
  assert.deepEqual(warningsOf(rules.join("\n")), []);
});

Deno.test("parseFilter() lets a later rule take the place of the one with its loc, and warns", () => {
  const rules = ["flow-type tcp4 dst-port 1 loc 5 action -1", "flow-type tcp4 dst-port 2 loc 5 action -1"];
  assert.deepEqual(rulesOf(...rules), ["drop tcp.dstport == 2"]);
  const { warnings } = parseFilter(rules.join("\n"));
  assert.deepEqual(warnings.map(({ code, span, rule }) => [code, span?.line, rule]), [["replaced-rule", 2, 0]]);
});

Deno.test("parseFilter() reads a script of ethtool as ethtool runs it: a rule that was deleted is not there", () => {
  const script = [
    "ethtool -K eth0 ntuple on",
    "ethtool -U eth0 delete 7",
    "ethtool -U eth0 flow-type tcp4 dst-port 1 action -1 loc 7",
    "ethtool -N eth0 flow-type tcp4 dst-port 2 action -1 loc 3",
    "ethtool --config-ntuple eth0 delete 7",
    "ethtool --config-nfc eth0 flow-type tcp4 dst-port 3 action -1",
  ];
  assert.deepEqual(rulesOf(...script), ["drop tcp.dstport == 2", "drop tcp.dstport == 3"]);
  assert.deepEqual(warningsOf(script.join("\n")), ["1:9+2 ignored-keyword", "2:1+0 nothing-deleted"]);
});

Deno.test("parseFilter() takes rules of ethtool and of tc for one device, and refuses those for two", () => {
  const tc = (device: string) => `tc filter add dev ${device} ingress protocol ip flower action drop`;
  const ethtool = "ethtool -U eth0 flow-type tcp4 action -1";
  assert.equal(parseFilter(`${ethtool}\n${tc("eth0")}`).filter.size, 2);
  assert.deepEqual(refusals(`${ethtool}\n${tc("eth1")}`), ["2:19+4 several-places"]);
});

Deno.test("parseRule() refuses a statement that says no rule", () => {
  assert.deepEqual(errorsOf(() => parseRule("ethtool -U eth0 delete 7")), ["1:1+24 not-a-rule"]);
  assert.deepEqual(errorsOf(() => parseRule("ethtool -K eth0 ntuple on")), ["1:1+25 not-a-rule"]);
});

Deno.test("printRule() prints to ethtool what other matches already imply", () => {
  const printed = (rule: string) => printRule(parseRule(rule).rule, "ethtool");
  assert.equal(printed("drop ip.src in 10.0.0.0/8"), "flow-type ip4 src-ip 10.0.0.0 m 0.255.255.255 action -1");
  assert.equal(
    printed("pass tcp.dstport == 80 and ipv6.src == ::1"),
    "flow-type tcp6 dst-port 80 src-ip ::1 action 0",
  );
});
