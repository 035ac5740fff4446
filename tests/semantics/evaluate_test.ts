import assert from "node:assert/strict";
import { fieldNamed } from "../../lib/model/fields.ts";
import { Filter } from "../../lib/model/filter.ts";
import { createMatch, type Match, type MatchInput } from "../../lib/model/match.ts";
import type { Operator } from "../../lib/model/operator.ts";
import { createRule } from "../../lib/model/rule.ts";
import { dissect, type Packet } from "../../lib/semantics/dissect.ts";
import { evaluate, matchHolds, readField, ruleHolds } from "../../lib/semantics/evaluate.ts";
import type { ConcreteField } from "../../lib/model/field.ts";
import { arp, cut, ethernet, frame, icmp, ipv4, ipv6, tcp, udp, vlan } from "../packets/build.ts";

const WEB = frame(ethernet(), ipv4({ src: "10.0.0.1", dst: "192.0.2.80", ttl: 64 }), tcp({ src: 40000, dst: 80 }));
const DNS = frame(ethernet(), ipv6({ src: "2001:db8::1", dst: "2001:db8::53" }), udp({ src: 40001, dst: 53 }));
const ARP = frame(ethernet(), arp());

function holds(match: MatchInput, packet: Packet): boolean {
  return matchHolds(createMatch(match), dissect(packet));
}

const isWeb = { field: "tcp.dstport", value: 80 };
const isDns = { field: "udp.dstport", value: 53 };

Deno.test("evaluate() gives the default action without a rule that holds", () => {
  assert.deepEqual(evaluate(new Filter(), WEB), { action: "pass", rule: null });
  assert.deepEqual(evaluate(new Filter({ defaultAction: "drop" }), WEB), { action: "drop", rule: null });
  const filter = new Filter({ rules: [{ action: "drop", matches: [isDns] }], defaultAction: "pass" });
  assert.deepEqual(evaluate(filter, WEB), { action: "pass", rule: null });
});

Deno.test("evaluate() gives the first rule that holds, not the last, not the most precise", () => {
  const filter = new Filter({
    rules: [
      { action: "drop", matches: [isDns] },
      { action: "pass", matches: [{ field: "ip.src", value: "10.0.0.0/8" }] },
      { action: "drop", matches: [isWeb] },
    ],
  });
  assert.deepEqual(evaluate(filter, WEB), { action: "pass", rule: 1 });
  assert.deepEqual(evaluate(filter, DNS), { action: "drop", rule: 0 });
  assert.deepEqual(evaluate(filter, ARP), { action: "pass", rule: null });
});

Deno.test("evaluate() tells a rule that passes from the default that passes", () => {
  assert.deepEqual(evaluate(new Filter({ rules: [{ action: "pass" }] }), WEB), { action: "pass", rule: 0 });
});

Deno.test("evaluate() holds a rule without matches for every packet, even an empty one", () => {
  const filter = new Filter({ rules: [{ action: "drop" }] });
  for (const packet of [WEB, DNS, ARP, { bytes: new Uint8Array(0) }]) {
    assert.deepEqual(evaluate(filter, packet), { action: "drop", rule: 0 });
  }
});

Deno.test("evaluate() takes rules and matches without a limit in number", () => {
  const matches = Array.from({ length: 200 }, () => ({ field: "ip.ttl", operator: "<=" as const, value: 64 }));
  const rules = Array.from({ length: 5000 }, () => ({ action: "drop" as const, matches: [isDns] }));
  const filter = new Filter({ rules: [...rules, { action: "drop", matches }] });
  assert.deepEqual(evaluate(filter, WEB), { action: "drop", rule: 5000 });
});

Deno.test("evaluate() refuses a list that was not resolved", () => {
  const operand = { kind: "list", file: "blocklist.txt" } as const;
  const filter = new Filter({ rules: [{ action: "drop", matches: [{ field: "ip.src", operator: "in", operand }] }] });
  assert.throws(() => evaluate(filter, WEB), RangeError);
});

Deno.test("ruleHolds() asks for all matches", () => {
  const found = dissect(WEB);
  const rule = (...matches: MatchInput[]) => createRule({ action: "drop", matches });
  const net = { field: "ip.src", value: "10.0.0.0/8" };
  assert.equal(ruleHolds(rule(isWeb, net), found), true);
  assert.equal(ruleHolds(rule(isWeb, { ...net, value: "11.0.0.0/8" }), found), false);
  assert.equal(ruleHolds(rule({ ...isWeb, value: 81 }, net), found), false);
  assert.equal(ruleHolds(rule(), found), true);
});

const OPERATORS_ON_64: readonly [Operator, MatchInput["value"], boolean][] = [
  ["==", 64, true],
  ["==", 65, false],
  ["!=", 64, false],
  ["!=", 65, true],
  ["<", 64, false],
  ["<", 65, true],
  ["<=", 63, false],
  ["<=", 64, true],
  [">", 63, true],
  [">", 64, false],
  [">=", 64, true],
  [">=", 65, false],
  ["in", [1, 64], true],
  ["in", [1, 65], false],
  ["in", [], false],
  ["not in", [1, 64], false],
  ["not in", [1, 65], true],
  ["not in", [], true],
];

for (const [operator, value, expected] of OPERATORS_ON_64) {
  const text = JSON.stringify(value);
  Deno.test(`matchHolds() is ${expected} for a TTL of 64 ${operator} ${text}, and false for a packet without`, () => {
    const match = { field: "ip.ttl", operator, value };
    assert.equal(holds(match, WEB), expected);
    for (const packet of [DNS, ARP, cut(WEB, 33), { bytes: new Uint8Array(0) }]) {
      assert.equal(holds(match, packet), false);
    }
  });
}

Deno.test("matchHolds() masks both the field and the value", () => {
  assert.equal(holds({ field: "ip.ttl", value: "0x4f/0xf0" }, WEB), true);
  assert.equal(holds({ field: "ip.ttl", operator: ">", value: "0x3f/0xf0" }, WEB), true);
  assert.equal(holds({ field: "ip.ttl", operator: "<", value: "0x4f/0xf0" }, WEB), false);
});

Deno.test("matchHolds() masks a value that has bits outside of the mask, in a match that nobody built", () => {
  const operand = { kind: "value", value: 0x4fn, mask: 0xf0n } as const;
  assert.equal(matchHolds({ field: "ip.ttl", operator: "==", operand } as Match, dissect(WEB)), true);
});

Deno.test("matchHolds() with a mask of zero says whether the field is there", () => {
  assert.equal(holds({ field: "ip.ttl", value: "7/0" }, WEB), true);
  assert.equal(holds({ field: "ip.ttl", operator: "!=", value: "7/0" }, WEB), false);
  assert.equal(holds({ field: "ip.ttl", value: "0/0" }, DNS), false);
});

// Either tag, either family, either end: holds when one present side does.
const PAIRS: readonly [outer: number, inner: number | undefined, Operator, MatchInput["value"], boolean][] = [
  [10, undefined, "==", 10, true],
  [10, undefined, "!=", 10, false],
  [10, undefined, "!=", 11, true],
  [10, undefined, "not in", [11], true],
  [10, 20, "==", 10, true],
  [10, 20, "==", 20, true],
  [10, 20, "==", 30, false],
  [10, 20, "!=", 10, false],
  [10, 20, "!=", 20, false],
  [10, 20, "!=", 30, true],
  [10, 20, "<", 11, true],
  [20, 10, "<", 11, true],
  [20, 20, "<", 11, false],
  [10, 20, ">", 19, true],
  [10, 20, ">=", 21, false],
  [10, 20, "in", ["15..25"], true],
  [10, 20, "in", ["11..19"], false],
  [10, 20, "not in", ["15..25"], false],
  [10, 20, "not in", ["11..19"], true],
];

for (const [outer, inner, operator, value, expected] of PAIRS) {
  const text = `vlan.id ${operator} ${JSON.stringify(value)} on ${
    inner === undefined ? outer : `${outer} and ${inner}`
  }`;
  Deno.test(`matchHolds() is ${expected} for ${text}`, () => {
    const tags = [outer, ...(inner === undefined ? [] : [inner])].map((id) => vlan({ id }));
    assert.equal(holds({ field: "vlan.id", operator, value }, frame(ethernet(), ...tags, arp())), expected);
  });
}

Deno.test("matchHolds() on either tag is false without a tag, whatever the operator", () => {
  for (const operator of ["==", "!=", "<=", ">="] as const) {
    assert.equal(holds({ field: "vlan.id", operator, value: 0 }, WEB), false);
  }
  assert.equal(holds({ field: "vlan.id", operator: "not in", value: [] }, WEB), false);
});

Deno.test("matchHolds() on either family looks at the one that is there", () => {
  assert.equal(holds({ field: "l3.ttl", value: 64 }, WEB), true);
  assert.equal(holds({ field: "l3.ttl", value: 64 }, DNS), true);
  assert.equal(holds({ field: "l3.ttl", operator: "!=", value: 64 }, DNS), false);
  assert.equal(holds({ field: "l3.ttl", operator: "!=", value: 64 }, ARP), false);
});

Deno.test("a set of both families means either family's field", () => {
  const set = ["10.0.0.0/8", "2001:db8::1"];
  assert.equal(holds({ field: "ip.src", value: set }, WEB), true);
  assert.equal(holds({ field: "ip.src", value: set }, DNS), true);
  assert.equal(holds({ field: "ip.dst", value: set }, WEB), false);
  assert.equal(holds({ field: "ip.dst", value: set }, DNS), false);
  assert.equal(holds({ field: "ip.addr", value: set }, DNS), true);
  assert.equal(holds({ field: "ip.src", value: set }, ARP), false);
  assert.equal(holds({ field: "ip.src", operator: "not in", value: set }, WEB), false);
  assert.equal(holds({ field: "ip.dst", operator: "not in", value: set }, WEB), true);
  assert.equal(holds({ field: "ip.dst", operator: "not in", value: set }, DNS), true);
  assert.equal(holds({ field: "ip.src", operator: "not in", value: set }, ARP), false);
});

Deno.test("a set of one family says nothing about the other's packets", () => {
  assert.equal(holds({ field: "ip.src", operator: "not in", value: ["10.0.0.0/8"] }, DNS), false);
  assert.equal(holds({ field: "ipv6.src", operator: "not in", value: ["2001:db8::1"] }, WEB), false);
});

Deno.test("a set of IPv6 alone on an IPv4 field still means either family's field", () => {
  assert.equal(holds({ field: "ip.src", operator: "not in", value: ["2001:db8::9"] }, WEB), true);
  assert.equal(holds({ field: "ip.src", value: ["2001:db8::1"] }, DNS), true);
});

Deno.test("a port of one protocol is not that of another", () => {
  assert.equal(holds({ field: "udp.dstport", operator: "!=", value: 1 }, WEB), false);
  assert.equal(holds({ field: "tcp.dstport", operator: "!=", value: 1 }, DNS), false);
  assert.equal(holds({ field: "l4.dstport", operator: "!=", value: 1 }, WEB), true);
  assert.equal(holds({ field: "l4.dstport", operator: "!=", value: 1 }, frame(ethernet(), ipv4(), icmp())), false);
});

Deno.test("two matches of a rule on either port are independent of each other", () => {
  const rule = createRule({
    action: "drop",
    matches: [{ field: "tcp.port", value: 80 }, { field: "tcp.port", value: 40000 }],
  });
  assert.equal(ruleHolds(rule, dissect(WEB)), true);
});

Deno.test("readField() cuts a field out of bytes that it shares", () => {
  const packet = frame(
    ethernet(),
    vlan({ priority: 5, dei: 1, id: 0x123 }),
    ipv6({ tclass: 0xb8, flowLabel: 0xfffff }),
    udp(),
  );
  const read = (name: string) => readField(fieldNamed(name) as ConcreteField, dissect(packet));
  assert.equal(read("svlan.priority"), 5n);
  assert.equal(read("svlan.id"), 0x123n);
  assert.equal(read("svlan.tci"), 0xb123n);
  assert.equal(read("svlan.tpid"), 0x8100n);
  assert.equal(read("svlan.etype"), 0x86ddn);
  assert.equal(read("ipv6.tclass"), 0xb8n);
  assert.equal(read("cvlan.id"), undefined);
  assert.equal(read("tcp.srcport"), undefined);
  assert.equal(read("ip.l4.srcport"), undefined);
  assert.equal(read("ipv6.l4.srcport"), 40000n);
});
