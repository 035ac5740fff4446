import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { Filter } from "../../lib/model/filter.ts";
import { fieldNamed } from "../../lib/model/fields.ts";
import { dumpFilter } from "../../lib/syntax/dump.ts";
import { parseFilter } from "../../lib/syntax/rule_file.ts";
import { anyFilter } from "./arbitrary.ts";

Deno.test("dumpFilter() has every rule, match and action in words", () => {
  const text = [
    "web: drop ip.src == 10.20.0.0/15 and tcp.dstport in {22, 80..90} and ip.dst in @block.txt",
    "",
    "pass",
    "default drop",
    "drop vlan.id >= 5 and ip.addr not in {10.0.0.0/8, 2001:db8::/32}",
  ].join("\n");
  assert.equal(
    dumpFilter(parseFilter(text, { sourceName: "rules.kefir" }).filter),
    `rule 0: drop (web, rules.kefir:1)
    match 0: Source address of IPv4       ip.src       ==  10.20.0.0  mask ff fe 00 00
    match 1: Destination port of TCP      tcp.dstport  in  { 22, 80..90 }
    match 2: Destination address of IPv4  ip.dst       in  the list block.txt
rule 1: pass (9e315c02fcaa4699, rules.kefir:3)
rule 2: drop (250b29e6811bd0e1, rules.kefir:5)
    match 0: VLAN id of either tag                  vlan.id  >=      5
    match 1: Source or destination address of IPv4  ip.addr  not in  { 10.0.0.0/8, 2001:db8::/32 }
default: drop
`,
  );
  assert.equal(dumpFilter(new Filter()), "default: pass\n");
});

Deno.test("dumpFilter() says of each match its field, of each rule its number, and nothing that is no text", () => {
  fc.assert(
    fc.property(anyFilter, (filter) => {
      const lines = dumpFilter(filter).trimEnd().split("\n");
      assert.equal(lines.pop(), `default: ${filter.defaultAction}`);
      assert.doesNotMatch(lines.join(""), /[\p{Cc}\u2028\u2029]/u);
      filter.rules.forEach(({ matches, action }, index) => {
        assert.ok(lines.shift()?.startsWith(`rule ${index}: ${action} (`));
        matches.forEach(({ field, operator }, match) => {
          const line = lines.shift() ?? "";
          assert.ok(line.startsWith(`    match ${match}: ${fieldNamed(field).description} `), line);
          assert.ok(line.includes(` ${field} `) && line.includes(` ${operator} `), line);
        });
      });
      assert.deepEqual(lines, []);
    }),
    { numRuns: 1000 },
  );
});
