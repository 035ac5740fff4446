import assert from "node:assert/strict";
import { benchFilter, type BenchOptions, type BenchResult } from "../../lib/bench/bench_filter.ts";
import { STRATEGIES } from "../../lib/classify/plan.ts";
import { FilterError } from "../../lib/diagnostics/errors.ts";
import { type HookName, HOOKS } from "../../lib/model/hooks.ts";
import { parseFilter } from "../../lib/syntax/rule_file.ts";
import { tierTest } from "../judges/tiers.ts";

const QUICK: BenchOptions = { rounds: 1, seconds: 0 };

/** A hundred rules, of both families. */
const HUNDRED = parseFilter(
  Array.from(
    { length: 100 },
    (_, index) =>
      index % 2 === 0
        ? `drop ip.src == 10.${index}.0.0/16 and tcp.dstport in ${index}..${index + 1000}`
        : `pass ipv6.dst == 2001:db8:${index}::/48`,
  ).join("\n"),
).filter;

const FEW = parseFilter("drop ip.src == 10.0.0.0/8\npass tcp.dstport == 80\n").filter;

function checkFigures(result: BenchResult): void {
  for (const key of ["ns", "uncountedNs", "hashNs", "parsedHashNs", "ratio", "buildMs", "emptyNs"] as const) {
    assert.ok(Number.isFinite(result[key]), `${key}: ${result[key]}`);
  }
  assert.ok(result.emptyNs > 0 && result.hashNs > 0);
  assert.equal(result.packets, 65_536);
  assert.ok(result.checkedPackets >= 256);
}

for (const hook of Object.keys(HOOKS) as HookName[]) {
  for (const strategy of STRATEGIES) {
    tierTest("kernel", `benchFilter() checks and measures ${strategy} at ${hook}`, async () => {
      const filter = strategy === "inline" ? FEW : HUNDRED;
      const result = await benchFilter(filter, { ...QUICK, hook, strategy });
      checkFigures(result);
      assert.deepEqual([result.rules, result.strategy, result.hook], [filter.size, strategy, hook]);
      assert.equal(result.mapBytes > 0, strategy !== "inline");
      assert.ok(result.counterBytes >= 16 * (filter.size + 1));
      assert.equal(result.hashEntries, 1000);
    });
  }
}

tierTest("kernel", "benchFilter() takes other packets, and as many keys as a set has entries", async () => {
  const entries = Array.from({ length: 1500 }, (_, index) => `10.${index >> 7}.${index & 127}.1`);
  const { filter } = parseFilter(`drop ip.src in {${entries}}\n`);
  const packets = [{ bytes: new Uint8Array(300) }, { bytes: new Uint8Array(60) }];
  const result = await benchFilter(filter, { ...QUICK, strategy: "linear", packets });
  assert.deepEqual([result.packets, result.cutPackets, result.hashEntries], [2, 1, 1500]);
});

tierTest("kernel", "benchFilter() has no figure for a program that is wrong", async () => {
  const clang = (name: string) => new URL(`fixtures/wrong_${name}_clang.sh`, import.meta.url).pathname;
  const bench = (name: string) => benchFilter(FEW, { ...QUICK, strategy: "inline", clang: clang(name), cache: false });
  await assert.rejects(bench("verdict"), /^Error: The inline program at xdp says pass, drop by rule 0 is right, on /);
  await assert.rejects(
    bench("counter"),
    /^Error: The inline program at xdp counted 0 packets for rule 0, \d+ are right/,
  );
});

Deno.test("benchFilter() passes on why a strategy does not hold the filter", async () => {
  await assert.rejects(
    benchFilter(
      parseFilter(
        Array.from({ length: 2000 }, (_, index) => `drop tcp.dstport == ${index}`).join("\n"),
      ).filter,
      { ...QUICK, strategy: "inline" },
    ),
    FilterError,
  );
});
