import assert from "node:assert/strict";
import { measureAll, readOptions } from "../../bench/classify.ts";
import { addressSet, hasData, MADE_SETS, makeSet, readRuleSet, SETS, SIZES } from "../../bench/rule_sets.ts";
import { formatHeading, formatRow, type Row } from "../../bench/table.ts";
import { targetOf } from "../../bench/targets.ts";
import { measureSwap } from "../../bench/swap.ts";
import { testWhere, tierTest, whyMissing } from "../judges/tiers.ts";

const isThere = hasData();
const kernel = whyMissing("clang") ?? whyMissing("bpf");

Deno.test("readOptions() takes everything unless told otherwise, and refuses what does not exist", () => {
  const all = readOptions([]);
  assert.deepEqual([all.rules, all.addresses, all.hooks], [SIZES, [10_000, 1_000_000], ["xdp", "tc-ingress"]]);
  assert.ok(all.strategies.includes("linear") && all.strategies.includes("nft"));
  const some = readOptions(["--rules", "16,100", "--sets", "fw1", "--strategies", "auto", "--hook", "tc-egress"]);
  assert.deepEqual([some.rules, some.sets, some.strategies, some.hooks], [[16, 100], ["fw1"], ["auto"], ["tc-egress"]]);
  for (const args of ["--rules=7", "--sets=x", "--strategies=best", "--hook=eth0", "--seconds=x", "--nothing"]) {
    assert.throws(() => readOptions([args]), TypeError, args);
  }
});

Deno.test("targetOf() has a target for each size that the issue names", () => {
  assert.deepEqual(SIZES.map((size) => targetOf(size, false)?.ratio), [0.4, undefined, 0.6, 1.5, 1.0]);
  assert.equal(targetOf(1_000_000, true)?.mapBytes, 128_000_000);
  assert.equal(targetOf(1_000, true), undefined);
});

Deno.test("readRuleSet() says which file is missing", async () => {
  const set = await readRuleSet("nothing", 1000);
  assert.ok("missing" in set);
  assert.match(set.missing, /^there is no .*\/classbench\/nothing_1000\.gz$/);
});

Deno.test("makeSet() makes as many rules as asked for, the same from the same seed", () => {
  for (const name of Object.keys(MADE_SETS)) {
    const texts = [1, 1, 2].map((seed) => {
      const set = makeSet(name, 100, seed);
      assert.ok("filter" in set && set.filter.size === 100);
      return set.filter.rules.map(({ source }) => source?.text).join();
    });
    assert.equal(texts[0], texts[1]);
    assert.notEqual(texts[0], texts[2]);
  }
});

Deno.test("addressSet() has as many addresses as asked for", () => {
  for (const name of ["addresses", "mixed-addresses"]) {
    const set = addressSet(name, 1000);
    assert.ok("filter" in set);
    const { operand } = set.filter.at(0)!.matches[0]!;
    assert.ok(operand.kind === "set");
    const sum = [...operand.ranges, ...operand.ipv6Ranges ?? []].reduce((all, { lo, hi }) => all + hi - lo + 1n, 0n);
    assert.equal(sum, 1000n);
  }
});

for (const set of SETS) {
  testWhere(
    isThere,
    "no ClassBench sets beside the repository",
    `readRuleSet() reads all sizes of ${set}`,
    async () => {
      for (const size of SIZES.filter((one) => one <= 10_000)) {
        const found = await readRuleSet(set, size);
        assert.ok("filter" in found, JSON.stringify(found));
        const { filter } = found;
        assert.ok(filter.size <= size && filter.size >= 0.8 * size, `${filter.size}`);
        assert.deepEqual(filter.rules.slice(0, 3).map(({ action }) => action), ["drop", "pass", "drop"]);
      }
    },
  );
}

tierTest("kernel", "measureSwap() changes one rule and all rules of a loaded program", async () => {
  const set = makeSet("made-acl", 1000, 1);
  assert.ok("filter" in set);
  const results = await measureSwap(set.filter, "tuple");
  assert.deepEqual(results.map(({ change }) => change), ["one rule", "all rules"]);
  assert.equal(results[0]!.tier, "data");
  for (const { planMs, applyMs } of results) assert.ok(planMs > 0 && applyMs > 0);
});

testWhere(
  kernel === undefined,
  kernel ?? "",
  "measureAll() has a row with figures, or with a reason, for each strategy and hook",
  async () => {
    const options = readOptions([
      "--rules=16",
      "--sets=made-acl",
      "--addresses=0",
      "--seconds=0",
      "--strategies=inline,linear",
    ]);
    const rows: Row[] = [];
    for await (const row of measureAll(options)) rows.push(row);
    assert.deepEqual(rows.map(({ hook, strategy }) => `${hook} ${strategy}`), [
      "xdp inline",
      "xdp linear",
      "tc-ingress inline",
      "tc-ingress linear",
    ]);
    assert.deepEqual(rows.filter(({ error }) => error !== undefined), []);
    assert.ok(rows.every(({ result, skipped }) => (result === undefined) !== (skipped === undefined)));
    for (const row of rows) assert.match(formatRow(row), /^made-acl +16 (xdp|tc-ingress) +(inline|linear)/);
  },
);

Deno.test("formatRow() has a target beside each figure, and marks those that miss it", () => {
  const result = {
    rules: 954,
    strategy: "linear" as const,
    ns: 20,
    uncountedNs: 18,
    hashNs: 16,
    parsedHashNs: 20,
    ratio: 1.25,
    buildMs: 200,
    mapBytes: 9_000_000,
    counterBytes: 32_000,
    hook: "xdp" as const,
    hashEntries: 1000,
    emptyNs: 7,
    packets: 65_536,
    cutPackets: 0,
    checkedPackets: 4096,
  };
  const row: Row = { set: "acl1", size: 1000, count: 954, hook: "xdp", strategy: "linear", chosen: true, result };
  const target = targetOf(1000, false)!;
  assert.match(
    formatRow({ ...row, target, autoMs: 350 }),
    /^acl1 +954 xdp +linear\* +20\.0 +18\.0 +16\.0 +20\.0 +1\.25! +0\.6 +200 +300 +350 +9\.00! +8 +0\.03$/,
  );
  assert.match(formatRow({ set: "x", size: 16, hook: "xdp", strategy: "tuple", skipped: "no" }), /skipped: no$/);
  assert.match(formatRow({ set: "x", size: 16, hook: "xdp", strategy: "tuple", error: "bad" }), /WRONG: bad$/);
  assert.match(formatHeading(), /^set +rules hook +strategy +ns +no count +H/);
});
