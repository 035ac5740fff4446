/**
 * Lints with the packets that show what they are about. The evaluator is asked both ways: what the rule does with the
 * packet, and what the rule as one may read it does.
 */

import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { checkFilter } from "../../lib/analysis/checks.ts";
import { type Example, exampleOf } from "../../lib/analysis/example.ts";
import { findPacket } from "../../lib/analysis/find_packet.ts";
import { FIELDS } from "../../lib/model/fields.ts";
import type { Filter } from "../../lib/model/filter.ts";
import { createMatch } from "../../lib/model/match.ts";
import type { Lint } from "../../lib/model/problem.ts";
import type { Rule } from "../../lib/model/rule.ts";
import { dissect } from "../../lib/semantics/dissect.ts";
import { evaluate, matchHolds, ruleHolds } from "../../lib/semantics/evaluate.ts";
import { resolveLists } from "../../lib/syntax/list_file.ts";
import { parseFilter, parseRule } from "../../lib/syntax/rule_file.ts";
import { USUAL_VALUES } from "../packets/usual_values.ts";
import { ethtoolRule } from "../syntax/arbitrary_ethtool.ts";
import { arbFilter } from "../random/filters.ts";
import { arbPacket } from "../random/packets.ts";

/** A text with one warning of the code, and its example. */
function lint(text: string, code: string): { filter: Filter; warning: Lint; example: Example } {
  const { filter, warnings } = parseFilter(text);
  const [warning, second] = [...warnings, ...checkFilter(filter)].filter((one) => one.code === code);
  assert.ok(warning !== undefined && second === undefined, `${code} is found once in ${text}`);
  assert.equal(warning.severity, "warning");
  const example = exampleOf(warning, filter);
  assert.ok(example !== undefined, `there is a packet for ${code} of ${text}`);
  return { filter, warning, example };
}

/** Whether a rule of a text, alone, holds for the packet of an example. */
function holds(rule: string, { bytes }: Example): boolean {
  return ruleHolds(parseRule(rule).rule, dissect({ bytes }));
}

interface Misreading {
  readonly code: string;
  readonly rule: string;
  /** What a reader may take the rule for; none for a rule that he may think holds for nothing. */
  readonly reading?: string;
}

const TCP4 = "eth.type == ip and ip.proto == tcp and";

const MISREADINGS: readonly Misreading[] = [
  {
    code: "inverted-mask",
    rule: "flow-type tcp4 src-ip 10.0.0.0 m 255.0.0.0 action -1",
    reading: `drop ${TCP4} ip.src == 10.0.0.0/8`,
  },
  {
    code: "inverted-mask",
    rule: "flow-type tcp4 src-ip 10.1.2.3 m 255.255.255.0 action -1",
    reading: `drop ${TCP4} ip.src == 10.1.2.0/24`,
  },
  {
    code: "inverted-mask",
    rule: "flow-type ip6 dst-ip 2001:db8:: m ffff:ffff:: action -1",
    reading: "drop ipv6.dst == 2001:db8::/32",
  },
  {
    code: "inverted-mask",
    rule: "flow-type tcp4 dst-port 80 m 0xffff action -1",
    reading: `drop ${TCP4} tcp.dstport == 80`,
  },
  {
    code: "inverted-mask",
    rule: "flow-type ip4 tos 0xb8 m 0xfc action -1",
    reading: "drop ip.dsfield == 0xb8/0xfc",
  },
  {
    code: "inverted-mask",
    rule: "flow-type ether src 0:1:2:0:0:0 m ff:ff:ff:0:0:0 action -1",
    reading: "drop eth.src == 0:1:2:0:0:0/24",
  },
  {
    code: "inverted-mask",
    rule: "flow-type ether vlan 5 m 0xfff action -1",
    reading: "drop svlan.tci == 5/0xfff",
  },
  {
    code: "host-bits",
    rule: "flow-type tcp4 src-ip 10.1.2.3 m 0.0.0.255 action -1",
    reading: `drop ${TCP4} ip.src == 10.1.2.3`,
  },
  { code: "host-bits", rule: "drop ip.src == 10.1.2.3/8", reading: "drop ip.src == 10.1.2.3" },
  { code: "host-bits", rule: "drop ip.src != 10.1.2.3/8", reading: "drop ip.src != 10.1.2.3" },
  {
    code: "host-bits",
    rule: "drop ip.src in { 1.0.0.1..1.0.0.9, 10.1.2.3/8, 192.0.2.1 }",
    reading: "drop ip.src in { 1.0.0.1..1.0.0.9, 10.1.2.3, 192.0.2.1 }",
  },
  {
    code: "host-bits",
    rule: "drop ip.dst not in { 10.0.0.0/8, 2001:db8::1/32 }",
    reading: "drop ip.dst not in { 10.0.0.0/8, 2001:db8::1 }",
  },
  {
    code: "host-bits",
    rule: `drop tcp.dstport in { ${
      Array.from({ length: 40 }, (_, index) => 2 * index + 1).join(", ")
    } } and ip.addr in 10.1.2.3/8`,
    reading: "drop tcp.dstport < 80 and ip.addr in 10.1.2.3",
  },
  { code: "host-bits", rule: "drop ip.dsfield == 0xb9/0xfc", reading: "drop ip.dsfield == 0xb9" },
  {
    code: "octal-number",
    rule: "flow-type tcp4 dst-port 0120 action -1",
    reading: `drop ${TCP4} tcp.dstport == 120`,
  },
  {
    code: "octal-number",
    rule: "flow-type tcp4 dst-port 0x4000 m 010 action -1",
    reading: `drop ${TCP4} tcp.dstport == 0x4000/0xfff5`,
  },
  {
    code: "port-without-protocol",
    rule: "flow-type ip4 dst-port 80 action -1",
    reading: "drop ip.l4.dstport == 80 and ip.proto == tcp",
  },
  {
    code: "port-without-protocol",
    rule: "flow-type ip6 src-port 53 src-ip 2001:db8::1 action -1",
    reading: "drop ipv6.l4.srcport == 53 and ipv6.src == 2001:db8::1 and ipv6.l4.proto == tcp",
  },
  { code: "hexadecimal-number", rule: "protocol ip flower ip_proto 17 action drop", reading: "drop ip.proto == 17" },
  {
    code: "hexadecimal-number",
    rule: "protocol ipv6 flower ip_tos 16/30 action drop",
    reading: "drop ipv6.tclass == 16/30",
  },
  {
    code: "hexadecimal-number",
    rule: "protocol ip flower ip_proto tcp tcp_flags 10/0xff action drop",
    reading: "drop ip.proto == tcp and tcp.flags == 10/0xff",
  },
  {
    code: "octal-number",
    rule: "protocol ip flower ip_proto udp dst_port 0100/0xff action drop",
    reading: "drop ip.proto == udp and udp.dstport == 100/0xff",
  },
  { code: "host-bits", rule: "protocol ip flower src_ip 10.1.2.3/12 action drop", reading: "drop ip.src == 10.1.2.3" },
  {
    code: "host-bits",
    rule: "protocol ipv6 flower ip_flags firstfrag src_ip 2001:db8::1/32 action drop",
    reading: "drop l3.frag == 3 and ipv6.src == 2001:db8::1",
  },
  {
    code: "host-bits",
    rule: "protocol ip flower enc_key_id 42 enc_dst_port 6081 enc_src_ip 10.1.2.3/8 action drop",
    reading: "drop geneve.vni == 42 and ip.src == 10.1.2.3",
  },
  { code: "vlan-under-ip", rule: "protocol ip flower vlan_id 5 ip_proto udp action drop" },
  { code: "vlan-under-ip", rule: "tc filter add dev eth0 ingress protocol ipv6 flower cvlan_id 5 action drop" },
];

for (const { code, rule, reading } of MISREADINGS) {
  Deno.test(`exampleOf() shows ${code} of ${rule}`, () => {
    const { warning, example } = lint(rule, code);
    assert.equal(warning.rule, 0);
    const [found, expected] = [holds(rule, example), reading !== undefined && holds(reading, example)];
    assert.notEqual(found, expected);
    assert.deepEqual([example.found, example.expected], [found ? 0 : null, expected ? 0 : null]);
  });
}

for (const operator of ["in", "not in"]) {
  Deno.test(`exampleOf() shows host-bits of an entry of a list that a rule is ${operator}`, () => {
    const rule = `drop tcp.dstport == 9 and ip.src ${operator}`;
    const { filter, warnings } = resolveLists(
      parseFilter(`pass eth.type == arp\n${rule} @some.txt`).filter,
      () => "10.1.2.3/8\n192.0.2.0/24\n2001:db8::/32\n",
    );
    const [warning] = warnings;
    assert.ok(warning !== undefined && warning.code === "host-bits");
    const example = exampleOf(warning, filter);
    assert.ok(example !== undefined);
    const reading = `${rule} { 10.1.2.3, 192.0.2.0/24, 2001:db8::/32 }`;
    assert.deepEqual(
      [example.found, example.expected],
      [`${rule} { 10.0.0.0/8, 192.0.2.0/24, 2001:db8::/32 }`, reading].map((one) => holds(one, example) ? 1 : null),
    );
    assert.notEqual(example.found, example.expected);
  });
}

const NEVER: readonly string[] = [
  "drop ip.ttl > 255",
  "drop tcp.dstport == 80 and tcp.dstport == 443",
  "drop tcp.dstport == 80 and udp.dstport == 80",
  "drop ip.ttl == 1 and ipv6.hlim == 1",
  "drop ip.proto == icmp and l4.dstport == 80",
  "drop eth.type == arp and ip.src == 192.0.2.1",
  "flow-type ether vlan-etype 0x800 action -1",
  "drop svlan.id == 5 and tcp.dstport < 80 and tcp.dstport > 90",
];

for (const rule of NEVER) {
  Deno.test(`exampleOf() shows a packet that ${rule} does not hold for, though all but one of its matches do`, () => {
    const { example } = lint(rule, "never-holds");
    const { matches } = parseRule(rule).rule;
    assert.ok(!holds(rule, example));
    const packet = dissect({ bytes: example.bytes });
    const left = matches.filter((match) => !ruleHolds({ action: "drop", matches: [match] }, packet));
    assert.equal(left.length, 1);
    assert.deepEqual([example.expected, example.found], [0, null]);
  });
}

for (
  const rule of ["drop vlan.id == 5 and vlan.priority == 1", "drop ip.addr == 10.0.0.1 and ip.addr in 10.0.0.2/31"]
) {
  Deno.test(`exampleOf() shows independent-any: a packet that ${rule} holds for on two sides`, () => {
    const { example } = lint(rule, "independent-any");
    assert.ok(holds(rule, example));
    for (const side of [["svlan", "src"], ["cvlan", "dst"]] as const) {
      assert.ok(!holds(rule.replaceAll("vlan.", `${side[0]}.`).replaceAll("ip.addr", `ip.${side[1]}`), example));
    }
    assert.deepEqual([example.expected, example.found], [null, 0]);
  });
}

const COVERED: readonly (readonly [code: string, ...rules: string[]])[] = [
  ["duplicate-rule", "drop tcp.dstport == 80", "drop tcp.dstport == 80"],
  [
    "duplicate-rule",
    "flow-type tcp4 dst-port 80 action -1",
    "drop ip.proto == tcp and eth.type == ip and tcp.dstport == 80",
  ],
  ["shadowed-rule", "pass ip.src in 10.0.0.0/8", "drop ip.src == 10.1.0.1 and tcp.dstport in { 22, 80..90 }"],
  ["shadowed-rule", "drop ipv6.nxt == udp and ip.ttl == 9", "pass", "drop svlan.id == 7"],
];

for (const [code, ...rules] of COVERED) {
  Deno.test(`exampleOf() shows ${code}: the packet that ${rules.at(-1)} holds for is decided before`, () => {
    const { filter, example } = lint(rules.join("\n"), code);
    const last = rules.length - 1;
    assert.ok(holds(rules[last] as string, example));
    const { rule } = evaluate(filter, { bytes: example.bytes });
    assert.deepEqual([example.expected, example.found], [last, rule]);
    assert.notEqual(rule, last);
  });
}

for (const field of FIELDS) {
  Deno.test(`findPacket() finds packets for matches on ${field.name}`, () => {
    for (const value of [0n, 1n, (1n << BigInt(field.widthBits)) - 1n, BigInt(USUAL_VALUES[field.name] ?? 0)]) {
      for (const operator of ["==", "!="] as const) {
        const match = createMatch({ field: field.name, operator, value });
        const packet = findPacket([match]);
        // Some values cannot be: a type that says that there are no such headers, for one.
        if (packet === undefined) {
          assert.ok(Object.hasOwn(USUAL_VALUES, field.name) && value !== BigInt(USUAL_VALUES[field.name] ?? 0));
        } else assert.ok(matchHolds(match, dissect(packet)));
      }
    }
  });
}

for (
  const name of ["l3[2:4]", "ip[1:1]", "ipv6[4:2]", "l4[3:9]", "tcp[13:1]", "udp[8:4]", "payload[0:16]", "icmp[4:2]"]
) {
  Deno.test(`findPacket() finds packets for matches on ${name}`, () => {
    assert.notEqual(findPacket([createMatch({ field: name, value: 0x55n })]), undefined);
  });
}

Deno.test("exampleOf() describes the packet in one line", () => {
  const described = (text: string, code: string) => lint(text, code).example.description;
  assert.equal(
    described("flow-type tcp4 src-ip 10.0.0.0 m 255.0.0.0 action -1", "inverted-mask"),
    "IPv4 TCP 10.0.0.1:0 > 198.51.100.2:0",
  );
  assert.equal(
    described(
      "drop ip.src == 10.0.0.1\ndrop ip.src == 10.0.0.1 and udp.dstport == 53 and svlan.id == 9",
      "shadowed-rule",
    ),
    "VLAN 9 IPv4 UDP 10.0.0.1:0 > 198.51.100.2:53",
  );
  assert.equal(
    described("pass\ndrop ipv6.src == 2001:db8::1 and tcp.srcport == 1", "shadowed-rule"),
    "IPv6 TCP [2001:db8::1]:1 > [2001:db8::2]:0",
  );
  assert.equal(described("pass\ndrop eth.type == arp", "shadowed-rule"), "ARP 02:00:00:00:00:01 > 02:00:00:00:00:02");
  assert.equal(described("pass\ndrop ah.spi == 9", "shadowed-rule"), "IPv4 AH 192.0.2.1 > 198.51.100.2");
});

Deno.test("exampleOf() is right on random filters, and finds a packet for most of what checkFilter() finds", () => {
  let [wanted, shown] = [0, 0];
  fc.assert(
    fc.property(fc.array(arbPacket(), { minLength: 1, maxLength: 3 }).chain(arbFilter), (filter) => {
      for (const warning of checkFilter(filter)) {
        wanted++;
        const example = exampleOf(warning, filter);
        if (example === undefined) continue;
        shown++;
        const packet = { bytes: example.bytes };
        assert.equal(example.expected, warning.code === "independent-any" ? null : warning.rule);
        if (warning.code === "never-holds") {
          assert.equal(example.found, null);
        } else {
          const { matches } = filter.at(warning.rule as number) as Rule;
          assert.ok(matches.every((match) => matchHolds(match, dissect(packet))));
          if (warning.code === "independent-any") assert.equal(example.found, warning.rule);
          else assert.equal(evaluate(filter, packet).rule, example.found);
        }
      }
    }),
    { numRuns: 300, endOnFailure: true },
  );
  assert.ok(wanted > 100 && shown > 0.7 * wanted, `${shown} of ${wanted}`);
});

Deno.test("exampleOf() tells random rules of ethtool from what one may read, nearly always", () => {
  let [wanted, shown] = [0, 0];
  fc.assert(
    fc.property(ethtoolRule, ({ words }) => {
      const { filter, warnings } = parseFilter(words.join(" "));
      const [rule] = filter.rules as [Rule];
      // Rules that hold for nothing are another warning's.
      if (words.some((word) => word === "user-def" || word === "vlan-etype") || checkFilter(filter).length > 0) return;
      for (const { reading, ...warning } of warnings) {
        if (!reading) continue;
        wanted++;
        const example = exampleOf({ ...warning, reading }, filter);
        if (example === undefined) continue;
        shown++;
        const packet = dissect({ bytes: example.bytes });
        const read = { ...rule, matches: [...rule.matches.filter(({ field }) => field !== reading.field), reading] };
        const found = [rule, read].map((one) => ruleHolds(one, packet) ? 0 : null);
        assert.deepEqual([example.found, example.expected], found);
        assert.notEqual(found[0], found[1]);
      }
    }),
    { numRuns: 2000 },
  );
  assert.ok(wanted > 200 && shown > 0.9 * wanted, `${shown} of ${wanted}`);
});

Deno.test("exampleOf() has nothing to show for warnings about something else", () => {
  const { filter, warnings } = parseFilter("flow-type tcp4 dst-port 80");
  assert.deepEqual(warnings.map(({ code }) => code), ["no-action"]);
  assert.deepEqual(warnings.map((warning) => exampleOf(warning, filter)), [undefined]);
});

Deno.test("exampleOf() has nothing to show for a rule that another filter has not", () => {
  const { filter, warnings: [warning] } = parseFilter("drop ip.src == 10.1.2.3/8");
  filter.delete(0);
  assert.equal(exampleOf(warning as Lint, filter), undefined);
});
