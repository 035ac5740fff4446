import assert from "node:assert/strict";
import { STRATEGIES } from "../../lib/classify/plan.ts";
import { createCprog } from "../../lib/cprog.ts";
import { loadCprog } from "../../lib/load.ts";
import { Replay } from "../../lib/replay.ts";
import { planChange } from "../../lib/swap.ts";
import { parseFilter } from "../../lib/syntax/rule_file.ts";
import { compileJudged } from "../judges/kernel.ts";
import { tierTest, whyMissing } from "../judges/tiers.ts";
import { dccp, ethernet, frame, ipv4, tcp, udp } from "../packets/build.ts";
import { readInstructions, TRACE_PRINTK } from "./instructions.ts";
import { MIXED } from "./programs.ts";
import { Trace } from "./trace.ts";

const { filter: FILTER } = parseFilter(
  "drop udp.dstport == 53\npass tcp.dstport == 80\ndrop l4.proto == tcp\ndefault pass",
);
const PACKETS = [udp({ dst: 53 }), tcp({ dst: 80 }), tcp({ dst: 81 }), dccp({ dst: 53 }), udp({ dst: 53 })]
  .map((upper) => frame(ethernet(), ipv4(), upper));
const SAID = ["drop by rule 0", "pass by rule 1", "drop by rule 2", "pass by default", "drop by rule 0"];

/** Only where programs can be loaded does it matter whether there is a trace. */
function whyNoTrace(): string | undefined {
  if (whyMissing("bpf") !== undefined) return undefined;
  const trace = Trace.open();
  if ("missing" in trace) return trace.missing;
  trace[Symbol.dispose]();
  return undefined;
}

const missing = whyNoTrace();
if (missing !== undefined) Deno.test.ignore(`printk writes verdicts to the trace [skipped: ${missing}]`, () => {});
else {
  for (const hook of ["xdp", "tc-ingress", "tc-egress"] as const) {
    tierTest("kernel", `printk writes each verdict and the rule that decided to the trace, at ${hook}`, async () => {
      const trace = Trace.open();
      assert.ok(!("missing" in trace));
      using opened = trace;
      for (const strategy of STRATEGIES) {
        for (const printk of [true, false]) {
          const cprog = createCprog(FILTER, { hook, strategy, printk });
          using loaded = loadCprog(cprog, await compileJudged(cprog));
          using replay = await Replay.create(loaded);
          const verdicts: string[] = [];
          const lines = opened.during(() => verdicts.push(...PACKETS.map((packet) => replay.run(packet).action)));
          const said = lines.map((line) => line.replace(/ on \d+:/, ":"));
          assert.deepEqual(verdicts, SAID.map((one) => one.split(" ")[0]));
          assert.deepEqual(said, printk ? SAID.map((one) => `kefir ${hook}: ${one}`) : [], strategy);
        }
      }
    });
  }
}

tierTest("clang", "printk is what calls bpf_trace_printk", async () => {
  for (const printk of [true, false]) {
    const { elf } = await compileJudged(createCprog(MIXED, { printk }));
    assert.equal(readInstructions(elf).helpers.includes(TRACE_PRINTK), printk);
  }
});

Deno.test("planChange() gives a program that prints no other rules by data alone: their numbers would be wrong", () => {
  const ports = (...values: number[]) =>
    parseFilter(values.map((one) => `drop udp.dstport == ${one}\n`).join("")).filter;
  for (const strategy of ["classes", "tuple"] as const) {
    const [before, after] = [ports(1, 2, 3), ports(3, 1, 4)];
    assert.equal(planChange(createCprog(before, { strategy }), after).tier, "data");
    const { tier, cprog } = planChange(createCprog(before, { strategy, printk: true }), after);
    assert.equal(tier, "reload");
    assert.deepEqual(cprog.plan.counters.indexes, [0, 1, 2, 3]);
    // What the default is called is in the C.
    assert.equal(planChange(createCprog(before, { strategy, printk: true }), ports(1, 2)).tier, "compile");
  }
});
