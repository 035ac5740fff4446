import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { planClasses } from "../../lib/classify/classes/plan.ts";
import { roomyPlaces } from "../../lib/classify/counters.ts";
import { type ClassesPlan, isRefusal, type Refusal } from "../../lib/classify/plan.ts";
import type { Filter } from "../../lib/model/filter.ts";
import { evaluate } from "../../lib/semantics/evaluate.ts";
import type { Packet } from "../../lib/semantics/dissect.ts";
import { printRule } from "../../lib/syntax/print.ts";
import { arbFilter } from "../random/filters.ts";
import { arbPacket } from "../random/packets.ts";
import { checkRandom, settingsFor } from "../random/settings.ts";
import { lookUpClasses } from "./classes_interpreter.ts";
import { packetKey } from "./tuple_interpreter.ts";

const PACKETS = 60;

const arbRun = fc.array(arbPacket(), { minLength: PACKETS, maxLength: PACKETS }).chain((packets) =>
  fc.record({ packets: fc.constant(packets), filter: arbFilter(packets), next: arbFilter(packets) })
);

function plan(filter: Filter, like?: ClassesPlan): ClassesPlan | Refusal {
  return planClasses(filter, { counters: roomyPlaces(filter), reason: "", ...(like !== undefined && { like }) });
}

function checkPackets(filter: Filter, held: ClassesPlan, packets: readonly Packet[]): void {
  for (const packet of packets) {
    const { counter, drop } = lookUpClasses(held, packetKey(held, packet));
    const got = { action: drop ? "drop" : "pass", rule: counter === filter.size ? null : counter };
    const rules = filter.rules.map((rule, index) => `${index}: ${rule.action} ${printRule(rule, "kefir")}`).join("\n");
    assert.deepEqual(
      got,
      evaluate(filter, packet),
      `${packet.bytes.toHex()} ${JSON.stringify(packet.vlanTag)}\n${rules}`,
    );
  }
}

Deno.test("planClasses() builds tables in which random packets find what evaluate() says, for random filters", async () => {
  const settings = settingsFor(200);
  let held = 0;
  await checkRandom(arbRun, settings, ({ packets, filter }) => {
    const built = plan(filter);
    if (isRefusal(built)) return Promise.resolve();
    held++;
    checkPackets(filter, built, packets);
    return Promise.resolve();
  });
  assert.ok(held >= 0.8 * settings.numRuns, `${held} of ${settings.numRuns} filters were held`);
});

Deno.test("planClasses() takes the steps of another plan for some of its rules, and is right about these", async () => {
  const settings = settingsFor(100);
  let held = 0;
  let same = 0;
  await checkRandom(arbRun, settings, ({ packets, filter, next }) => {
    const before = plan(filter);
    if (isRefusal(before)) return Promise.resolve();
    const fewer = filter.clone();
    while (fewer.size > filter.size / 2) fewer.delete(0);
    for (const other of [fewer, next]) {
      const built = plan(other, before);
      if (isRefusal(built)) continue;
      checkPackets(other, built, packets);
      if (other !== fewer) continue;
      held++;
      if (JSON.stringify(built.steps) === JSON.stringify(before.steps)) same++;
    }
    return Promise.resolve();
  });
  assert.ok(same >= 0.9 * held && held > 0, `${same} of ${held} had the same steps`);
});
