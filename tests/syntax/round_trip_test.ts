import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { FilterError, FilterSyntaxError } from "../../lib/diagnostics/errors.ts";
import type { Filter } from "../../lib/model/filter.ts";
import { dissect, type Packet } from "../../lib/semantics/dissect.ts";
import { ruleHolds } from "../../lib/semantics/evaluate.ts";
import { fieldNamed } from "../../lib/model/fields.ts";
import { counterpartOf, type Match } from "../../lib/model/match.ts";
import { freezeRule, type Rule } from "../../lib/model/rule.ts";
import { printFilter, printRule } from "../../lib/syntax/print.ts";
import { type ParsedRule, parseFilter, parseRule } from "../../lib/syntax/rule_file.ts";
import {
  ah,
  arp,
  esp,
  ethernet,
  frame,
  geneve,
  gre,
  icmp,
  ipv4,
  ipv6,
  mpls,
  sctp,
  tcp,
  udp,
  vlan,
  vxlan,
} from "../packets/build.ts";
import { anyFilter, libkefirFilter } from "./arbitrary.ts";
import { FLOWER_KEYWORDS } from "../../lib/syntax/tc_flower_keywords.ts";
import { flowerWords } from "./arbitrary_flower.ts";

const RUNS = { numRuns: 2000 };

Deno.test("parseFilter(printFilter()) gives any filter back through kefir's syntax", () => {
  fc.assert(
    fc.property(anyFilter, (filter) => {
      const { filter: back } = parseFilter(printFilter(filter, "kefir"));
      assert.deepEqual(withoutSources(back), withoutSources(filter));
    }),
    RUNS,
  );
});

Deno.test("parseFilter(printFilter()) gives any filter back through JSON, sources included", () => {
  fc.assert(
    fc.property(anyFilter, (filter) => {
      const text = printFilter(filter, "json");
      const { filter: back } = parseFilter(text);
      assert.deepEqual([back.rules, back.defaultAction], [filter.rules, filter.defaultAction]);
      assert.equal(printFilter(back, "json"), text);
    }),
    RUNS,
  );
});

Deno.test("printFilter() prints one line a rule whatever names of files have in them", () => {
  fc.assert(
    fc.property(anyFilter, (filter) => {
      const lines = printFilter(filter, "kefir").split(/[\n\r\u2028\u2029\0]/).length - 1;
      assert.equal(lines, filter.size + (filter.defaultAction === "drop" ? 1 : 0));
    }),
    RUNS,
  );
});

/** Beside a count of tags tc takes for a tag's type what kefir takes for the type of what follows. */
function isMisreadByTc({ matches }: Rule): boolean {
  const values = new Map(matches.map(({ field, operand }) => [field, operand.kind === "value" ? operand.value : 0n]));
  const [count = 0n, type] = [values.get("vlan.count"), values.get("svlan.etype")];
  const isTag = type === undefined || type === 0x8100n || type === 0x88a8n;
  return count > 0n && values.has("eth.type") || count > 1n && !isTag;
}

Deno.test("parseRule(printRule()) gives every rule of tc flower back", () => {
  const accepted = new Set<string>();
  fc.assert(
    fc.property(flowerWords, (words) => {
      let parsed: ParsedRule;
      try {
        parsed = parseRule(words);
      } catch (error) {
        assert.ok(error instanceof FilterSyntaxError);
        return;
      }
      words.forEach((word) => accepted.add(word));
      const { rule, warnings } = parsed;
      const isRefusedByTc = warnings.some(({ code }) => code === "vlan-under-ip") || isMisreadByTc(rule);
      if (isRefusedByTc) assert.throws(() => printRule(rule, "tc-flower"), FilterError, words.join(" "));
      else assert.deepEqual(matchesOf(parseRule(printRule(rule, "tc-flower")).rule), matchesOf(rule));
    }),
    { numRuns: 5000 },
  );
  // Each keyword was in a rule that is one.
  const keywords = FLOWER_KEYWORDS.filter((row) => row.class === "match").map(({ name }) => name);
  assert.deepEqual(keywords.filter((name) => !accepted.has(name)), []);
});

Deno.test("parseFilter(printFilter()) gives any filter that libkefir can say back through its JSON", () => {
  fc.assert(
    fc.property(libkefirFilter, (filter) => {
      const text = printFilter(filter, "libkefir");
      const { filter: back, warnings } = parseFilter(text);
      assert.deepEqual([back.rules, back.defaultAction, warnings], [filter.rules, "pass", []]);
      assert.equal(printFilter(back, "libkefir"), text);
    }),
    RUNS,
  );
});

Deno.test("printFilter() to libkefir names each rule that it cannot say, and no other", () => {
  let printed = 0;
  fc.assert(
    fc.property(anyFilter, (filter) => {
      const expected = filter.rules.flatMap(({ name, matches }, rule) =>
        name !== undefined || !matches.every(hasLibkefirMatch) ? [rule] : []
      );
      let text: string;
      try {
        text = printFilter(filter, "libkefir");
      } catch (error) {
        assert.ok(error instanceof FilterError && error.diagnostics.every(({ code }) => code === "cannot-express"));
        const named = error.diagnostics.map(({ rule }) => rule);
        assert.deepEqual(named, filter.defaultAction === "drop" ? [undefined, ...expected] : expected);
        return;
      }
      printed++;
      assert.deepEqual([filter.defaultAction, expected], ["pass", []]);
      const { filter: back } = parseFilter(text);
      for (const packet of PACKETS) {
        const dissection = dissect(packet);
        const holds = (one: Filter) => one.rules.map((rule) => ruleHolds(rule, dissection));
        assert.deepEqual(holds(back), holds(filter));
      }
    }),
    { numRuns: 4000 },
  );
  assert.ok(printed > 50, `${printed} filters were printed`);
});

/** Conditions with their counterparts in the tools, most of which hold for some of {@link PACKETS}. */
const CONDITIONS: readonly string[] = [
  ...[
    "eth.type == ip",
    "eth.type == ipv6",
    "eth.type == arp",
    "eth.dst == 02:00:00:00:00:0b",
    "eth.src != 2:0:0:0:0:0",
  ],
  ...[
    "svlan.tpid == 802.1q",
    "svlan.id == 1",
    "svlan.etype == ip",
    "svlan.tci == 0x1",
    "cvlan.id == 1",
    "vlan.id == 1",
  ],
  ...["ip.src == 192.0.2.0/24", "ip.src in 192.0.2.1", "ip.dst not in ::1", "ip.addr in 192.0.2.1", "ip.src in ::/0"],
  ...["ip.src in { 0.0.0.0/0, ::/0 }", "ipv6.src == 2001:db8::/32", "ipv6.dst in ::/0", "ip.dsfield == 0/0"],
  ...["ip.ttl == 64", "ipv6.hlim == 64", "l3.ttl == 64", "ip.proto == tcp", "ipv6.l4.proto == udp", "l4.proto == tcp"],
  ...["ipv6.nxt == tcp", "tcp.dstport == 443", "tcp.dstport in 1..443", "udp.dstport == 0/0", "sctp.srcport in 40000"],
  ...["l4.dstport == 443", "ip.l4.dstport == 443", "ipv6.l4.srcport == 40000", "tcp.port == 443", "ah.spi == 0x100"],
  ...[
    "tcp.flags == 0x2/0x12",
    "icmp.type == 8",
    "icmpv6.code == 0",
    "l3.frag == 0",
    "l3.frag == 1/1",
    "vlan.count == 1",
  ],
  ...["esp.spi == 0x100", "l2tp.sid == 7", "vlan.count in 0..1", "l3.dsfield == 0"],
  ...["esp.spi == 0x200", "l4[0:8] == 0/0", "payload[0:8] == 0/0", "l3[0:8] == 0/0"],
  ...["tunnel.id == 1", "tunnel.type == 0/0", "udp.dstport == 4789", "vxlan.gbp == 0", "geneve.opt_len >= 1"],
  ...[
    "mpls.label == 16",
    "mpls[2].bottom == 1",
    "mpls[2].label == 0/0",
    "arp.opcode == 1",
    "arp.src.proto_ipv4 == 0.0.0.0/0",
  ],
  ...["ah.spi == 0/0", "ip.l4.data == 0/0", "ipv6.l4.data == 0x200", "tcp.srcport != 1", "ip.proto == esp"],
];

const TUNNELS = [[udp({ dst: 4789 }), vxlan()], [udp({ dst: 6081 }), geneve({ options: [0, 1, 2, 1, 0, 0, 0, 0] })], [
  gre({ key: 1 }),
]];
const INNER = [tcp(), udp(), sctp(), icmp(), ah(), esp()];
const PACKETS: readonly Packet[] = [[], [vlan()], [vlan({ tpid: 0x88a8 })], [vlan(), vlan()]].flatMap((tags) => [
  frame(ethernet(), ...tags, arp()),
  frame(ethernet(), ...tags, mpls()),
  frame(ethernet(), ...tags, mpls(), mpls({ label: 17 })),
  ...TUNNELS.flatMap((layers) => [
    frame(ethernet(), ...tags, ipv4(), ...layers),
    frame(ethernet(), ...tags, ipv6(), ...layers),
  ]),
  frame(ethernet(), ...tags),
  ...INNER.flatMap((inner) => [
    frame(ethernet(), ...tags, ipv4(), inner, tcp()),
    frame(ethernet(), ...tags, ipv6(), inner, udp()),
  ]),
  frame(ethernet(), ...tags, ipv4({ version: 5 }), tcp()),
  frame(ethernet(), ...tags, ipv4({ fragmentOffset: 1 }), tcp()),
]);

const DISSECTIONS = PACKETS.map((packet) => dissect(packet));

for (const syntax of ["ethtool", "tc-flower", "libkefir"] as const) {
  Deno.test(`printRule() to ${syntax} keeps the meaning of whatever it prints`, () => {
    let printed = 0;
    fc.assert(
      fc.property(fc.uniqueArray(fc.constantFrom(...CONDITIONS), { maxLength: 4 }), (conditions) => {
        const { rule } = parseRule(`drop ${conditions.join(" and ")}`);
        let back: Rule;
        try {
          back = parseRule(printRule(rule, syntax)).rule;
        } catch (error) {
          assert.ok(error instanceof FilterError && error.diagnostics.every(({ code }) => code === "cannot-express"));
          return;
        }
        printed++;
        for (const dissection of DISSECTIONS) {
          assert.equal(ruleHolds(back, dissection), ruleHolds(rule, dissection), printRule(rule, syntax));
        }
      }),
      { numRuns: 5000 },
    );
    assert.ok(printed > 200, `${printed} rules were printed`);
  });
}

/** Whether libkefir has such a match: one value and a mask, if any, with a bit set, on one of its fields. */
function hasLibkefirMatch({ field, operand }: Match): boolean {
  const row = fieldNamed(field);
  if (operand.kind === "list" || operand.mask === 0n) return false;
  if (operand.kind === "value") return row.libkefir !== undefined;
  const { ranges, ipv6Ranges = [], mask } = operand;
  const [range, more] = [...ranges, ...ipv6Ranges];
  if (range === undefined || more !== undefined || mask !== undefined) return false;
  const length = range.hi - range.lo + 1n;
  const own = ranges.length > 0 ? row : counterpartOf(row);
  const isPrefix = (length & (length - 1n)) === 0n && range.lo % length === 0n;
  return own.libkefir !== undefined && isPrefix && length !== 1n << BigInt(own.widthBits);
}

function withoutSources(filter: Filter): unknown {
  return [filter.defaultAction, filter.rules.map(({ source: _source, ...rule }) => freezeRule(rule))];
}

/** The action, and the matches in one order: a tool's own order may have to differ. */
function matchesOf(rule: Rule): unknown {
  const text = (match: Match) =>
    JSON.stringify(match, (_key, part: unknown) => typeof part === "bigint" ? `${part}` : part);
  return [rule.action, rule.matches.map(text).sort()];
}
