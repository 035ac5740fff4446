import assert from "node:assert/strict";
import { drawPackets } from "../../lib/bench/draw_packets.ts";
import { Random } from "../../lib/bench/random.ts";
import { fieldNamed, FIELDS } from "../../lib/model/fields.ts";
import { Filter } from "../../lib/model/filter.ts";
import { evaluate } from "../../lib/semantics/evaluate.ts";
import { parseFilter } from "../../lib/syntax/rule_file.ts";
import { USUAL_VALUES } from "../packets/usual_values.ts";

const RULES = parseFilter(`
drop ip.src == 10.0.0.0/8 and tcp.dstport in {22, 80..90}
pass ipv6.dst == 2001:db8::/32 and l4.proto == udp
drop svlan.id == 7 and ip.ttl < 5
pass ah.spi == 9
drop eth.type == arp
drop ip.src in {10.1.0.0/16, 2001:db8:1::/48} and l4.port != 53
`).filter;

Deno.test("drawPackets() gives the same packets for the same seed, and others for another", () => {
  const draw = (seed: number) => drawPackets(RULES, { count: 50, seed }).map(({ bytes }) => bytes.toHex());
  assert.deepEqual(draw(1), draw(1));
  assert.notDeepEqual(draw(1), draw(2));
  assert.equal(new Set(draw(1)).size, 50);
});

Deno.test("drawPackets() meets every rule of a filter and its default", () => {
  const decided = new Map<number | null, number>();
  for (const packet of drawPackets(RULES, { count: 2000 })) {
    const { rule } = evaluate(RULES, packet);
    decided.set(rule, (decided.get(rule) ?? 0) + 1);
  }
  for (const rule of [0, 1, 2, 3, 4, 5, null]) {
    assert.ok((decided.get(rule) ?? 0) > 50, `${rule}: ${decided.get(rule)}`);
  }
});

Deno.test("drawPackets() draws a packet for a filter without rules, and for a rule without matches", () => {
  assert.equal(drawPackets(new Filter(), { count: 3 }).length, 3);
  assert.equal(drawPackets(parseFilter("drop").filter, { count: 3 }).length, 3);
});

Deno.test("drawPackets() gives frames as long as those on a wire, and short ones", () => {
  for (const { bytes } of drawPackets(RULES, { count: 500 })) assert.ok(bytes.length >= 60 && bytes.length <= 96);
});

for (const field of [...FIELDS, ...["mpls[3].label", "l4[8:4]", "l3[0:2]"].map(fieldNamed)]) {
  Deno.test(`drawPackets() finds packets that match a value of ${field.name}, and packets that do not`, () => {
    const value = USUAL_VALUES[field.name] ?? (field.name === "eth.type" ? 0x0800 : 1);
    const filter = new Filter({ rules: [{ action: "drop", matches: [{ field: field.name, value: BigInt(value) }] }] });
    const held = drawPackets(filter, { count: 100 }).filter((packet) => evaluate(filter, packet).rule === 0).length;
    assert.ok(held >= 10 && held <= 95, `${held} of 100`);
  });
}

Deno.test("Random gives numbers that are spread evenly", () => {
  const random = new Random(7);
  const counts = new Array<number>(10).fill(0);
  for (let index = 0; index < 10_000; index++) counts[random.below(10)]!++;
  assert.ok(counts.every((count) => count > 850 && count < 1150), String(counts));
  assert.ok(random.between(5n, 5n) === 5n);
  const wide = Array.from({ length: 100 }, () => random.between(1n << 100n, (1n << 100n) + (1n << 90n)));
  assert.ok(wide.every((value) => value >= 1n << 100n && value <= (1n << 100n) + (1n << 90n)));
});
