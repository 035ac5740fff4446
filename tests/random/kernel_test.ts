import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { STRATEGIES } from "../../lib/classify/plan.ts";
import { FIELDS } from "../../lib/model/fields.ts";
import { judgeInKernel, kernelExecutions, type KernelJudgeOptions } from "../judges/kernel.ts";
import { tierTest } from "../judges/tiers.ts";
import { disagreement, fits, packetsAt, tellFilter } from "./disagreement.ts";
import { arbFilter } from "./filters.ts";
import { arbPacket } from "./packets.ts";
import { checkRandom, settingsFor } from "./settings.ts";

/** 150 filters, eight programs of each, some 105 packets in the kernel for each: over 100 000 executions. */
const USUAL_FILTERS = 150;
const PACKETS = 120;

/** Without frags, an XDP program is given no frame that leaves its page. */
const ONE_BUFFER_BYTES = 3_000;

const arbRun = fc.array(arbPacket(), { minLength: PACKETS, maxLength: PACKETS }).chain((packets) =>
  fc.record({
    packets: fc.constant(packets),
    filter: arbFilter(packets),
    tcHook: fc.constantFrom("tc-ingress" as const, "tc-egress" as const),
    frags: fc.integer({ min: 0, max: 3 }).map((one) => one > 0),
  })
);

tierTest("kernel", "the kernel agrees with the model on random filters and packets", async () => {
  const settings = settingsFor(USUAL_FILTERS);
  let executions = 0;
  let decidedByRules = 0;
  await checkRandom(arbRun, settings, async ({ packets, filter, tcHook, frags }) => {
    const programs = (["xdp", tcHook] as const).flatMap((hook) =>
      STRATEGIES.map((strategy): KernelJudgeOptions => ({ hook, strategy, frags }))
    ).filter((options) => fits(filter, options));
    const failures = await Promise.all(programs.map(async (options) => {
      const given = packetsAt(options.hook, packets)
        .filter(({ bytes }) => options.hook !== "xdp" || frags || bytes.length <= ONE_BUFFER_BYTES);
      const verdicts = await judgeInKernel(filter, given, options).catch((cause) => {
        throw new Error(tellFilter(filter, options), { cause });
      });
      const inKernel = verdicts.filter(({ engine }) => engine === "kernel");
      executions += inKernel.length;
      decidedByRules += inKernel.filter(({ rule }) => rule !== null).length;
      return disagreement(filter, given, verdicts, options);
    }));
    const failure = failures.find((one) => one !== undefined);
    if (failure !== undefined) throw new Error(failure);
  });

  const { numRuns, again } = settings;
  console.log(`${executions} executions in the kernel, ${decidedByRules} decided by a rule; ${again}`);
  assert.ok(executions >= 400 * numRuns, `${executions} executions in the kernel; ${again}`);
  assert.ok(decidedByRules >= executions / 4, `${decidedByRules} of ${executions} were decided by a rule; ${again}`);
  if (numRuns < USUAL_FILTERS) return;
  // Which ones is chance, and the cases' business; that most were is what makes the agreement worth something.
  const tried = new Set(kernelExecutions().map(({ field, hook, holds }) => `${field} ${hook === "xdp"} ${holds}`));
  assert.ok(tried.size >= 0.7 * 4 * FIELDS.length, `${tried.size} of ${4 * FIELDS.length}; ${again}`);
});
