import assert from "node:assert/strict";
import { choosePlan } from "../../lib/classify/choose.ts";
import { costOf } from "../../lib/classify/cost.ts";
import { countComparisons, planInline } from "../../lib/classify/inline.ts";
import { LIMITS } from "../../lib/classify/limits.ts";
import { isRefusal, type LinearPlan, type StrategyChoice } from "../../lib/classify/plan.ts";
import { createCprog } from "../../lib/cprog.ts";
import { loadCprog } from "../../lib/load.ts";
import { FilterError } from "../../lib/diagnostics/errors.ts";
import { Filter } from "../../lib/model/filter.ts";
import type { MatchInput } from "../../lib/model/match.ts";
import { normalizeRule } from "../../lib/model/normal_form.ts";
import type { Rule } from "../../lib/model/rule.ts";
import { compileC } from "../../lib/toolchain/compile.ts";
import { ethernet, frame, ipv4, tcp } from "../packets/build.ts";
import { KERNEL_JUDGE } from "../judges/kernel.ts";
import { tierTest } from "../judges/tiers.ts";

/** So many values that no two join into a range. */
function values(count: number): bigint[] {
  return Array.from({ length: count }, (_, index) => 2n * BigInt(index));
}

/** Entries of a large set of `linear`. */
const LARGE_SET = 50_000;

/** A filter of one rule that is one set. */
function oneSet(count: number, more: Partial<MatchInput> = {}): Filter {
  return new Filter({ rules: [{ action: "drop", matches: [{ field: "l4.data", value: values(count), ...more }] }] });
}

function plan(filter: Filter, strategy: StrategyChoice) {
  return choosePlan(filter, { strategy, textOf: () => "" });
}

/** The message of the refusal, which must be `too-large` and nothing else. */
function refusal(filter: Filter, strategy: StrategyChoice): string {
  try {
    plan(filter, strategy);
  } catch (error) {
    assert.ok(error instanceof FilterError);
    assert.deepEqual(error.diagnostics.map(({ code, severity }) => [code, severity]), [["too-large", "error"]]);
    assert.ok(error.diagnostics[0]?.hint);
    return error.message;
  }
  throw new Error(`${strategy} took the filter`);
}

Deno.test("countComparisons() counts the field's presence and each range, on every side", () => {
  const count = (...matches: MatchInput[]) =>
    countComparisons(normalizeRule(new Filter({ rules: [{ action: "drop", matches }] }).at(0)!));
  assert.equal(count(), 0);
  assert.equal(count({ field: "ip.ttl", value: 1 }), 2);
  assert.equal(count({ field: "ip.ttl", value: [1, 3, 5] }), 4);
  assert.equal(count({ field: "ip.addr", value: [1, 3, 5] }), 8);
  // Two words take two comparisons.
  assert.equal(count({ field: "ipv6.src", value: [1, 3, 5] }), 7);
  assert.equal(count({ field: "ip.ttl", value: 1 }, { field: "ip.proto", value: 6 }), 4);
});

Deno.test("choosePlan() takes inline while its comparisons cost the least, and says what the others take at least", () => {
  const few = plan(oneSet(1), "auto");
  assert.equal(few.strategy, "inline");
  assert.equal(few.reason, "about 0.4 ns a packet; classes takes 0.9 ns at least; tuple takes 15 ns at least");
});

Deno.test("choosePlan() leaves inline out above the number of comparisons that clang and the verifier take at ease", () => {
  assert.match(plan(oneSet(LIMITS.inlineComfort), "auto").reason, /inline makes 161 comparisons, chosen up to 160/);
  assert.doesNotMatch(plan(oneSet(LIMITS.inlineComfort - 1), "auto").reason, /chosen up to/);
});

Deno.test("choosePlan() takes the strategy with tables that costs less, and says what the other would", () => {
  const built = plan(rulesOf(60, (index) => [{ field: "tcp.dstport", value: 2 * index }]), "auto");
  assert.equal(built.strategy, "classes");
  assert.match(
    built.reason,
    /^about \d+(\.\d)? ns a packet; inline would take about \d+; tuple takes \d+ ns at least$/,
  );
});

Deno.test("choosePlan() falls back to tuple when classes cannot hold the filter, with the reason's code", () => {
  const built = plan(rulesOf(LIMITS.classesRows + 1, (index) => [{ field: "ip.src", value: 2 * index }]), "auto");
  assert.equal(built.strategy, "tuple");
  assert.match(built.reason, /; inline cannot hold it \(too-many-comparisons: /);
  assert.match(built.reason, /; classes cannot hold it \(too-many-[a-z]+: /);
});

Deno.test("choosePlan() leaves out what takes more memory than it may, with the reason's code", () => {
  const filter = rulesOf(
    300,
    (index) => [{ field: "ip.src", value: 2 * index }, { field: "ip.ttl", value: index & 7 }],
  );
  const strategyWithin = (memoryBytes: number) =>
    choosePlan(filter, { strategy: "auto", textOf: () => "", memoryBytes });
  const classes = strategyWithin(8 << 20);
  assert.equal(classes.strategy, "classes");
  const { bytes } = costOf(classes);
  assert.equal(strategyWithin(bytes).strategy, "classes");
  const tuple = strategyWithin(bytes - 1);
  assert.equal(tuple.strategy, "tuple");
  assert.match(
    tuple.reason,
    new RegExp(`classes cannot hold it \\(too-much-memory: ${bytes} bytes, ${bytes - 1} at most`),
  );
  const linear = strategyWithin(0);
  assert.equal(linear.strategy, "linear");
  assert.match(linear.reason, /; tuple cannot hold it \(too-much-memory: /);
});

Deno.test("choosePlan() falls back to linear when nothing else can hold the filter, with the reasons' codes", () => {
  // Each match may hold for either tag, and rows are the product of all the ways.
  const matches = Array.from({ length: 17 }, () => ({ field: "vlan.id", value: values(16) }));
  const filter = new Filter({ rules: [{ action: "drop", matches }] });
  const built = plan(filter, "auto");
  assert.equal(built.strategy, "linear");
  const codes = [...built.reason.matchAll(/(\w+) cannot hold it \(([a-z-]+): /g)].map(([, name, code]) => [name, code]);
  assert.deepEqual(codes.map(([name]) => name), ["inline", "classes", "tuple"]);
  assert.equal(codes[0]?.[1], "too-many-comparisons");
});

Deno.test("choosePlan() falls back to inline rather than to linear, when it can hold the filter at all", () => {
  const matches = Array.from({ length: 17 }, () => ({ field: "vlan.id", value: values(12) }));
  const built = plan(new Filter({ rules: [{ action: "drop", matches }] }), "auto");
  assert.equal(built.strategy, "inline");
  assert.match(built.reason, /^inline makes 442 comparisons, chosen up to 160; classes cannot hold it \(/);
});

Deno.test("choosePlan() takes what it is asked for, though the other would be faster", () => {
  assert.equal(plan(oneSet(1), "linear").strategy, "linear");
  assert.equal(plan(oneSet(LIMITS.inlineComfort), "inline").strategy, "inline");
  assert.equal(plan(oneSet(1), "linear").reason, "asked for");
  assert.equal(plan(oneSet(1), "inline").reason, "asked for");
});

Deno.test("choosePlan() refuses more comparisons than inline has room for, with their number", () => {
  assert.equal(plan(oneSet(LIMITS.inlineComparisons - 1), "inline").strategy, "inline");
  const message = refusal(oneSet(LIMITS.inlineComparisons), "inline");
  const most = LIMITS.inlineComparisons;
  assert.match(
    message,
    new RegExp(`inline cannot hold it \\(too-many-comparisons: .* ${most + 1} comparisons, ${most} at most`),
  );
});

Deno.test("linear holds 100 000 rules, whatever their matches", () => {
  const [rule] = rulesOf(1, () => [
    { field: "ipv6.src", operator: "!=", value: "2001:db8::1" },
    { field: "vlan.id", operator: "!=", value: 7 },
    { field: "tcp.port", value: [1, 3, 5, 7, "9..11", 22] },
    { field: "ip.ttl", value: 1, mask: 0x55 },
    { field: "eth.src", value: 9 },
  ]);
  assert.ok(rule);
  const rules = new Filter({ rules: new Array<Rule>(100_000).fill(rule) });
  const built = plan(rules, "linear");
  assert.equal(built.strategy, "linear");
  assert.ok((built as LinearPlan).steps * 3 < LIMITS.linearSteps);
});

/** The largest filter of a shape that inline takes. */
function largestInline(shape: (size: number) => Filter): Filter {
  let [fits, tooLarge] = [1, 2 * LIMITS.inlineComparisons];
  while (fits + 1 < tooLarge) {
    const size = (fits + tooLarge) >> 1;
    if (isRefusal(planInline(shape(size), () => "", ""))) tooLarge = size;
    else fits = size;
  }
  return shape(fits);
}

const wide = (count: number) => values(count).map((value) => value << 50n);

/** Filters as large as a strategy takes, in the shapes that differ for clang and the verifier. */
const INLINE: Readonly<Record<string, (size: number) => Filter>> = {
  "one set": (size) => oneSet(size),
  "one set negated": (size) => oneSet(size, { operator: "not in" }),
  "one set of ranges": (size) =>
    oneSet(0, { value: values(size).map((value) => ({ lo: 4n * value, hi: 4n * value + 5n })) }),
  "one set under a mask": (size) => oneSet(0, { value: values(size).map((value) => 4n * value), mask: 0xffff_fffdn }),
  "one set of IPv6 addresses": (size) => oneSet(0, { field: "ipv6.src", value: wide(size) }),
  "one set of either IPv6 address negated": (size) =>
    oneSet(0, { field: "ipv6.addr", operator: "not in", value: wide(size) }),
  "rules of one match": (size) => rulesOf(size, (index) => [{ field: "tcp.dstport", value: 2 * index }]),
  "rules of two families": (size) =>
    rulesOf(size, (index) => [
      { field: "ip.src", value: [Uint8Array.of(10, 0, index >> 8, index), `2001:db8::${index.toString(16)}`] },
      { field: "l4.port", value: 2 * index },
    ]),
  "rules of seven matches": (size) =>
    rulesOf(size, (index) => [
      { field: "eth.src", value: index },
      { field: "vlan.id", operator: "!=", value: index },
      { field: "ip.src", value: index },
      { field: "ip.dst", operator: ">", value: index },
      { field: "ip.ttl", operator: "<=", value: index & 0xff },
      { field: "l4.port", value: index },
      { field: "tcp.port", operator: "not in", value: [index + 1] },
    ]),
};

/** So many ranges that the steps just fit the map. */
const LINEAR: Readonly<Record<string, () => Filter>> = {
  "one set": () => oneSet(LARGE_SET),
  "one set negated": () => oneSet(LARGE_SET, { operator: "not in" }),
  "one set of IPv6 addresses negated": () =>
    oneSet(0, { field: "ipv6.src", operator: "not in", value: wide(LARGE_SET) }),
  "one set of either IPv6 address negated": () =>
    oneSet(0, { field: "ipv6.addr", operator: "not in", value: wide(LARGE_SET / 2) }),
};

function rulesOf(count: number, matches: (index: number) => MatchInput[]): Filter {
  return new Filter({
    rules: Array.from({ length: count }, (_, index) => ({ action: "drop", matches: matches(index) })),
  });
}

const LARGEST = [
  ...Object.entries(INLINE).map(([name, shape]) => ["inline", name, () => largestInline(shape)] as const),
  ...Object.entries(LINEAR).map(([name, build]) => ["linear", name, build] as const),
];

for (const [strategy, name, build] of LARGEST) {
  for (const hook of ["xdp", "tc-ingress"] as const) {
    tierTest("kernel", `the kernel takes the largest filter of ${strategy} at ${hook}: ${name}`, async () => {
      const cprog = createCprog(build(), { strategy, hook });
      using loaded = loadCprog(cprog, await compileC(cprog.text, { cache: false }));
      assert.equal(loaded.readCounters().length, cprog.filter.size + 1);
      // The verifier gives up at a million: what is near is too near for another kernel.
      const walked = loaded.program.verifiedInstructions();
      assert.ok(walked < 900_000, `the verifier walked ${walked} instructions`);
    });
  }
}

tierTest("kernel", "linear finds the last of its steps, and the default behind it", async () => {
  const filter = oneSet(LARGE_SET);
  const last = 2 * (LARGE_SET - 1);
  const packet = (data: number) => frame(ethernet(), ipv4(), tcp({ src: data >>> 16, dst: data & 0xffff }));
  const verdicts = await KERNEL_JUDGE.judge(filter, [packet(last), packet(last + 1), packet(last + 2)], {
    hook: "xdp",
    strategy: "linear",
  });
  assert.deepEqual(verdicts.map(({ action, rule }) => [action, rule]), [["drop", 0], ["pass", null], ["pass", null]]);
});
