/**
 * Goes through the tables of limits and reaches each: at the capacity verdicts are right, and beyond it a strategy refuses,
 * with its code, and `auto` takes the one that is named here.
 */

import assert from "node:assert/strict";
import { choosePlan, planWith } from "../../lib/classify/choose.ts";
import { planClasses } from "../../lib/classify/classes/plan.ts";
import { INTERVAL_LIMITS } from "../../lib/classify/interval_map/limits.ts";
import {
  buildIntervalMap,
  type Interval,
  type IntervalInput,
  intervalInput,
  type IntervalMap,
  lookupInterval,
} from "../../lib/classify/interval_map/interval_map.ts";
import { LIMITS } from "../../lib/classify/limits.ts";
import { stepBytes } from "../../lib/classify/linear.ts";
import {
  isRefusal,
  type Plan,
  type StrategyChoice,
  type StrategyName,
  type TuplePlan,
} from "../../lib/classify/plan.ts";
import { SET_LIMITS } from "../../lib/classify/sets/limits.ts";
import { priorityGap } from "../../lib/classify/tuple/build.ts";
import { TUPLE_LIMITS } from "../../lib/classify/tuple/limits.ts";
import { createCprog } from "../../lib/cprog.ts";
import { FilterError } from "../../lib/diagnostics/errors.ts";
import { FIELDS } from "../../lib/model/fields.ts";
import { Filter } from "../../lib/model/filter.ts";
import type { MatchInput } from "../../lib/model/match.ts";
import { makeSet } from "../adversarial/sets.ts";
import { runInKernel } from "../judges/kernel.ts";
import { makeTrial, tryPlan } from "../judges/large.ts";
import { tierTest } from "../judges/tiers.ts";
import { SET_LIMIT_CASES } from "../sets/limit_cases.ts";
import { type Lowered, withLimits } from "./lowered.ts";

/** Every limit of a table, and how it is reached. */
type Cases<Table> = { readonly [Name in keyof Table]: (name: string) => void };

/** A limit on what a strategy takes. */
interface Capacity {
  /** What the limit is lowered to; as it is unless given. */
  readonly lowered?: number;
  /** A filter that takes just as much as the limit. */
  at(limit: number): Filter;
  /** One that takes more. */
  beyond(limit: number): Filter;
  readonly code: string;
  /** What `auto` takes then; nothing when there is nothing else. */
  readonly instead?: StrategyName;
}

/** Makes a strategy refuse whatever it is given. */
const OUT: Readonly<Record<Exclude<StrategyName, "linear">, Lowered>> = {
  inline: [LIMITS, { inlineComparisons: 0 }],
  classes: [LIMITS, { classesRows: 0 }],
  tuple: [TUPLE_LIMITS, { rules: 0 }],
};

function plan(filter: Filter, strategy: StrategyChoice): Plan {
  return choosePlan(filter, { strategy, textOf: () => "" });
}

function refusalOf(filter: Filter, strategy: StrategyName): string {
  const built = planWith(strategy, filter, { textOf: () => "" });
  assert.ok(isRefusal(built), `${strategy} took what is beyond`);
  return built.refused;
}

async function checkVerdicts(filter: Filter, built: Plan, packets = 100): Promise<void> {
  await tryPlan(makeTrial(filter, { packets, seed: 1 }), built, "xdp");
}

/** Tests a limit of a strategy in the kernel. */
function capacity(strategy: StrategyName, table: object, one: Capacity): (name: string) => void {
  return (name) =>
    tierTest("kernel", `${name} is reached in ${strategy}; beyond, ${one.instead ?? "nothing"} is taken`, async () => {
      const limit = one.lowered ?? (table as Record<string, number>)[name]!;
      const others = (Object.keys(OUT) as (keyof typeof OUT)[]).filter((other) =>
        other !== strategy && other !== one.instead
      );
      await withLimits([...others.map((other) => OUT[other]), [table, { [name]: limit }]], async () => {
        const at = one.at(limit);
        await checkVerdicts(at, plan(at, strategy));
        const beyond = one.beyond(limit);
        assert.equal(refusalOf(beyond, strategy), one.code);
        if (one.instead === undefined) {
          assert.throws(
            () => plan(beyond, "auto"),
            (error: Error) =>
              error instanceof FilterError && error.diagnostics[0]?.code === "too-large" &&
              error.message.includes(`${strategy} cannot hold it (${one.code}: `),
          );
          return;
        }
        const taken = plan(beyond, "auto");
        assert.equal(taken.strategy, one.instead);
        assert.ok(taken.reason.includes(`${strategy} cannot hold it (${one.code}: `), taken.reason);
        await checkVerdicts(beyond, taken);
      });
    });
}

/** Rules of as many comparisons each as matches are given, and a range each. */
function rulesOf(count: number, matches: (index: number) => MatchInput[] = port): Filter {
  return new Filter({
    rules: Array.from({ length: count }, (_, index) => ({
      action: index % 3 === 0 ? "pass" : "drop",
      matches: matches(index),
    })),
  });
}

function port(index: number): MatchInput[] {
  return [{ field: "tcp.dstport", value: 2 * index + 1 }];
}

/** Every packet of a port meets all of these: they are in one slot, whatever the table. */
function overlapping(count: number): Filter {
  return rulesOf(count, (index) => [
    { field: "l4.srcport", operator: "in", value: [{ lo: 20_001 - index, hi: 40_000 - 2 * index }] },
    { field: "l4.dstport", operator: "in", value: [{ lo: 20_001 + index, hi: 40_000 + 3 * index }] },
  ]);
}

/** Four rules on so many bytes: each is a slice that a packet has or has not. */
function bytesApart(count: number): Filter {
  const bytes = Array.from({ length: count }, (_, index) => ({ field: `l3[${index}:1]`, value: index + 1 }));
  return rulesOf(4, (rule) => bytes.filter((_, index) => index % 4 === rule));
}

const HEADERS = { at: bytesApart, beyond: (limit: number) => bytesApart(limit + 1), code: "too-many-headers" };

const OF_LIMITS: Cases<typeof LIMITS> = {
  inlineHeaders: capacity("inline", LIMITS, HEADERS),
  linearHeaders: capacity("linear", LIMITS, HEADERS),
  classesHeaders: capacity("classes", LIMITS, { ...HEADERS, instead: "tuple" }),
  inlineComparisons: capacity("inline", LIMITS, {
    // Two comparisons a rule: that the packet has the field, and its value.
    at: (limit) => rulesOf(limit / 2),
    beyond: (limit) => rulesOf(limit / 2 + 1),
    code: "too-many-comparisons",
    instead: "classes",
  }),
  inlineComfort: (name) =>
    Deno.test(`${name} is what auto takes inline up to`, async () => {
      await withLimits([OUT.classes, OUT.tuple], () => {
        const at = plan(rulesOf(LIMITS.inlineComfort / 2), "auto");
        assert.equal(at.strategy, "inline");
        assert.doesNotMatch(at.reason, /chosen up to/);
        const beyond = plan(rulesOf(LIMITS.inlineComfort / 2 + 1), "auto");
        // Without tables, only a scan is left, which is slower still.
        assert.equal(beyond.strategy, "inline");
        const count = `inline makes ${LIMITS.inlineComfort + 2} comparisons, chosen up to ${LIMITS.inlineComfort}`;
        assert.ok(beyond.reason.includes(count), beyond.reason);
      });
    }),
  linearSteps: capacity("linear", LIMITS, {
    lowered: 101,
    // A rule is a comparison and a decision; the default is one more.
    at: () => rulesOf(50),
    beyond: () => rulesOf(51),
    code: "too-many-steps",
  }),
  linearStepsInLine: (name) =>
    tierTest("kernel", `${name} is reached by linear without bpf_loop, with every field`, async () => {
      // Three steps a rule, with values of 128 bits; the default is one more.
      const fields = FIELDS.filter(({ kind }) => kind === "concrete");
      const wide = (count: number) =>
        rulesOf(count, (index) => [
          { field: fields[index % fields.length]!.name, operator: ">=", value: 1 },
          { field: "ipv6.src", operator: "!=", value: BigInt(index) },
        ]);
      const most = Math.floor((LIMITS.linearStepsInLine - 1) / 3);
      const { filter, packets, expected } = makeTrial(wide(most), { packets: 50, seed: 1 });
      for (const flags of [{ inlineFunctions: true }, { noLoops: true }, { inlineFunctions: true, noLoops: true }]) {
        const options = { strategy: "linear", warnings: false, ...flags } as const;
        const verdicts = await runInKernel(createCprog(filter, options), packets, expected);
        assert.deepEqual(verdicts.map(({ action, rule }) => ({ action, rule })), expected);
        assert.throws(() => createCprog(wide(most + 1), options), /linear cannot hold it \(too-many-steps: /);
      }
    }),
  linearBytes: capacity("linear", LIMITS, {
    lowered: 128 * stepBytes({ wide: false }),
    at: () => rulesOf(63),
    beyond: () => rulesOf(64),
    code: "too-many-bytes",
  }),
  classesCounters: (name) =>
    tierTest("kernel", `${name} is reached in classes, which counts by the last counter`, async () => {
      const filter = rulesOf(2);
      const last = LIMITS.classesCounters - 1;
      const indexes = [last - 2, last - 1, last];
      const at = planClasses(filter, { counters: { indexes, capacity: last + 1 }, reason: "" });
      assert.ok(!isRefusal(at));
      await checkVerdicts(filter, at);
      const counters = { indexes: [0, 1, last + 1], capacity: last + 2 };
      const beyond = planClasses(filter, { counters, reason: "" });
      assert.ok(isRefusal(beyond));
      assert.equal(beyond.refused, "too-many-rules");
      // A filter of so many rules has so many counters.
      await withLimits([OUT.inline, [LIMITS, { classesCounters: 20 }]], () => {
        assert.equal(plan(rulesOf(19), "auto").strategy, "classes");
        const taken = plan(rulesOf(20), "auto");
        assert.equal(taken.strategy, "tuple");
        assert.ok(taken.reason.includes("classes cannot hold it (too-many-rules: "), taken.reason);
      });
    }),
  classesRows: capacity("classes", LIMITS, {
    at: (limit) => rulesOf(limit),
    beyond: (limit) => rulesOf(limit + 1),
    code: "too-many-rows",
    instead: "tuple",
  }),
  classesClasses: (name) => {
    capacity("classes", LIMITS, {
      lowered: 64,
      // A class each, and one for all other ports.
      at: () => rulesOf(63),
      beyond: () => rulesOf(64),
      code: "too-many-classes",
      instead: "tuple",
    })(name);
    tierTest("kernel", `${name} is reached as it is, by ports that each satisfy other rules`, async () => {
      const bits = Math.floor(Math.log2(LIMITS.classesClasses));
      const filter = rulesOf(bits, (index) => [
        { field: "l4.srcport", value: BigInt(1 << 15 - index), mask: BigInt(1 << 15 - index) },
      ]);
      await checkVerdicts(filter, plan(filter, "classes"), 400);
    });
  },
  classesWork: capacity("classes", LIMITS, {
    lowered: 4_000,
    at: () => rulesOf(4),
    beyond: () => overlapping(200),
    code: "too-much-work",
    instead: "tuple",
  }),
  classesBytes: capacity("classes", LIMITS, {
    lowered: 1 << 14,
    at: () => rulesOf(4, (index) => [{ field: "ip.ttl", value: index }]),
    beyond: () => makeSet("families in turn", { rules: 60, seed: 1 }),
    code: "tables-too-large",
    instead: "tuple",
  }),
};

/** The tuple plan of a filter, with a number of tables or more. */
function tupleOf(filter: Filter, tables = 1): TuplePlan {
  const built = plan(filter, "tuple");
  assert.ok(built.strategy === "tuple" && built.facts.tables >= tables, `${tables} tables or more`);
  return built;
}

/** Rules about so many different bits that they take several tables. */
const MANY_TABLES = () => makeSet("masks that are no prefixes", { rules: 1_000, seed: 1 });

const OF_TUPLE: Cases<typeof TUPLE_LIMITS> = {
  headers: capacity("tuple", TUPLE_LIMITS, { ...HEADERS, instead: "linear" }),
  rules: (name) => {
    capacity("tuple", TUPLE_LIMITS, {
      lowered: 10,
      at: () => rulesOf(10),
      beyond: () => rulesOf(11),
      code: "too-many-rules",
      instead: "linear",
    })(name);
    Deno.test(`${name} leaves a gap between any two priorities, of 31 bits`, () => {
      const gap = priorityGap(TUPLE_LIMITS.rules);
      assert.ok(gap >= 2, `${gap}`);
      assert.ok((TUPLE_LIMITS.rules + 1) * gap < 2 ** 31);
    });
  },
  rows: capacity("tuple", TUPLE_LIMITS, {
    lowered: 40,
    at: () => rulesOf(40),
    beyond: () => rulesOf(41),
    code: "too-many-rows",
    instead: "linear",
  }),
  rowsOfRule: capacity("tuple", TUPLE_LIMITS, {
    lowered: 9,
    at: () => rulesOf(2, () => [{ field: "l4.srcport", value: [1, 3, 5] }, { field: "l4.dstport", value: [1, 3, 5] }]),
    beyond: () =>
      rulesOf(2, () => [{ field: "l4.srcport", value: [1, 3, 5] }, { field: "l4.dstport", value: [1, 3, 5, 7] }]),
    code: "too-many-rows",
    instead: "linear",
  }),
  words: capacity("tuple", TUPLE_LIMITS, {
    lowered: 2,
    at: () => rulesOf(20, (index) => [{ field: "ip.src", value: index }, { field: "ip.dst", value: 2 * index }]),
    beyond: () => rulesOf(20, (index) => [{ field: "ipv6.src", value: index }, { field: "ipv6.dst", value: index }]),
    code: "too-many-words",
    instead: "linear",
  }),
  tables: (name) =>
    tierTest("kernel", `${name} is reached in tuple: the last one takes what is left`, async () => {
      const filter = MANY_TABLES();
      const usual = tupleOf(filter, 4).facts.tables;
      for (const tables of [usual, usual - 1, 2, 1]) {
        await withLimits([[TUPLE_LIMITS, { tables }]], async () => {
          const built = tupleOf(filter);
          assert.ok(built.facts.tables <= tables, `${built.facts.tables} tables`);
          await checkVerdicts(filter, built);
        });
      }
    }),
  groupRecords: (name) =>
    tierTest("kernel", `${name} are reached in tuple: what is more is in another group`, async () => {
      for (const [count, groups] of [[TUPLE_LIMITS.groupRecords, 1], [TUPLE_LIMITS.groupRecords + 20, 2]] as const) {
        const filter = overlapping(count);
        const built = tupleOf(filter);
        assert.equal(built.facts.longest, count);
        assert.equal(built.facts.vectors, groups);
        await checkVerdicts(filter, built, 300);
      }
    }),
  inlineTables: (name) =>
    tierTest("kernel", `${name} is reached in tuple: bpf_loop looks at the others`, async () => {
      const filter = MANY_TABLES();
      const { tables } = tupleOf(filter, 4).facts;
      for (const inlineTables of [tables, tables - 1, 1]) {
        await withLimits([[TUPLE_LIMITS, { inlineTables }]], () => checkVerdicts(filter, tupleOf(filter)));
      }
    }),
  inlineRecords: (name) =>
    tierTest("kernel", `${name} is reached in tuple: bpf_loop looks at the others`, async () => {
      // Ranges that no window tells apart, of which a packet may be in the last alone.
      for (const count of [TUPLE_LIMITS.inlineRecords, TUPLE_LIMITS.inlineRecords + 1]) {
        const filter = rulesOf(count, (index) => [
          { field: "l4.srcport", operator: "in", value: [{ lo: 1 + index, hi: 60_000 + index }] },
          { field: "l4.dstport", operator: "in", value: [{ lo: 59_001 - 9 * index, hi: 60_000 + index }] },
        ]);
        const built = tupleOf(filter);
        await checkVerdicts(filter, built, 300);
      }
      await withLimits([[TUPLE_LIMITS, { inlineRecords: 1 }]], async () => {
        const filter = overlapping(100);
        await checkVerdicts(filter, tupleOf(filter), 300);
      });
    }),
  laterSteps: (name) =>
    tierTest("kernel", `${name} is reached in tuple; beyond, linear is taken`, async () => {
      const filter = overlapping(200);
      const { tables, records } = tupleOf(filter).facts;
      const holds = async (laterSteps: number) =>
        await withLimits([[TUPLE_LIMITS, { laterSteps }]], () =>
          !isRefusal(planWith("tuple", filter, { textOf: () => "" })));
      let least = tables + records;
      while (!await holds(least)) {
        least++;
      }
      assert.ok(least <= tables + 2 * records, `${least} steps for ${records} records`);
      await withLimits([[TUPLE_LIMITS, { laterSteps: least, inlineTables: 1, inlineRecords: 1 }]], () =>
        checkVerdicts(filter, tupleOf(filter), 300));
      await withLimits([OUT.inline, OUT.classes, [TUPLE_LIMITS, { laterSteps: least - 1 }]], () => {
        const taken = plan(filter, "auto");
        assert.equal(taken.strategy, "linear");
        assert.ok(taken.reason.includes("tuple cannot hold it (too-many-steps: "), taken.reason);
      });
    }),
  bytes: capacity("tuple", TUPLE_LIMITS, {
    lowered: 1 << 14,
    at: () => rulesOf(100),
    beyond: () => rulesOf(400),
    code: "too-many-bytes",
    instead: "linear",
  }),
};

/** A rule for each set, of single values that do not touch. */
function setsOf(fields: readonly string[], size: number): Filter {
  return rulesOf(fields.length, (index) => [
    { field: fields[index]!, value: Array.from({ length: size }, (_, number) => BigInt(2 * number)) },
  ]);
}

const SET_FIELDS = ["ip.src", "ip.dst", "l4.data", "eth.src"];

/** What sets are too much for: linear takes their ranges as steps then. */
const BEYOND_SETS: Readonly<Record<string, Capacity>> = {
  lookups: {
    lowered: 3,
    at: () => setsOf(SET_FIELDS.slice(0, 3), 300),
    beyond: () => setsOf(SET_FIELDS, 300),
    code: "too-many-set-lookups",
    instead: "linear",
  },
  bytes: {
    lowered: 1 << 16,
    at: () => setsOf(["ip.src"], 300),
    beyond: () => setsOf(["ip.src"], 40_000),
    code: "sets-too-large",
    instead: "linear",
  },
};

/** Limits of sets: those beyond which a strategy refuses are also tried with what `auto` takes then. */
function setLimit(name: string): void {
  tierTest("kernel", `${name} is reached by large sets, and what is beyond`, SET_LIMIT_CASES[name as SetLimit]);
  const refused = BEYOND_SETS[name];
  if (refused === undefined) return;
  for (const strategy of ["classes", "tuple"] as const) capacity(strategy, SET_LIMITS, refused)(name);
}

type SetLimit = keyof typeof SET_LIMITS;

/** Intervals of one value each, and what is between them. */
function singles(widthBits: number, count: number): IntervalInput {
  const step = (1n << BigInt(widthBits)) / BigInt(count);
  const intervals = Array.from({ length: count }, (_, index): Interval => {
    const at = BigInt(index) * step + BigInt(index % 7);
    return { lo: at, hi: at, class: 1 + index % 100 };
  });
  return intervalInput(widthBits, intervals);
}

/** Builds, and looks up each interval and what is behind it. */
function checkLookups(widthBits: number, count: number): IntervalMap {
  const map = buildIntervalMap(singles(widthBits, count));
  assert.ok(map.kind === "map");
  const step = (1n << BigInt(widthBits)) / BigInt(count);
  for (let index = 0; index < count; index++) {
    const at = BigInt(index) * step + BigInt(index % 7);
    assert.equal(lookupInterval(map, at), 1 + index % 100);
    assert.equal(lookupInterval(map, at + 1n), 0);
  }
  return map;
}

function intervalCode(widthBits: number, count: number): string {
  const built = buildIntervalMap(singles(widthBits, count));
  assert.ok(built.kind === "refused");
  return built.code;
}

const OF_INTERVALS: Cases<typeof INTERVAL_LIMITS> = {
  minWidthBits: (name) =>
    Deno.test(`${name} is reached by interval maps, and nothing is narrower`, () => {
      checkLookups(INTERVAL_LIMITS.minWidthBits, 100);
      assert.throws(() => checkLookups(INTERVAL_LIMITS.minWidthBits - 1, 100), RangeError);
    }),
  maxWidthBits: (name) =>
    Deno.test(`${name} is reached by interval maps, and nothing is wider`, () => {
      checkLookups(INTERVAL_LIMITS.maxWidthBits, 100);
      assert.throws(() => checkLookups(INTERVAL_LIMITS.maxWidthBits + 1, 100), RangeError);
    }),
  maxClass: (name) =>
    Deno.test(`${name} is reached by interval maps, and no class is larger`, () => {
      const { maxClass } = INTERVAL_LIMITS;
      for (const widthBits of [32, 64, 128]) {
        const map = buildIntervalMap(intervalInput(widthBits, [{ lo: 5n, hi: 9n, class: maxClass }]));
        assert.ok(map.kind === "map");
        assert.deepEqual([4n, 5n, 9n, 10n].map((at) => lookupInterval(map, at)), [0, maxClass, maxClass, 0]);
        assert.throws(
          () => buildIntervalMap(intervalInput(widthBits, [{ lo: 5n, hi: 9n, class: maxClass + 1 }])),
          RangeError,
        );
      }
    }),
  maxIntervals: (name) =>
    Deno.test(`${name} is reached by interval maps, which refuse more`, async () => {
      await withLimits([[INTERVAL_LIMITS, { maxIntervals: 500 }]], () => {
        checkLookups(64, 500);
        assert.equal(intervalCode(64, 501), "too-many-intervals");
      });
    }),
  maxBytes: (name) =>
    Deno.test(`${name} is reached by interval maps, which refuse more`, async () => {
      for (const widthBits of [32, 64, 128]) {
        const { usedBytes } = checkLookups(widthBits, 500);
        await withLimits([[INTERVAL_LIMITS, { maxBytes: usedBytes }]], () => checkLookups(widthBits, 500));
        await withLimits([[INTERVAL_LIMITS, { maxBytes: usedBytes - 1 }]], () => {
          assert.equal(intervalCode(widthBits, 500), "too-many-bytes");
        });
      }
    }),
  maxDepth: (name) =>
    Deno.test(`${name} bounds the trees of interval maps, whatever the intervals`, async () => {
      // Nothing is refused for it: what is deeper is a mistake, and says so.
      checkLookups(128, 20_000);
      await withLimits([[INTERVAL_LIMITS, { maxDepth: 0, maxRootBits: 6 }]], () => {
        assert.throws(() => checkLookups(128, 20_000), /Bug: a tree of/);
      });
    }),
  maxDirect: (name) =>
    Deno.test(`${name} is reached by interval maps: below are inner nodes`, async () => {
      for (const maxDirect of [0, 1]) {
        await withLimits([[INTERVAL_LIMITS, { maxDirect, maxRootBits: 6 }]], () => checkLookups(128, 20_000));
      }
    }),
  minRootBits: (name) =>
    Deno.test(`${name} is reached by interval maps of few intervals`, () => {
      assert.equal(checkLookups(48, 2).shape.rootBits, INTERVAL_LIMITS.minRootBits);
    }),
  maxRootBits: (name) =>
    Deno.test(`${name} is reached by interval maps of many intervals`, () => {
      assert.equal(checkLookups(48, 20_000).shape.rootBits, INTERVAL_LIMITS.maxRootBits);
    }),
};

/** By the names that the tables have in their modules. */
const CASES: Readonly<Record<string, Readonly<Record<string, (name: string) => void>>>> = {
  LIMITS: OF_LIMITS,
  TUPLE_LIMITS: OF_TUPLE,
  INTERVAL_LIMITS: OF_INTERVALS,
  SET_LIMITS: Object.fromEntries(Object.keys(SET_LIMIT_CASES).map((name) => [name, setLimit])),
};

for (const cases of Object.values(CASES)) {
  for (const [name, register] of Object.entries(cases)) register(name);
}

Deno.test("every limit of every table in lib/classify has a case", async () => {
  const found: string[] = [];
  const classify = new URL("../../lib/classify/", import.meta.url);
  for (
    const folder of [
      "./",
      ...[...Deno.readDirSync(classify)].filter((one) => one.isDirectory).map((one) => `./${one.name}/`),
    ]
  ) {
    for (const { name } of Deno.readDirSync(new URL(folder, classify))) {
      if (name !== "limits.ts") continue;
      const module: Record<string, unknown> = await import(new URL(`${folder}${name}`, classify).href);
      for (const [table, value] of Object.entries(module)) {
        if (typeof value === "object" && value !== null) {
          found.push(...Object.keys(value).map((limit) => `${table}.${limit}`));
        }
      }
    }
  }
  const reached = Object.entries(CASES).flatMap(([table, cases]) =>
    Object.keys(cases).map((name) => `${table}.${name}`)
  );
  assert.deepEqual(reached.sort(), found.sort());
});
