import assert from "node:assert/strict";
import { createCprog, mapContents } from "../../lib/cprog.ts";
import { STRATEGIES } from "../../lib/classify/plan.ts";
import { evaluate } from "../../lib/semantics/evaluate.ts";
import { parseFilter } from "../../lib/syntax/rule_file.ts";
import { runInKernel } from "../judges/kernel.ts";
import { tierTest } from "../judges/tiers.ts";
import { ethernet, frame, ipv4, tcp } from "../packets/build.ts";

const build = () => parseFilter("drop tcp.dstport == 80\npass tcp.dstport == 81\ndefault pass\n").filter;
const PACKETS = [80, 81, 82].map((dst) => frame(ethernet(), ipv4(), tcp({ dst })));

for (const strategy of STRATEGIES) {
  Deno.test(`createCprog() keeps the filter as it was: later changes reach neither text nor plan nor maps of ${strategy}`, () => {
    const filter = build();
    const cprog = createCprog(filter, { strategy });
    const before = { text: cprog.text, plan: structuredClone(cprog.plan), maps: structuredClone(mapContents(cprog)) };
    filter.delete(0);
    filter.add({ action: "drop" }, 0);
    filter.defaultAction = "drop";
    assert.deepEqual({ text: cprog.text, plan: cprog.plan, maps: mapContents(cprog) }, before);
    assert.deepEqual([cprog.filter.size, cprog.filter.defaultAction], [2, "pass"]);
    // The change is one that another program shows.
    const other = createCprog(filter, { strategy });
    assert.notDeepEqual([other.text, mapContents(other)], [cprog.text, mapContents(cprog)]);
  });

  tierTest("kernel", `a program of ${strategy} is loaded as the filter was when it was made`, async () => {
    const filter = build();
    const cprog = createCprog(filter, { strategy });
    filter.defaultAction = "drop";
    filter.add({ action: "drop" }, 0);
    const verdicts = await runInKernel(cprog, PACKETS);
    const same = build();
    assert.deepEqual(verdicts.map(({ action, rule }) => ({ action, rule })), PACKETS.map((one) => evaluate(same, one)));
  });
}
