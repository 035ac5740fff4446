import assert from "node:assert/strict";
import { STRATEGIES, type StrategyName } from "../../lib/classify/plan.ts";
import { type Cprog, createCprog } from "../../lib/cprog.ts";
import { FilterError } from "../../lib/diagnostics/errors.ts";
import type { Filter } from "../../lib/model/filter.ts";
import { flagsOf, namesOfFlags } from "../../lib/model/flags.ts";
import { type HookName, HOOKS } from "../../lib/model/hooks.ts";
import type { Packet } from "../../lib/semantics/dissect.ts";
import { evaluate, type Verdict } from "../../lib/semantics/evaluate.ts";
import { runInKernel } from "../judges/kernel.ts";
import { buildNative } from "../judges/native.ts";
import { tierTest } from "../judges/tiers.ts";
import { packetsAt, tellFilter } from "../random/disagreement.ts";
import { allowed, CASE_PACKETS, drawRuns, FLAGS, type Flags, MIXED, WITH_SETS } from "./programs.ts";

const HOOK_NAMES = Object.keys(HOOKS) as HookName[];

/** Without frags, an XDP program is given no frame that leaves its page. */
const ONE_BUFFER_BYTES = 3_000;

/** The programs of each strategy that can do without what the flags rule out. */
function programsOf(filter: Filter, hook: HookName, flags: Flags): Cprog[] {
  return STRATEGIES.flatMap((strategy) => {
    try {
      return [createCprog(filter, { hook, strategy, ...flags })];
    } catch (error) {
      const codes = error instanceof FilterError ? error.diagnostics.map(({ code }) => code) : [];
      if (codes.some((code) => code === "too-large" || code === "strategy-needs")) return [];
      throw error;
    }
  });
}

/** The verdicts of a judge are the model's, which reads packets as the program does. */
async function checkVerdicts(
  cprog: Cprog,
  packets: readonly Packet[],
  judge: (cprog: Cprog, packets: readonly Packet[]) => Promise<readonly Verdict[]>,
): Promise<void> {
  const given = packetsAt(cprog.hook.name, packets)
    .filter(({ bytes }) => cprog.hook.name !== "xdp" || cprog.frags || bytes.length <= ONE_BUFFER_BYTES);
  const verdicts = await judge(cprog, given);
  const tell = (verdict: Verdict | undefined) => `${verdict?.action} by ${verdict?.rule}`;
  const wrong = given.findIndex((packet, index) =>
    tell(evaluate(cprog.filter, packet, cprog.flags)) !== tell(verdicts[index])
  );
  if (wrong < 0) return;
  const expected = tell(evaluate(cprog.filter, given[wrong]!, cprog.flags));
  const { hook, filter, plan, flags } = cprog;
  throw new Error([
    `${namesOfFlags(flags)}: expected ${expected}, got ${tell(verdicts[wrong])}`,
    `frame ${given[wrong]!.bytes.toHex()} tag ${JSON.stringify(given[wrong]!.vlanTag)}`,
    tellFilter(filter, { hook: hook.name, strategy: plan.strategy }),
  ].join("\n"));
}

for (const flags of FLAGS) {
  const names = namesOfFlags(flagsOf(flags)).join(", ");
  tierTest("kernel", `the kernel's verdicts are the model's with ${names}, on the packets of all cases`, async () => {
    const tried = new Set<StrategyName>();
    await Promise.all(
      (["xdp", "tc-ingress"] as const).flatMap((hook) =>
        [MIXED, ...(hook === "xdp" ? [WITH_SETS] : [])].flatMap((filter) =>
          programsOf(filter, hook, flags).map((cprog) => {
            tried.add(cprog.plan.strategy);
            return checkVerdicts(cprog, CASE_PACKETS, runInKernel);
          })
        )
      ),
    );
    const hasCalls = flags.inlineFunctions !== true && flags.noLoops !== true;
    assert.deepEqual(STRATEGIES.filter((one) => !tried.has(one)), hasCalls ? [] : ["tuple"]);
  });
}

tierTest("kernel", "the kernel's verdicts are the model's with flags, on random filters and packets", async () => {
  const runs = drawRuns(FLAGS.length, 60);
  await Promise.all(runs.flatMap(({ filter, packets }, index) => {
    const flags = FLAGS[index % FLAGS.length]!;
    const hook = HOOK_NAMES[index % HOOK_NAMES.length]!;
    return programsOf(allowed(filter, flags), hook, flags).map((cprog) => checkVerdicts(cprog, packets, runInKernel));
  }));
});

tierTest("clang", "the C of flags has the model's verdicts under sanitizers", async () => {
  const all = FLAGS.at(-1)!;
  const programs = (["xdp", "tc-ingress"] as const).flatMap((hook) => programsOf(MIXED, hook, all));
  await Promise.all(programs.map(async (cprog) => {
    await using program = await buildNative(cprog);
    await checkVerdicts(cprog, CASE_PACKETS, (_, packets) => program.run(packets));
    // Without frags, XDP has no frame in parts.
    if (cprog.hook.name === "xdp" && !cprog.frags) return;
    await checkVerdicts(
      cprog,
      CASE_PACKETS,
      (_, packets) => program.run(packets, ({ bytes }, index) => (7 * index) % (bytes.length + 1)),
    );
  }));
});
