import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { planClasses } from "../../lib/classify/classes/plan.ts";
import { roomyPlaces } from "../../lib/classify/counters.ts";
import { LIMITS } from "../../lib/classify/limits.ts";
import { type ClassesPlan, isRefusal, type Refusal } from "../../lib/classify/plan.ts";
import { readSets } from "../../lib/classify/sets/read.ts";
import { createCprog } from "../../lib/cprog.ts";
import type { ConcreteField } from "../../lib/model/field.ts";
import { FIELDS } from "../../lib/model/fields.ts";
import { Filter } from "../../lib/model/filter.ts";
import { placeOf } from "../../lib/model/places.ts";
import { presenceBitsOf } from "../../lib/model/presence_bits.ts";
import type { RuleInput } from "../../lib/model/rule.ts";
import { allOnes } from "../../lib/net/bytes.ts";
import { planChange } from "../../lib/swap.ts";
import { makeTrial, tryPlan } from "../judges/large.ts";
import { tierTest } from "../judges/tiers.ts";
import { settingsFor } from "../random/settings.ts";
import { lookUpClasses } from "./classes_interpreter.ts";
import { withLimits } from "./lowered.ts";

function plan(filter: Filter): ClassesPlan | Refusal {
  return planClasses(filter, { counters: roomyPlaces(filter), reason: "" });
}

function held(filter: Filter): ClassesPlan {
  const built = plan(filter);
  if (isRefusal(built)) throw new Error(`refused: ${built.refused}, ${built.what}`);
  return built;
}

/** The rule that decides for a packet which has a field of that value, or null. */
function ruleFor(filter: Filter, built: ClassesPlan, field: ConcreteField, value: bigint): number | null {
  const places = new Map([[placeOf(field).name, value]]);
  const derived = built.sets === undefined ? [] : readSets(built.sets, (name) => places.get(name));
  // A rule that never holds asks for nothing.
  const present = built.demand.presences.size === 0 ? 0 : presenceBitsOf(built.demand).maskOf(field);
  const key = { places: new Map([...places, ...derived]), present };
  const { counter } = lookUpClasses(built, key);
  return counter === filter.size ? null : counter;
}

/** Fields too wide for a table of all values. */
const WIDE = FIELDS.flatMap((field) => field.kind === "concrete" && field.widthBits > 16 ? [field] : []);

const arbMasked = fc.constantFrom(...WIDE).chain((field) => {
  const value = fc.bigInt({ min: 0n, max: allOnes(field.widthBits) });
  const match = fc.record({
    mask: value,
    one: value,
    other: value,
    operator: fc.constantFrom("==", "!=", "<", ">=", "in"),
  });
  return fc.record({
    field: fc.constant(field),
    matches: fc.array(match, { minLength: 1, maxLength: 3 }),
    probes: fc.array(value, { minLength: 10, maxLength: 10 }),
  });
});

Deno.test("planClasses() holds any mask on any wide field, with any operator", () => {
  const settings = settingsFor(200);
  fc.assert(
    fc.property(arbMasked, ({ field, matches, probes }) => {
      const rules = matches.map(({ mask, one, other, operator }): RuleInput => {
        const [lo, hi] = one < other ? [one, other] : [other, one];
        const value = operator === "in" ? [{ lo, hi }] : one;
        return { action: "drop", matches: [{ field: field.name, operator, value, mask }] };
      });
      const filter = new Filter({ rules });
      const built = held(filter);
      const near = matches.flatMap(({ mask, one, other }) => {
        const all = allOnes(field.widthBits);
        return [one, other, one & mask, one | (mask ^ all), one ^ 1n, (one & mask) + 1n & all, other & mask];
      });
      for (const value of [...probes, ...near]) {
        const expected = matches.findIndex(({ mask, one, other, operator }) => {
          const masked = value & mask;
          const [lo, hi] = one < other ? [one, other] : [other, one];
          switch (operator) {
            case "==":
              return masked === (one & mask);
            case "!=":
              return masked !== (one & mask);
            case "<":
              return masked < (one & mask);
            case ">=":
              return masked >= (one & mask);
            default:
              return lo <= masked && masked <= hi;
          }
        });
        const rule = ruleFor(filter, built, field, value);
        assert.equal(rule, expected < 0 ? null : expected, `${field.name} ${value}`);
      }
    }),
    { seed: settings.seed, numRuns: settings.numRuns },
  );
});

/** A rule for each of so many addresses that are far from each other. */
function scattered(count: number): Filter {
  const rules = Array.from({ length: count }, (_, index): RuleInput => ({
    action: index % 2 === 0 ? "drop" : "pass",
    matches: [{ field: "ip.src", value: BigInt(Math.imul(index, 0x9e3779b1) >>> 0) }],
  }));
  return new Filter({ rules });
}

function kindsOf({ steps }: ClassesPlan): readonly string[] {
  return steps.map(({ kind }) => kind);
}

tierTest("kernel", "planClasses() takes an interval map for addresses that make a trie too large", async () => {
  assert.ok(kindsOf(held(scattered(500))).includes("trie"));
  const filter = scattered(3_000);
  const built = held(filter);
  assert.ok(kindsOf(built).includes("map"));
  await tryPlan(makeTrial(filter, { packets: 2_000, seed: 1 }), built, "xdp");
});

tierTest("kernel", "lookups of many wide places take the verifier a bounded number of steps", async () => {
  const fields = ["eth.src", "eth.dst", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "l4.data", "vlan.tci"];
  const rules = fields.flatMap((field, index): RuleInput[] => [
    { action: "drop", matches: [{ field, value: 7 + index }] },
    { action: "pass", matches: [{ field, operator: "!=", value: 1_000 + index }, { field: "l4.port", value: index }] },
  ]);
  const filter = new Filter({ rules });
  await tryPlan(makeTrial(filter, { packets: 1_000, seed: 1 }), held(filter), "tc-ingress");
});

/** Rules about the usual five fields. */
function fiveTuples(count: number, seed: number): Filter {
  let state = seed;
  const random = (below: number): number => {
    state = Math.imul(state ^ state >>> 15, 0x2c1b3c6d) + 0x9e3779b9 | 0;
    return (state >>> 4) % below;
  };
  const prefix = (): string => `10.${random(8)}.${random(40)}.0/${[8, 16, 24, 24, 24][random(5)]}`;
  const rules = Array.from({ length: count }, (): RuleInput => ({
    action: random(2) === 0 ? "drop" : "pass",
    matches: [
      { field: "ip.src", value: prefix() },
      { field: "ip.dst", value: prefix() },
      { field: random(2) === 0 ? "tcp.dstport" : "udp.dstport", value: [22, 53, 80, 123, 443, 8080][random(6)]! },
      ...random(3) === 0 ? [{ field: "l4.srcport", operator: ">", value: 1023 } as const] : [],
    ],
  }));
  return new Filter({ rules });
}

Deno.test("planChange() swaps tables where other rules of the same fields take over", () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const running = createCprog(fiveTuples(200, seed), { strategy: "classes" });
    for (const count of [1, 60, 200]) {
      assert.equal(planChange(running, fiveTuples(count, seed + 100)).tier, "data", `${count} rules, seed ${seed}`);
    }
  }
});

Deno.test("planChange() does not keep tables that lack what new rules look at", () => {
  const running = createCprog(fiveTuples(50, 1), { strategy: "classes" });
  const rules = [...fiveTuples(50, 2).rules, { action: "drop", matches: [{ field: "ip.ttl", value: 1 }] } as const];
  assert.equal(planChange(running, new Filter({ rules })).tier, "compile");
});

Deno.test("planClasses() says how many tables and loads a packet takes", () => {
  const { facts, steps, capacity } = held(fiveTuples(100, 1));
  assert.equal(facts.tables, steps.length);
  // Two tries, two times two blocks, the protocol's presence, and a pair less than there are places.
  const places = steps.filter(({ kind }) => kind !== "pair").length;
  assert.equal(facts.loads, facts.mostLoads);
  assert.ok(facts.loads >= 2 * 3 + places - 1 && facts.loads <= 4 * places, `${facts.loads} loads`);
  assert.ok(facts.usedBytes <= capacity && facts.usedBytes > capacity / 2);
});

Deno.test("planClasses() gives up after the same work on every machine, and says so", async () => {
  const filter = fiveTuples(300, 1);
  await withLimits([[LIMITS, { classesWork: 20_000 }]], () => {
    const refused = [plan(filter), plan(filter)];
    assert.deepEqual(refused[0], refused[1]);
    assert.deepEqual(refused[0], { refused: "too-much-work", what: "300 rows" });
  });
});

Deno.test("planClasses() splits rules with masks into no more rows than there may be", async () => {
  // Any range under this mask is three conjunctions of halves.
  const rules = Array.from({ length: 10 }, (_, index): RuleInput => ({
    action: "drop",
    matches: [{ field: "ip.src", operator: "in", value: [{ lo: 0x10003 + index, hi: 0x30005 }], mask: 0xf0fffff7n }],
  }));
  const filter = new Filter({ rules });
  const refusalWith = (classesRows: number) =>
    withLimits([[LIMITS, { classesRows }]], () => {
      const built = plan(filter);
      return isRefusal(built) ? built.refused : "held";
    });
  assert.equal(await refusalWith(30), "held");
  assert.equal(await refusalWith(29), "too-many-rows");
});
