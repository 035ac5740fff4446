import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { Random } from "../../lib/bench/random.ts";
import { drawPackets } from "../../lib/bench/draw_packets.ts";
import { Scan } from "../../lib/bench/scan.ts";
import { placesAfter, roomyPlaces } from "../../lib/classify/counters.ts";
import { isRefusal, type TuplePlan } from "../../lib/classify/plan.ts";
import { applyWrites, editTuple } from "../../lib/classify/tuple/edit.ts";
import { planTuple } from "../../lib/classify/tuple/plan.ts";
import { counterKeys } from "../../lib/model/counter_keys.ts";
import { Filter } from "../../lib/model/filter.ts";
import type { Rule } from "../../lib/model/rule.ts";
import type { Packet } from "../../lib/semantics/dissect.ts";
import { evaluate, type Verdict } from "../../lib/semantics/evaluate.ts";
import { parseFilter } from "../../lib/syntax/rule_file.ts";
import { makeRuleSet, STYLES } from "../classbench/rule_sets.ts";
import { arbFilter } from "../random/filters.ts";
import { arbPacket } from "../random/packets.ts";
import { checkRandom, settingsFor } from "../random/settings.ts";
import { lookUpTuple, packetKey } from "./tuple_interpreter.ts";

const PACKETS = 30;
const EDITS = 12;

const arbRun = fc.array(arbPacket(), { minLength: PACKETS, maxLength: PACKETS }).chain((packets) =>
  fc.record({ packets: fc.constant(packets), filter: arbFilter(packets), seed: fc.integer({ min: 1, max: 1 << 30 }) })
);

/** A filter and its plan, as they are while rules change. */
interface State {
  readonly filter: Filter;
  readonly plan: TuplePlan;
}

function build(filter: Filter): State | undefined {
  const plan = planTuple(filter, { counters: roomyPlaces(filter), reason: "" });
  return isRefusal(plan) ? undefined : { filter, plan };
}

/** The same with other rules, edited in place; undefined when that takes all tables. */
function edit({ filter, plan }: State, rules: readonly Rule[]): State | undefined {
  const next = new Filter({ rules, defaultAction: filter.defaultAction });
  const counters = placesAfter(next, { keys: counterKeys(filter), places: plan.counters });
  assert.ok(counters !== undefined);
  const edited = editTuple(plan, next, counters);
  return edited === undefined ? undefined : { filter: next, plan: edited };
}

/** Other rules than before: one is taken out, put in, or put in place of another. */
function changeOne(rules: readonly Rule[], pool: readonly Rule[], random: Random): Rule[] {
  const at = random.below(rules.length + 1);
  const way = rules.length === 0 || at === rules.length ? 0 : random.below(3);
  const others = pool.filter((rule) => !rules.includes(rule));
  const put = others.length === 0 || way === 1 ? [] : [random.pick(others)];
  return rules.toSpliced(at, way === 0 ? 0 : 1, ...put);
}

/** What is decided, in numbers that stay the same while rules move. */
function codeOf(plan: TuplePlan, filter: Filter, { action, rule }: Verdict): number {
  return 2 * plan.counters.indexes[rule ?? filter.size]! + (action === "drop" ? 1 : 0);
}

function lookUp(plan: TuplePlan, packet: Packet): number {
  const { counter, drop } = lookUpTuple(plan, packetKey(plan, packet));
  return 2 * counter + (drop ? 1 : 0);
}

Deno.test("editTuple() writes what decides as the new rules do, and after each write as the old or the new ones", async () => {
  let edits = 0;
  let tried = 0;
  await checkRandom(arbRun, settingsFor(60), ({ packets, filter, seed }) => {
    const random = new Random(seed);
    const pool = filter.rules.filter(({ matches }) => matches.length > 0);
    let state = build(new Filter({ rules: pool, defaultAction: filter.defaultAction }));
    for (let turn = 0; turn < EDITS && state !== undefined; turn++) {
      const before: State = state;
      const rules = changeOne(before.filter.rules, pool, random);
      const after = edit(before, rules);
      tried++;
      if (after?.plan.edit === undefined) {
        state = build(new Filter({ rules, defaultAction: filter.defaultAction }));
        continue;
      }
      edits++;
      const allowed = packets.map((packet) =>
        [before, after].map(({ filter, plan }) => codeOf(plan, filter, evaluate(filter, packet)))
      );
      const live = before.plan.tables.slice();
      for (const write of after.plan.edit.writes) {
        applyWrites(live, [write]);
        packets.forEach((packet, index) => {
          const got = lookUp({ ...after.plan, tables: live }, packet);
          assert.ok(allowed[index]!.includes(got), `${got} is neither of ${allowed[index]} on ${packet.bytes.toHex()}`);
        });
      }
      assert.deepEqual(live, after.plan.tables);
      packets.forEach((packet, index) => assert.equal(lookUp(after.plan, packet), allowed[index]![1]));
      state = after;
    }
    return Promise.resolve();
  });
  assert.ok(edits > tried / 3, `${edits} of ${tried} changes were edits`);
});

Deno.test("editTuple() touches a few records of a hundred thousand", () => {
  const parse = (rules: number, seed: number): Filter =>
    parseFilter(makeRuleSet(STYLES["firewalls"]!, { rules, seed }), { syntax: "classbench" }).filter;
  const filter = parse(100_000, 7);
  const others = parse(10, 8).rules;
  const first = build(filter);
  assert.ok(first !== undefined);
  const packets = drawPackets(filter, { count: 30, seed: 3 });
  const random = new Random(5);
  let state: State = first;
  for (let turn = 0; turn < 4; turn++) {
    const rules = state.filter.rules;
    const at = random.below(rules.length);
    const changed: Rule[] = turn % 2 === 0 ? rules.toSpliced(at, 1) : rules.toSpliced(at, 0, others[turn]!);
    const next = edit(state, changed);
    if (next === undefined) {
      assert.ok(turn % 2 === 0, "only without a rule that kept another out all is built anew");
      continue;
    }
    const { writes, records } = next.plan.edit!;
    const bytes = writes.reduce((sum, write) => sum + write.bytes.length, 0);
    assert.ok(records <= 128, `${records} records`);
    assert.ok(bytes <= 16_384, `${bytes} bytes`);
    const scan = new Scan(next.filter);
    for (const packet of packets) {
      assert.equal(lookUp(next.plan, packet), codeOf(next.plan, next.filter, scan.evaluate(packet)));
    }
    state = next;
  }
  assert.notEqual(state, first);
});
