import assert from "node:assert/strict";
import { choosePlan } from "../../lib/classify/choose.ts";
import { countComparisons, planInline } from "../../lib/classify/inline.ts";
import { LIMITS } from "../../lib/classify/limits.ts";
import type { LinearPlan, StrategyChoice } from "../../lib/classify/plan.ts";
import { createCprog } from "../../lib/cprog.ts";
import { loadCprog } from "../../lib/load.ts";
import { FilterError } from "../../lib/diagnostics/errors.ts";
import { Filter } from "../../lib/model/filter.ts";
import type { MatchInput } from "../../lib/model/match.ts";
import { normalizeRule } from "../../lib/model/normal_form.ts";
import type { RuleInput } from "../../lib/model/rule.ts";
import { compileC } from "../../lib/toolchain/compile.ts";
import { ethernet, frame, ipv4, tcp } from "../packets/build.ts";
import { KERNEL_JUDGE } from "../judges/kernel.ts";
import { tierTest } from "../judges/tiers.ts";

/** So many values that no two join into a range. */
function values(count: number): bigint[] {
  return Array.from({ length: count }, (_, index) => 2n * BigInt(index));
}

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

Deno.test("choosePlan() takes inline up to the comfortable number of comparisons, and tables beyond; both say why", () => {
  const last = plan(oneSet(LIMITS.inlineComfort - 1), "auto");
  assert.equal(last.strategy, "inline");
  assert.equal(last.reason, `only ${LIMITS.inlineComfort} comparisons`);
  const first = plan(oneSet(LIMITS.inlineComfort), "auto");
  assert.equal(first.strategy, "classes");
  assert.match(
    first.reason,
    new RegExp(`^${LIMITS.inlineComfort + 1} comparisons are more than ${LIMITS.inlineComfort}`),
  );
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
  assert.match(
    message,
    new RegExp(`\\b${LIMITS.inlineComparisons + 1} comparisons, ${LIMITS.inlineComparisons} at most`),
  );
  assert.match(refusal(oneSet(2_000), "inline"), /\b2001 comparisons/);
});

Deno.test("choosePlan() refuses more records than linear has room for, with the size of the set", () => {
  const most = LIMITS.linearRecords - 1;
  assert.equal((plan(oneSet(most), "linear") as LinearPlan).records.length, LIMITS.linearRecords);
  assert.match(refusal(oneSet(most + 1), "linear"), new RegExp(`l4\\.data in ${most + 1} ranges`));
});

Deno.test("choosePlan() counts a set of both families whole", () => {
  const match = { field: "ip.src", value: [...values(LIMITS.linearRecords), "2001:db8::/32"] };
  const filter = new Filter({ rules: [{ action: "drop", matches: [match] }] });
  assert.match(refusal(filter, "linear"), new RegExp(`ip\\.src in ${LIMITS.linearRecords + 1} ranges`));
});

Deno.test("choosePlan() refuses more comparisons at once than a record has room for, with their number", () => {
  const not = (count: number) => oneSet(count, { operator: "not in" });
  assert.equal((plan(not(LIMITS.linearMatches), "linear") as LinearPlan).matchCapacity, LIMITS.linearMatches);
  assert.match(
    refusal(not(LIMITS.linearMatches + 1), "linear"),
    new RegExp(`\\b${LIMITS.linearMatches + 1} comparisons at once`),
  );
});

Deno.test("choosePlan() refuses records that take more memory than linear may, with their bytes", () => {
  const rules = (records: number): RuleInput[] => [
    { action: "drop", matches: [{ field: "l4.data", operator: "not in", value: values(LIMITS.linearMatches) }] },
    { action: "drop", matches: [{ field: "l4.data", value: values(records) }] },
  ];
  // One record of the first rule, one of the default.
  assert.equal((plan(new Filter({ rules: rules(8_190) }), "linear") as LinearPlan).capacity, 8_192);
  const bytes = 16_384 * (16 + 32 * LIMITS.linearMatches);
  assert.ok(bytes > LIMITS.linearBytes);
  assert.match(refusal(new Filter({ rules: rules(8_191) }), "linear"), new RegExp(`\\b${bytes} bytes`));
});

/** The largest filter of a shape that inline takes. */
function largestInline(shape: (size: number) => Filter): Filter {
  let [fits, tooLarge] = [1, 2 * LIMITS.inlineComparisons];
  while (fits + 1 < tooLarge) {
    const size = (fits + tooLarge) >> 1;
    if (planInline(shape(size), () => "", "").comparisons <= LIMITS.inlineComparisons) fits = size;
    else tooLarge = size;
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

const LINEAR: Readonly<Record<string, () => Filter>> = {
  "one set": () => oneSet(LIMITS.linearRecords - 1),
  "one set negated": () => oneSet(LIMITS.linearMatches, { operator: "not in" }),
  "one set of IPv6 addresses negated": () =>
    oneSet(0, { field: "ipv6.src", operator: "not in", value: wide(LIMITS.linearMatches) }),
  "one set of either IPv6 address negated": () =>
    oneSet(0, { field: "ipv6.addr", operator: "not in", value: wide(LIMITS.linearMatches / 2) }),
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

tierTest("kernel", "linear finds the last of 65 535 records, and the default behind it", async () => {
  const filter = oneSet(LIMITS.linearRecords - 1);
  const last = 2 * (LIMITS.linearRecords - 2);
  const packet = (data: number) => frame(ethernet(), ipv4(), tcp({ src: data >>> 16, dst: data & 0xffff }));
  const verdicts = await KERNEL_JUDGE.judge(filter, [packet(last), packet(last + 1), packet(last + 2)], {
    hook: "xdp",
    strategy: "linear",
  });
  assert.deepEqual(verdicts.map(({ action, rule }) => [action, rule]), [["drop", 0], ["pass", null], ["pass", null]]);
});
