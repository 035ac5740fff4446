import assert from "node:assert/strict";
import { checkErrors, checkFilter } from "../../lib/analysis/checks.ts";
import { createCprog } from "../../lib/cprog.ts";
import { Filter } from "../../lib/model/filter.ts";
import type { Rule } from "../../lib/model/rule.ts";
import { parseFilter } from "../../lib/syntax/rule_file.ts";
import { evaluate } from "../../lib/semantics/evaluate.ts";
import fc from "npm:fast-check@4.10.2";
import { arbFilter } from "../random/filters.ts";
import { arbPacket } from "../random/packets.ts";

/** What the checks find, as code and rule. */
function found(...rules: string[]): [string, number | undefined][] {
  return checkFilter(parseFilter(rules.join("\n")).filter).map(({ code, rule }) => [code, rule]);
}

const QUIET: Readonly<Record<string, readonly string[]>> = {
  "no rules": [],
  "one rule": ["drop tcp.dstport == 80"],
  "rules that overlap in part": ["drop ip.src in 10.0.0.0/8", "pass tcp.dstport == 80"],
  "a wider rule behind a narrower one": ["drop ip.src in 10.1.0.0/16", "pass ip.src in 10.0.0.0/8"],
  "the same field in other families": ["drop ip.ttl == 1", "drop ipv6.hlim == 1"],
  "the same ports of other protocols": ["drop tcp.dstport == 53", "drop udp.dstport == 53"],
  "any protocol with ports behind one": ["drop tcp.dstport == 53", "drop l4.dstport == 53"],
  "a rule without a match at the end": ["drop ip.ttl == 1", "drop"],
  "two matches on one field that overlap": ["drop tcp.dstport >= 80 and tcp.dstport <= 90"],
  "a negation that leaves something": ["drop ip.ttl != 1", "drop ip.ttl == 1"],
  "both sides of an address, named": ["drop ip.src == 192.0.2.1 and ip.dst == 192.0.2.2"],
  "an authentication header of a later fragment": ["drop l3.frag == 1 and ah.spi == 7"],
  "a tag of two": ["drop vlan.count >= 2 and svlan.id == 5 and cvlan.id == 6"],
  "an entry below one that is not the bottom": ["drop mpls.bottom == 0 and mpls[2].bottom == 1 and mpls[2].label == 5"],
  "one any field": ["drop ip.addr == 192.0.2.1 and tcp.port == 80"],
};

for (const [name, rules] of Object.entries(QUIET)) {
  Deno.test(`checkFilter() finds nothing in ${name}`, () => assert.deepEqual(found(...rules), []));
}

const NEVER: Readonly<Record<string, string>> = {
  "below the smallest": "drop ip.ttl < 0",
  "above the largest": "drop ip.ttl > 255",
  "in an empty set": "drop ip.ttl in {}",
  "not in everything": "drop ip.ttl not in 0..255",
  "two values at once": "drop tcp.dstport == 80 and tcp.dstport == 443",
  "two protocols at once": "drop tcp.dstport == 80 and udp.srcport == 53",
  "two families at once": "drop ip.ttl == 1 and ipv6.hlim == 1",
  "an Ethernet type that excludes the header": "drop eth.type == arp and ip.ttl == 1",
  "a protocol that excludes the ports": "drop ip.proto == icmp and l4.dstport == 80",
  "ranges that do not meet": "drop tcp.dstport < 80 and tcp.dstport > 90",
  "prefixes that do not meet": "drop ip.src in 10.0.0.0/8 and ip.src in 192.168.0.0/16",
  "a tag where there is none": "drop vlan.count == 0 and svlan.id == 5",
  "the second of one tag": "drop vlan.count == 1 and cvlan.id == 5",
  "more tags than are counted": "drop vlan.count == 4",
  "a frame shorter than Ethernet's header": "drop frame.len < 14",
  "an entry below the bottom of the stack": "drop mpls.bottom == 1 and mpls[2].label == 5",
  "an entry below the bottom of a deeper one": "drop mpls[2].bottom == 1 and mpls[4].ttl == 5",
  "a fragment that is first and none": "drop l3.frag == 2",
  "ports of a later fragment": "drop l3.frag == 1 and tcp.dstport == 80",
  "bytes above IP of a later fragment": "drop l3.frag == 1 and l4[0:2] == 80",
};

for (const [name, rule] of Object.entries(NEVER)) {
  Deno.test(`checkFilter() finds never-holds: ${name}`, () => {
    assert.ok(
      found("drop eth.src == 02:00:00:00:00:01", rule).some(([code, index]) => code === "never-holds" && index === 1),
    );
  });
}

const SHADOWED: Readonly<Record<string, readonly [string, string]>> = {
  "everything before": ["pass", "drop tcp.dstport == 80"],
  "a wider prefix": ["pass ip.src in 10.0.0.0/8", "drop ip.src in 10.1.0.0/16"],
  "a wider set": ["pass tcp.dstport in { 22, 80..90 }", "drop tcp.dstport in { 22, 85 }"],
  "fewer matches": ["pass ip.src in 10.0.0.0/8", "drop ip.src == 10.0.0.1 and tcp.dstport == 80"],
  "presence alone": ["pass ip.ttl >= 0", "drop ip.src == 10.0.0.1"],
  "a wider range": ["pass tcp.dstport < 100", "drop tcp.dstport <= 50"],
  "any protocol's ports": ["pass l4.dstport == 80", "drop tcp.dstport == 80"],
};

for (const [name, [first, second]] of Object.entries(SHADOWED)) {
  Deno.test(`checkFilter() finds shadowed-rule: ${name}`, () => {
    assert.deepEqual(found(first, second), [["shadowed-rule", 1]]);
    assert.deepEqual(found(second, first), [], "and nothing the other way round");
  });
}

Deno.test("checkFilter() finds duplicate-rule, whatever the order of the matches and the name", () => {
  const rule = "drop ip.src == 10.0.0.1 and tcp.dstport == 80";
  assert.deepEqual(found(rule, "pass ip.ttl == 9", `web: drop tcp.dstport == 80 and ip.src == 10.0.0.1`), [[
    "duplicate-rule",
    2,
  ]]);
  assert.deepEqual(found(rule, "pass ip.src == 10.0.0.1 and tcp.dstport == 80"), [["shadowed-rule", 1]]);
});

Deno.test("checkFilter() finds duplicate-rule also where regions are not exact", () => {
  assert.deepEqual(found("drop tcp.port == 80", "drop tcp.port == 80"), [["duplicate-rule", 1]]);
  assert.deepEqual(found("drop tcp.port == 80", "drop tcp.port == 81"), []);
});

Deno.test("checkFilter() finds independent-any: two matches on either tag or either end", () => {
  assert.deepEqual(found("drop vlan.id == 5 and vlan.priority == 1"), [["independent-any", 0]]);
  assert.deepEqual(found("drop ip.addr == 10.0.0.1 and ip.addr == 10.0.0.2"), [["independent-any", 0]]);
  assert.deepEqual(found("drop svlan.id == 5 and svlan.priority == 1"), []);
  assert.deepEqual(found("drop vlan.id == 5", "drop vlan.priority == 1"), []);
});

Deno.test("checkFilter() finds unresolved-list, an error, and then looks no further", () => {
  const { filter } = parseFilter("drop ip.src in @block.txt\ndrop ip.ttl < 0");
  const all = checkFilter(filter);
  assert.deepEqual(all.map(({ code, severity, rule }) => [code, severity, rule]), [["unresolved-list", "error", 0]]);
});

Deno.test("checkFilter() warns, but for lists that were not read, and names the rule's line", () => {
  const text = "# a comment\n\ndrop ip.ttl == 1\ndrop ip.ttl == 1\n";
  const [finding] = checkFilter(parseFilter(text).filter);
  assert.equal(finding?.severity, "warning");
  assert.equal(finding.rule, 1);
  assert.equal(finding.span?.line, 4);
  assert.equal(finding.span?.lineText, "drop ip.ttl == 1");
});

Deno.test("checkFilter() finds a rule behind everything, however many there are", () => {
  const rules = Array.from(
    { length: 3_000 },
    (_, value) => ({ action: "drop" as const, matches: [{ field: "l4.data", value }] }),
  );
  const filter = new Filter({
    rules: [...rules, { action: "pass" }, { action: "drop", matches: [{ field: "ip.ttl", value: 1 }] }],
  });
  assert.deepEqual(checkFilter(filter).map(({ code, rule }) => [code, rule]), [["shadowed-rule", 3_001]]);
});

Deno.test("checkFilter() is right on random filters: what it says never decides never does", () => {
  const run = fc.array(arbPacket(), { minLength: 30, maxLength: 30 })
    .chain((packets) => fc.record({ packets: fc.constant(packets), filter: arbFilter(packets) }));
  let silenced = 0;
  fc.assert(
    fc.property(run, ({ packets, filter }) => {
      const silent = checkFilter(filter).filter(({ code }) => code !== "independent-any").map(({ rule }) => rule);
      silenced += silent.length;
      for (const packet of packets) assert.ok(!silent.includes(evaluate(filter, packet).rule ?? undefined));
    }),
    { numRuns: 150, endOnFailure: true },
  );
  assert.ok(silenced > 0);
});

Deno.test("checkErrors() finds what refuses a filter, and no more", () => {
  const shadowed = parseFilter("drop ip.ttl == 1\ndrop ip.ttl == 1").filter;
  assert.deepEqual(checkErrors(shadowed), []);
  assert.equal(createCprog(shadowed).warnings.length, 1);
  assert.deepEqual(createCprog(shadowed, { warnings: false }).warnings, []);
  const rules = ["a: drop ip.ttl == 1", "a: drop ip.ttl == 2"].map((text) => parseFilter(text).filter.at(0) as Rule);
  assert.throws(() => createCprog(new Filter({ rules }), { warnings: false }), { name: "FilterError" });
  const unresolved = parseFilter("drop ip.src in @some.txt").filter;
  assert.deepEqual(checkErrors(unresolved).map(({ code }) => code), ["unresolved-list"]);
});
