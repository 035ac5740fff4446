import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { drawPackets } from "../../lib/bench/draw_packets.ts";
import { Scan } from "../../lib/bench/scan.ts";
import { evaluate } from "../../lib/semantics/evaluate.ts";
import { parseFilter } from "../../lib/syntax/rule_file.ts";
import { arbFilter } from "../random/filters.ts";
import { arbPacket } from "../random/packets.ts";
import { checkRandom, settingsFor } from "../random/settings.ts";

Deno.test("Scan says what evaluate() says on random filters and packets, and on packets drawn from the filters", async () => {
  const run = fc.array(arbPacket(), { minLength: 20, maxLength: 20 }).chain((packets) =>
    fc.record({ packets: fc.constant(packets), filter: arbFilter(packets) })
  );
  await checkRandom(run, settingsFor(300), ({ packets, filter }) => {
    const scan = new Scan(filter);
    for (const packet of [...packets, ...drawPackets(filter, { count: 20 })]) {
      assert.deepEqual(scan.evaluate(packet), evaluate(filter, packet), packet.bytes.toHex());
    }
    return Promise.resolve(undefined);
  });
});

Deno.test("Scan looks up large sets, of both families and negated", () => {
  const entries = Array.from(
    { length: 300 },
    (_, index) => `10.${index >> 4}.${16 * (index & 15)}.0/21, 2001:db8:${index}::/48`,
  );
  const { filter } = parseFilter(`drop ip.src not in {${entries}}\npass ip.dst in {${entries}}\ndefault drop\n`);
  const scan = new Scan(filter);
  const seen = new Set<number | null>();
  for (const packet of drawPackets(filter, { count: 500 })) {
    const verdict = scan.evaluate(packet);
    assert.deepEqual(verdict, evaluate(filter, packet), packet.bytes.toHex());
    seen.add(verdict.rule);
  }
  assert.deepEqual(seen, new Set([0, 1, null]));
});
