import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { planClasses } from "../../lib/classify/classes/plan.ts";
import { roomyPlaces } from "../../lib/classify/counters.ts";
import { planLinear } from "../../lib/classify/linear.ts";
import { isRefusal } from "../../lib/classify/plan.ts";
import { planTuple } from "../../lib/classify/tuple/plan.ts";
import { parseFilter } from "../../lib/syntax/rule_file.ts";
import { makeTrial, tryPlan } from "../judges/large.ts";
import { testWhere, tierTest } from "../judges/tiers.ts";
import { settingsFor } from "../random/settings.ts";
import { makeRuleSet, STYLES } from "./rule_sets.ts";

/** Packets for each size: a scan of 100 000 rules takes its time. */
const PACKETS: Readonly<Record<number, number>> = { 100: 1_000, 1_000: 800, 10_000: 400, 100_000: 150 };

/** Beyond, `linear` takes longer for a packet than it is worth. */
const MAX_LINEAR_RULES = 1_000;

/** The strategies with tables decide as the rules say, at XDP and TC; where they cannot hold the rules, they say why. */
async function tryRuleSet(text: string, { packets, seed }: { packets: number; seed: number }) {
  const { filter } = parseFilter(text, { syntax: "classbench" });
  const trial = makeTrial(filter, { packets, seed });
  const hits = trial.expected.filter(({ rule }) => rule !== null).length;
  assert.ok(hits > packets / 3, `${hits} of ${packets} packets meet a rule`);
  const options = { counters: roomyPlaces(filter), reason: "tried" };
  const tuple = planTuple(filter, options);
  assert.ok(!isRefusal(tuple), "tuple holds every such set");
  const classes = planClasses(filter, options);
  if (isRefusal(classes)) assert.ok(filter.size > 100, `classes: ${classes.refused}, ${classes.what}`);
  for (const plan of isRefusal(classes) ? [tuple] : [tuple, classes]) {
    for (const hook of ["xdp", "tc-ingress"] as const) await tryPlan(trial, plan, hook);
  }
  if (filter.size > MAX_LINEAR_RULES) return;
  const linear = planLinear(filter, "tried");
  assert.ok(!isRefusal(linear));
  await tryPlan(trial, linear, "xdp");
}

const { seed, again } = settingsFor(1);

for (const [size, packets] of Object.entries(PACKETS)) {
  for (const [index, [kind, style]] of Object.entries(STYLES).entries()) {
    tierTest("kernel", `${size} rules like those of ${kind} are decided as they say (${again})`, async () => {
      await tryRuleSet(makeRuleSet(style, { rules: Number(size), seed: seed + index }), { packets, seed });
    });
  }
}

const SHARED = new URL("../../../shared/data/classbench/", import.meta.url);

for (const [size, packets] of Object.entries(PACKETS)) {
  for (const file of ["acl1", "fw1", "ipc1"].map((one) => `${one}_${size}.gz`)) {
    const name = `ClassBench's ${file} is decided as it says`;
    const path = new URL(file, SHARED);
    const run = () => tryRuleSet(new TextDecoder().decode(gunzipSync(Deno.readFileSync(path))), { packets, seed: 1 });
    // The files are not part of the project; the sets made above are there in any case.
    if (isFile(path)) tierTest("kernel", name, run);
    else testWhere(false, `no ${file}`, name, run);
  }
}

function isFile(url: URL): boolean {
  try {
    return Deno.statSync(url).isFile;
  } catch {
    return false;
  }
}
