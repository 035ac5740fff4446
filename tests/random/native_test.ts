import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { STRATEGIES } from "../../lib/classify/plan.ts";
import { createCprog } from "../../lib/cprog.ts";
import type { JudgeOptions } from "../judges/judge.ts";
import { buildNative } from "../judges/native.ts";
import { tierTest } from "../judges/tiers.ts";
import { disagreement, fits, packetsAt } from "./disagreement.ts";
import { arbFilter } from "./filters.ts";
import { arbPacket } from "./packets.ts";
import { checkRandom, settingsFor } from "./settings.ts";

const USUAL_FILTERS = 40;
const PACKETS = 200;

const arbRun = fc.array(arbPacket(), { minLength: PACKETS, maxLength: PACKETS }).chain((packets) =>
  fc.record({
    packets: fc.constant(packets),
    filter: arbFilter(packets),
    linear: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: PACKETS, maxLength: PACKETS }),
  })
);

tierTest("clang", "the C under sanitizers agrees with the model on random filters and packets", async () => {
  const settings = settingsFor(USUAL_FILTERS);
  await checkRandom(arbRun, settings, async ({ packets, filter, linear }) => {
    const programs = (["xdp", "tc-ingress"] as const).flatMap((hook) =>
      STRATEGIES.map((strategy): JudgeOptions => ({ hook, strategy }))
    ).filter((options) => fits(filter, options));
    const failures = await Promise.all(programs.map(async (options) => {
      const given = packetsAt(options.hook, packets);
      await using program = await buildNative(createCprog(filter, options));
      for (const part of [undefined, linear]) {
        const verdicts = part === undefined
          ? await program.run(given)
          : await program.run(given, ({ bytes }, index) => Math.floor(bytes.length * (part[index] ?? 1)));
        const expected = given.map(({ bytes, vlanTag }) => bytes.length + (vlanTag === undefined ? 0 : 4));
        assert.deepEqual(verdicts.map(({ countedBytes }) => countedBytes), expected);
        const found = disagreement(filter, given, verdicts, options);
        if (found !== undefined) return `${found}\n${part === undefined ? "whole" : "in parts"}`;
      }
      return undefined;
    }));
    const failure = failures.find((one) => one !== undefined);
    if (failure !== undefined) throw new Error(failure);
  });
});
