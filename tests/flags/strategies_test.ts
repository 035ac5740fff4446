import assert from "node:assert/strict";
import { TUPLE_LIMITS } from "../../lib/classify/tuple/limits.ts";
import { LIMITS } from "../../lib/classify/limits.ts";
import { compileCprog } from "../../lib/compile.ts";
import { compareStrategies } from "../../lib/compare.ts";
import { type CprogOptions, createCprog } from "../../lib/cprog.ts";
import { FilterError } from "../../lib/diagnostics/errors.ts";
import { Filter } from "../../lib/model/filter.ts";
import { BPF_MAP_FLAG, openMapById } from "../../lib/kernel/map.ts";
import { loadCprog } from "../../lib/load.ts";
import { tierTest } from "../judges/tiers.ts";
import { parseFilter } from "../../lib/syntax/rule_file.ts";
import { FLAGS } from "./programs.ts";
import { withLimits } from "../classify/lowered.ts";

const ports = (count: number) =>
  new Filter({
    rules: Array.from({ length: count }, (_, index) => ({
      action: "drop",
      matches: [{ field: "tcp.dstport", value: 2 * index }],
    })),
  });

const CASES: readonly (readonly [CprogOptions, code: string])[] = [
  [{ inlineFunctions: true }, "needs-calls"],
  [{ noLoops: true }, "needs-loops"],
];

for (const [flags, code] of CASES) {
  const name = Object.keys(flags).join();

  Deno.test(`${name}: tuple is refused with a code, and auto goes on to a strategy that can do without`, async () => {
    const filter = ports(300);
    assert.throws(() => createCprog(filter, { strategy: "tuple", ...flags }), (error: Error) => {
      assert.ok(error instanceof FilterError);
      assert.deepEqual(error.diagnostics.map((one) => one.code), ["strategy-needs"]);
      assert.ok(error.message.includes(`tuple cannot hold it (${code}: `), error.message);
      return true;
    });
    await withLimits([[LIMITS, { inlineComparisons: 0, classesRows: 0, linearStepsInLine: 601 }]], () => {
      assert.equal(createCprog(filter).plan.strategy, "tuple");
      const { plan } = createCprog(filter, flags);
      assert.equal(plan.strategy, "linear");
      assert.ok(plan.reason.includes(`tuple cannot hold it (${code}: `), plan.reason);
    });
  });

  Deno.test(`${name}: what no strategy can do is refused, with the reasons of all`, async () => {
    await withLimits([[LIMITS, { inlineComparisons: 0, classesRows: 0 }], [TUPLE_LIMITS, {}]], () => {
      assert.throws(() => createCprog(ports(300), flags), (error: Error) => {
        assert.ok(error instanceof FilterError && error.diagnostics[0]?.code === "too-large");
        for (const reason of ["too-many-comparisons", "too-many-rows", code, "too-many-steps"]) {
          assert.ok(error.message.includes(`cannot hold it (${reason}: `), `${reason} in ${error.message}`);
        }
        return true;
      });
    });
  });

  Deno.test(`${name}: compareStrategies() says which strategies are out`, () => {
    const reports = compareStrategies(createCprog(ports(5), flags));
    const refused = reports.flatMap(({ strategy, refusal }) =>
      refusal === undefined ? [] : [[strategy, refusal.refused]]
    );
    assert.deepEqual(refused, [["tuple", code]]);
  });
}

tierTest("kernel", "noLoops has tables in maps that kernels before 5.5 can make", async () => {
  for (const noLoops of [false, true]) {
    const cprog = createCprog(ports(300), { strategy: "classes", noLoops });
    using loaded = loadCprog(cprog, await compileCprog(cprog, { cache: false }));
    using tables = openMapById(loaded.tablesId!);
    assert.equal(tables.flags, noLoops ? 0 : BPF_MAP_FLAG.mmapable);
  }
});

Deno.test("flags are for every filter: without rules, without what could hold, without counters", () => {
  const filters = ["default drop", "drop", "drop ip.ttl < 0", "pass\ndrop ip.ttl == 1", "drop frame.len == 60"];
  for (const filter of filters.map((text) => parseFilter(text).filter)) {
    for (const hook of ["xdp", "tc-ingress"] as const) {
      for (const strategy of ["inline", "linear", "classes"] as const) {
        for (const flags of FLAGS) {
          for (const counts of [true, false]) createCprog(filter, { hook, strategy, counts, ...flags });
        }
      }
    }
  }
});

Deno.test("noLoops turns frags off unless they are asked for", () => {
  assert.equal(createCprog(ports(1)).frags, true);
  assert.equal(createCprog(ports(1), { noLoops: true }).frags, false);
  assert.equal(createCprog(ports(1), { noLoops: true, frags: true }).frags, true);
});
