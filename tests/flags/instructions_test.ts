import assert from "node:assert/strict";
import type { StrategyName } from "../../lib/classify/plan.ts";
import { type CprogOptions, createCprog } from "../../lib/cprog.ts";
import type { Filter } from "../../lib/model/filter.ts";
import type { HookName } from "../../lib/model/hooks.ts";
import { compileCprog } from "../../lib/compile.ts";
import { tierTest } from "../judges/tiers.ts";
import { BPF_LOOP, OF_FRAGS, readInstructions } from "./instructions.ts";
import { MIXED, WITH_SETS } from "./programs.ts";

/** Those that can do without calls and loops, of a filter that asks for much and of one with large sets. */
const PROGRAMS: readonly (readonly [Filter, StrategyName, HookName])[] = [
  [MIXED, "inline", "xdp"],
  [MIXED, "linear", "xdp"],
  [MIXED, "classes", "xdp"],
  [WITH_SETS, "linear", "tc-ingress"],
  [WITH_SETS, "classes", "tc-egress"],
];

/** What each program does. */
async function programsWith(flags: CprogOptions) {
  const programs = PROGRAMS.map(([filter, strategy, hook]) => ({
    name: `${strategy} at ${hook}`,
    cprog: createCprog(filter, { hook, strategy, ...flags }),
  }));
  return await Promise.all(programs.map(async ({ name, cprog }) => {
    const { elf } = await compileCprog(cprog, { cache: false });
    return { name, ...readInstructions(elf) };
  }));
}

tierTest("clang", "inlineFunctions leaves no call of an own function, and no callback", async () => {
  for (const { name, ownCalls } of await programsWith({})) assert.ok(ownCalls > 1, name);
  for (const { name, ownCalls, helpers } of await programsWith({ inlineFunctions: true })) {
    assert.equal(ownCalls, 0, name);
    assert.ok(!helpers.includes(BPF_LOOP), name);
  }
});

tierTest("clang", "noLoops leaves no loop, no bpf_loop, and no helper or jump of later kernels", async () => {
  const bounded = await programsWith({ inlineFunctions: true });
  for (const { name, helpers } of await programsWith({})) assert.ok(helpers.includes(BPF_LOOP), name);
  for (const { name, backEdges, jumps32 } of bounded) assert.ok(backEdges > 0 && jumps32 > 0, name);
  for (const flags of [{ noLoops: true }, { noLoops: true, inlineFunctions: true }]) {
    for (const { name, ownCalls, backEdges, jumps32, helpers } of await programsWith(flags)) {
      assert.deepEqual([backEdges, jumps32], [0, 0], name);
      assert.deepEqual(helpers.filter((one) => one === BPF_LOOP || OF_FRAGS.includes(one)), [], name);
      assert.equal(ownCalls > 0, !("inlineFunctions" in flags), name);
    }
  }
});
