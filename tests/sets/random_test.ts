import fc from "npm:fast-check@4.10.2";
import { SET_LIMITS } from "../../lib/classify/sets/limits.ts";
import { withLimits } from "../classify/lowered.ts";
import { judgeInKernel } from "../judges/kernel.ts";
import type { JudgeOptions } from "../judges/judge.ts";
import { tierTest } from "../judges/tiers.ts";
import { disagreement, fits, packetsAt } from "../random/disagreement.ts";
import { arbFilter } from "../random/filters.ts";
import { arbPacket } from "../random/packets.ts";
import { checkRandom, settingsFor } from "../random/settings.ts";

const PACKETS = 60;

const arbRun = fc.array(arbPacket(), { minLength: PACKETS, maxLength: PACKETS }).chain((packets) =>
  fc.record({
    packets: fc.constant(packets),
    filter: arbFilter(packets),
    hook: fc.constantFrom("xdp" as const, "tc-ingress" as const),
    // Few sets with bits, or few classes: then some are compared as the other, and some in a lookup of their own.
    bits: fc.constantFrom(0, 1, SET_LIMITS.bits),
    bitsAlways: fc.constantFrom(0, SET_LIMITS.bitsAlways),
    classes: fc.constantFrom(3, SET_LIMITS.classes),
  })
);

tierTest("kernel", "sets of any size and field can be looked up: the kernel agrees with the model", async () => {
  await checkRandom(arbRun, settingsFor(20), async ({ packets, filter, hook, ...few }) => {
    await withLimits([[SET_LIMITS, { plainRanges: 1, linearRanges: 1, classesRanges: 1, ...few }]], async () => {
      const given = packetsAt(hook, packets);
      const programs = (["linear", "classes", "tuple"] as const)
        .map((strategy): JudgeOptions => ({ hook, strategy }))
        .filter((options) => fits(filter, options));
      for (const options of programs) {
        const failure = disagreement(filter, given, await judgeInKernel(filter, given, options), options);
        if (failure !== undefined) throw new Error(`${failure}\n${JSON.stringify(few)}`);
      }
    });
  });
});
