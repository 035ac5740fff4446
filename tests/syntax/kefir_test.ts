import assert from "node:assert/strict";
import { FilterSyntaxError } from "../../lib/diagnostics/errors.ts";
import { FIELDS } from "../../lib/model/fields.ts";
import { printRule } from "../../lib/syntax/print.ts";
import { parseRule } from "../../lib/syntax/rule_file.ts";
import { meaning, refusals, refusalsOfWords, warningsOf } from "./findings_of.ts";

const ACCEPTED: readonly (readonly [rule: string, printed: string])[] = [
  ["drop", "drop"],
  ["pass", "pass"],
  ["web: pass eth.type == arp", "web: pass eth.type == arp"],
  ["web:drop", "web: drop"],
  ["drop: drop", "drop: drop"],
  ["drop tcp.dstport==80", "drop tcp.dstport == 80"],
  ["drop tcp.dstport eq 80 and tcp.srcport ne 1", "drop tcp.dstport == 80 and tcp.srcport != 1"],
  ["drop ip.ttl lt 1 and ip.ttl le 2", "drop ip.ttl < 1 and ip.ttl <= 2"],
  ["drop ip.ttl gt 1 and ip.ttl ge 2", "drop ip.ttl > 1 and ip.ttl >= 2"],
  ["drop ip.ttl<=2 and ip.ttl>=0x1", "drop ip.ttl <= 2 and ip.ttl >= 1"],
  ["drop ip.src in 10.0.0.0/8", "drop ip.src in 10.0.0.0/8"],
  ["drop ip.src == 10.0.0.0/8", "drop ip.src == 10.0.0.0/8"],
  ["drop ip.src == 10.0.0.0/255.0.0.0", "drop ip.src == 10.0.0.0/8"],
  ["drop ip.src == 0.0.0.1/0.0.0.255", "drop ip.src == 0.0.0.1/0.0.0.255"],
  ["drop ip.src == 0.0.0.0/0", "drop ip.src == 0.0.0.0/0"],
  ["drop ip.dsfield == 0xb8/0xfc", "drop ip.dsfield == 0xb8/0xfc"],
  ["drop ip.dsfield & 0xfc == 184", "drop ip.dsfield == 0xb8/0xfc"],
  ["drop ip.dsfield & 0xfc in {0..8, 0xb8}", "drop ip.dsfield & 0xfc in { 0x0..0x8, 0xb8 }"],
  ["drop ip.tos & 0xff == 1", "drop ip.dsfield == 0x1"],
  ["drop tcp.dstport in {22, 80..90}", "drop tcp.dstport in { 22, 80..90 }"],
  ["drop tcp.dstport in{22,23,24}", "drop tcp.dstport in 22..24"],
  ["drop tcp.dstport not in { 22 }", "drop tcp.dstport not in 22"],
  ["drop tcp.dstport in 80..90", "drop tcp.dstport in 80..90"],
  ["drop tcp.dstport in {}", "drop tcp.dstport in {}"],
  ["drop ip.src in {10.0.0.0/8, 2001:db8::/32}", "drop ip.src in { 10.0.0.0/8, 2001:db8::/32 }"],
  ["drop ip.addr in ::1", "drop ip.addr in ::1"],
  ["drop ip.src in @block.txt", "drop ip.src in @block.txt"],
  ["drop ip.src & 24 not in @dir/block.txt", "drop ip.src & 24 not in @dir/block.txt"],
  ['drop ip.src in @"a b\\"c#.txt"', 'drop ip.src in @"a b\\"c#.txt"'],
  ['drop ip.src in @"a\\u{a}b\\n"', 'drop ip.src in @"a\\u{a}b\\u{a}"'],
  ["drop eth.src == 01-02-03-0a-0b-c", "drop eth.src == 01:02:03:0a:0b:0c"],
  ["drop eth.dst == 01:00:00:00:00:00/01:00:00:00:00:00", "drop eth.dst == 01:00:00:00:00:00/01:00:00:00:00:00"],
  ["drop ip.proto in {TCP, udp, 47}", "drop ip.proto in { tcp, udp, gre }"],
  ["drop vlan.etype in {ip..arp}", "drop vlan.etype in ip..arp"],
  ["  drop\tip.ttl\r== 1  ", "drop ip.ttl == 1"],
];

for (const [rule, printed] of ACCEPTED) {
  Deno.test(`parseRule() reads ${JSON.stringify(rule)}`, () => {
    assert.equal(meaning(rule), printed);
    assert.equal(meaning(printed), printed);
  });
}

const REFUSED: readonly (readonly [rule: string, ...found: string[]])[] = [
  ["dorp ip.ttl == 1", "1:1+4 unknown-rule"],
  ["9x: drop", "1:1+2 bad-name"],
  ["a: b", "1:4+1 bad-action"],
  ["a:", "1:3+0 bad-action"],
  ["drop drop", "1:6+4 unknown-field"],
  ["drop ip.scr == 1.2.3.4", "1:6+6 unknown-field"],
  ["drop l4[8:17] == 1 and l4[08:4] == 1", "1:6+8 unknown-field", "1:24+8 unknown-field"],
  ["drop mpls[1].label == 1", "1:6+13 unknown-field"],
  ["drop l4[8:2] == 0x10000", "1:17+7 out-of-range"],
  [
    "drop __proto__ == 1 and constructor == 1 and toString in {1}",
    "1:6+9 unknown-field",
    "1:25+11 unknown-field",
    "1:46+8 unknown-field",
  ],
  ["drop ip.src", "1:12+0 missing-word"],
  ["drop ip.src ==", "1:15+0 missing-word"],
  ["drop ip.src = 1.2.3.4", "1:13+1 unknown-operator"],
  ["drop ip.src ! 1.2.3.4", "1:13+1 unknown-operator"],
  ["drop ip.src contains 1", "1:13+8 unknown-operator"],
  ["drop ip.src not 1.2.3.4", "1:17+7 missing-word"],
  ["drop not ip.src == 1.2.3.4", "1:6+3 no-not"],
  ["drop ip.ttl == 1 or ip.ttl == 2", "1:18+2 no-or"],
  ["drop ip.ttl == 1 || ip.ttl == 2", "1:18+2 no-or"],
  ["drop ip.ttl == 1 && ip.ttl == 2", "1:18+2 unknown-operator"],
  ["drop ip.ttl == 1 ip.ttl == 2", "1:18+6 unexpected-word"],
  ["drop ip.ttl == 1 and", "1:21+0 missing-word"],
  ["drop and ip.ttl == 1", "1:6+3 unknown-field"],
  ["drop ip.ttl == 256", "1:16+3 out-of-range"],
  ["drop ip.ttl == -1", "1:16+2 bad-value"],
  ["drop ip.ttl == 010", "1:16+3 bad-value"],
  ["drop ip.ttl == __proto__", "1:16+9 bad-value"],
  ["drop ip.proto == constructor", "1:18+11 bad-value"],
  ["drop svlan.id == 4096", "1:18+4 out-of-range"],
  ["drop svlan.priority == 8", "1:24+1 out-of-range"],
  ["drop ip.src == 10.0.0.0/33", "1:16+11 bad-prefix"],
  ["drop ip.src == ::1", "1:16+3 bad-value"],
  ["drop ip.ttl & 0x1ff == 1", "1:15+5 out-of-range"],
  ["drop ip.ttl & == 1", "1:15+2 missing-word"],
  ["drop ip.ttl & 1 == 1/1", "1:20+3 two-masks"],
  ["drop ip.ttl == {1, 2}", "1:16+1 set-needs-in"],
  ["drop ip.ttl == 1..2", "1:16+4 set-needs-in"],
  ["drop ip.src != @x", "1:16+2 set-needs-in"],
  ["drop ip.ttl in {1 2}", "1:19+1 missing-word"],
  ["drop ip.ttl in {1,}", "1:19+1 missing-word"],
  ["drop ip.ttl in {1", "1:18+0 missing-word"],
  ["drop ip.ttl in {300, 2..1, x, 1}", "1:17+3 out-of-range", "1:22+4 reversed-range", "1:28+1 bad-value"],
  ["drop ip.ttl in 1/1", "1:16+3 mask-in-set"],
  ["drop ip.src & 8 in {::1}", "1:21+3 bad-value"],
  ["drop ip.src in {@x}", "1:17+2 list-in-set"],
  ["drop ip.src in @", "1:16+1 bad-file"],
  ['drop ip.src in @""', "1:16+3 bad-file"],
  ['drop ip.src in @"x', "1:16+3 open-quote"],
  ['drop ip.src in @"\\x"', "1:18+2 bad-escape"],
  ['drop ip.src in @"\\u{110000}"', "1:18+2 bad-escape"],
  ['drop ip.src in "x"', "1:16+1 bad-character"],
  [`drop ip.ttl == ${"1".repeat(300)}`, "1:16+300 too-long"],
  [
    "drop ip.scr == 1 and ip.ttl == 999 and ip.ttl = 1",
    "1:6+6 unknown-field",
    "1:32+3 out-of-range",
    "1:47+1 unknown-operator",
  ],
];

for (const [rule, ...found] of REFUSED) {
  Deno.test(`parseFilter() refuses ${JSON.stringify(rule.slice(0, 80))}`, () => {
    assert.deepEqual(refusals(rule), found);
  });
}

Deno.test("parseRule() reads every name and alias of FIELDS and prints the name", () => {
  for (const field of FIELDS) {
    for (const name of [field.name, ...field.aliases]) {
      const { rule } = parseRule(`drop ${name} & 0x0 == ${zero(field.format)}`);
      assert.equal(rule.matches[0]?.field, field.name);
    }
  }
});

Deno.test("parseRule() joins words of kefir with a space and places errors in them", () => {
  assert.equal(meaning(["drop", "ip.src in {1.2.3.4,", "::1 }"]), "drop ip.src in { 1.2.3.4, ::1 }");
  assert.deepEqual(refusalsOfWords(["drop", "ip.ttl", "==", "300"]), ["1:16+3 out-of-range"]);
  assert.deepEqual(refusalsOfWords(["drop", "ip.ttl\n==", "300"]), ["2:4+3 out-of-range"]);
  assert.deepEqual(refusalsOfWords([]), ["1:1+0 missing-word"]);
});

Deno.test("parseFilter() warns about bits below a prefix or mask, at the value", () => {
  assert.deepEqual(warningsOf("drop ip.src == 10.1.2.3/8"), ["1:16+10 host-bits"]);
  assert.deepEqual(warningsOf("drop ip.src in {1.1.1.1, 10.1.2.3/8}"), ["1:26+10 host-bits"]);
  assert.deepEqual(warningsOf("drop ip.ttl & 0xf0 == 0x11"), ["1:23+4 host-bits"]);
});

Deno.test("parseFilter() suggests the nearest field", () => {
  assert.throws(() => parseRule("drop ip.scr == 1.2.3.4"), { expected: 'did you mean "ip.src"?' });
  assert.throws(() => parseRule("drop tcp.dport == 80"), { expected: 'did you mean "tcp.port"?' });
});

function zero(format: string): string {
  const zeros: Record<string, string> = { mac: "00:00:00:00:00:00", ipv4: "0.0.0.0", ipv6: "::" };
  return zeros[format] ?? "0";
}

Deno.test("parseRule() reads fields of families, and printRule() gives them back", () => {
  const text =
    "drop l4[8:4] == 0xa000000/0xff000000 and mpls[2].label in 16..20 and payload[0:2] not in { 0x1, 0x4745 }";
  assert.equal(printRule(parseRule(text).rule, "kefir"), text);
});

Deno.test("parseRule() says how a slice is written when it is not", () => {
  assert.throws(() => parseRule("drop udp[8] == 1"), (error: unknown) => {
    assert.ok(error instanceof FilterSyntaxError);
    assert.match(error.diagnostics[0]?.hint ?? "", /udp\[offset:bytes\]/);
    return true;
  });
});
