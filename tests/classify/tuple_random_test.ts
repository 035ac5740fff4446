import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { roomyPlaces } from "../../lib/classify/counters.ts";
import { isRefusal } from "../../lib/classify/plan.ts";
import { planTuple } from "../../lib/classify/tuple/plan.ts";
import { printRule } from "../../lib/syntax/print.ts";
import { evaluate } from "../../lib/semantics/evaluate.ts";
import { arbFilter } from "../random/filters.ts";
import { arbPacket } from "../random/packets.ts";
import { checkRandom, settingsFor } from "../random/settings.ts";
import { lookUpTuple, packetKey } from "./tuple_interpreter.ts";

const PACKETS = 60;

const arbRun = fc.array(arbPacket(), { minLength: PACKETS, maxLength: PACKETS }).chain((packets) =>
  fc.record({ packets: fc.constant(packets), filter: arbFilter(packets) })
);

Deno.test("planTuple() builds tables in which random packets find what evaluate() says, for random filters", async () => {
  const settings = settingsFor(400);
  let held = 0;
  await checkRandom(arbRun, settings, ({ packets, filter }) => {
    const plan = planTuple(filter, { counters: roomyPlaces(filter), reason: "" });
    if (isRefusal(plan)) return Promise.resolve();
    held++;
    for (const packet of packets) {
      const expected = evaluate(filter, packet);
      const { counter, drop } = lookUpTuple(plan, packetKey(plan, packet));
      const got = { action: drop ? "drop" : "pass", rule: counter === filter.size ? null : counter };
      const rules = filter.rules.map((rule, index) => `${index}: ${rule.action} ${printRule(rule, "kefir")}`).join(
        "\n",
      );
      assert.deepEqual(got, expected, `${packet.bytes.toHex()} ${JSON.stringify(packet.vlanTag)}\n${rules}`);
    }
    return Promise.resolve();
  });
  assert.ok(held >= 0.9 * settings.numRuns, `${held} of ${settings.numRuns} filters were held`);
});
