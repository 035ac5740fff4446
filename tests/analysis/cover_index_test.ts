import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { checkFilter } from "../../lib/analysis/checks.ts";
import { CoverIndex } from "../../lib/analysis/cover_index.ts";
import { contains, isEmpty, type Region, regionOf } from "../../lib/analysis/region.ts";
import { Filter } from "../../lib/model/filter.ts";
import type { RuleInput } from "../../lib/model/rule.ts";
import { arbFilter } from "../random/filters.ts";

function regionsOf(filter: Filter): Region[] {
  return filter.rules.map(regionOf).filter((region) => !isEmpty(region));
}

/** Rules of nested prefixes and ranges, so that many contain others. */
const arbNested = fc.array(
  fc.record({ source: fc.nat(7), length: fc.nat(32), lo: fc.nat(100), span: fc.nat(65_000), six: fc.boolean() }),
  { maxLength: 40 },
).map((all) =>
  new Filter({
    rules: all.map(({ source, length, lo, span, six }): RuleInput => ({
      action: "drop",
      matches: [
        six
          ? { field: "ipv6.src", value: [`2001:db8:${source}::/${16 + length}`] }
          : { field: "ip.src", value: [`10.${source}.1.0/${length}`] },
        { field: "tcp.dstport", value: [`${lo}..${lo + span}`] },
      ],
    })),
  })
);

Deno.test("CoverIndex finds the first region that contains another, as comparing with all does", () => {
  fc.assert(fc.property(fc.oneof(arbFilter([]), arbNested), (filter) => {
    const index = new CoverIndex(1_000_000);
    const before: Region[] = [];
    for (const region of regionsOf(filter)) {
      const first = before.findIndex((one) => contains(one, region));
      assert.equal(index.find(region), first < 0 ? undefined : first);
      index.add(before.length, region);
      before.push(region);
    }
    assert.ok(!index.isExhausted);
  }));
});

Deno.test("checkFilter() finds what an earlier rule covers among ten thousand", () => {
  const rules = Array.from({ length: 10_000 }, (_, index): RuleInput => ({
    action: "drop",
    matches: [{ field: "ip.src", value: BigInt(index) << 8n, mask: 0xffff_ff00n }, { field: "ip.ttl", value: 9 }],
  }));
  rules.push({
    action: "pass",
    matches: [{ field: "ip.src", value: 0x1234_56n << 8n }, { field: "ip.ttl", value: 9 }],
  });
  rules.push({ action: "pass", matches: [{ field: "ip.src", value: 0x1234n << 8n }, { field: "ip.ttl", value: 9 }] });
  const found = checkFilter(new Filter({ rules }));
  assert.deepEqual(found.map(({ code, rule }) => [code, rule]), [["shadowed-rule", 10_001]]);
});

Deno.test("checkFilter() says from which rule on it did not compare, when rules are wide in every place", () => {
  const rules = Array.from({ length: 6_000 }, (_, index): RuleInput => ({
    action: "drop",
    matches: [
      { field: "ip.src", value: [{ lo: index, hi: 0x8000_0000 + index }] },
      { field: "ip.dst", value: [{ lo: 10_000 - index, hi: 0x8000_0000 - index }] },
    ],
  }));
  const found = checkFilter(new Filter({ rules }));
  assert.deepEqual(found.map(({ code }) => code), ["shadows-unchecked"]);
  const [{ rule = 0 } = {}] = found;
  assert.ok(rule > 1_000 && rule < 6_000, `rule ${rule}`);
});
