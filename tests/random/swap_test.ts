import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { createCprog } from "../../lib/cprog.ts";
import type { Counter } from "../../lib/counters.ts";
import { loadCprog, type LoadedFilter } from "../../lib/load.ts";
import { counterKeys } from "../../lib/model/counter_keys.ts";
import { fieldNamed } from "../../lib/model/fields.ts";
import { Filter } from "../../lib/model/filter.ts";
import type { HookName } from "../../lib/model/hooks.ts";
import { dissect, type Packet } from "../../lib/semantics/dissect.ts";
import { applyChange, type ChangeTier, planChange } from "../../lib/swap.ts";
import { compileC } from "../../lib/toolchain/compile.ts";
import { replayCounted } from "../judges/kernel.ts";
import { tierTest } from "../judges/tiers.ts";
import { disagreement, fits, packetsAt } from "./disagreement.ts";
import { arbFilter, arbMatch, valuesOf } from "./filters.ts";
import { arbPacket } from "./packets.ts";
import { checkRandom, settingsFor } from "./settings.ts";

/** Two strategies of each, one after the other at XDP and TC. */
const USUAL_FILTERS = 20;
const PACKETS = 60;

const arbRun = fc.array(arbPacket(), { minLength: PACKETS, maxLength: PACKETS }).chain((packets) =>
  arbFilter(packets).chain((first) =>
    fc.record({
      packets: fc.constant(packets),
      first: fc.constant(first),
      next: fc.array(arbAfter(first, packets), { minLength: 3, maxLength: 3 }),
      hook: fc.constantFrom("xdp" as const, "tc-ingress" as const, "tc-egress" as const),
    })
  )
);

/** A filter to come after another: some of its rules in another order, and some about the same fields with other values. */
function arbAfter(filter: Filter, packets: readonly Packet[]): fc.Arbitrary<Filter> {
  const dissections = packets.map((packet) => dissect(packet));
  const changed = filter.rules.map((rule) =>
    fc.record({
      action: fc.constantFrom("pass" as const, "drop" as const),
      matches: fc.tuple(
        ...rule.matches.map(({ field }) => arbMatch(fieldNamed(field), (side) => valuesOf(side, dissections))),
      ),
    })
  );
  const rules = fc.tuple(fc.shuffledSubarray([...filter.rules]), fc.tuple(...changed).chain((all) => fc.subarray(all)))
    .chain(([kept, others]) => fc.shuffledSubarray([...kept, ...others], { minLength: kept.length + others.length }));
  return rules.map((all) => new Filter({ rules: all, defaultAction: filter.defaultAction }));
}

tierTest("kernel", "random filters take over from one another in a running program, counters included", async () => {
  const settings = settingsFor(USUAL_FILTERS);
  const tiers: ChangeTier[] = [];
  await checkRandom(arbRun, settings, async ({ packets, first, next, hook }) => {
    for (const strategy of ["classes", "tuple"] as const) {
      const options = { hook, strategy };
      if (!fits(first, options)) continue;
      const given = packetsAt(hook, packets);
      const cprog = createCprog(first, options);
      let loaded: LoadedFilter = loadCprog(cprog, await compileC(cprog.text, { cache: false }));
      const owned = [loaded];
      try {
        await checkVerdicts(loaded, given);
        for (const filter of next) {
          const change = planChange(loaded.cprog, filter);
          tiers.push(change.tier);
          if (change.tier === "compile") continue;
          const before = countersByKey(loaded);
          const after = await applyChange(loaded, change);
          if (after.object !== loaded.object) owned.push(after);
          // Rules that stay go on counting; in another program all begin anew.
          const kept = change.tier === "data" ? before : new Map<string, Counter>();
          for (const [key, counter] of countersByKey(after)) {
            assert.deepEqual(counter, kept.get(key) ?? { packets: 0, bytes: 0 }, `${key}, ${change.tier}`);
          }
          await checkVerdicts(after, given);
          loaded = after;
        }
      } finally {
        for (const one of owned) one[Symbol.dispose]();
      }
    }
  });
  const data = tiers.filter((tier) => tier === "data").length;
  console.log(`${data} of ${tiers.length} changes swapped data; ${settings.again}`);
  assert.ok(data >= tiers.length / 8, `${data} of ${tiers.length} changes swapped data; ${settings.again}`);
});

async function checkVerdicts(loaded: LoadedFilter, packets: readonly Packet[]): Promise<void> {
  const { filter, hook, plan } = loaded.cprog;
  const verdicts = await replayCounted(loaded, packets);
  const options: { hook: HookName; strategy: typeof plan.strategy } = { hook: hook.name, strategy: plan.strategy };
  const found = disagreement(filter, packets, verdicts, options);
  if (found !== undefined) throw new Error(found);
}

function countersByKey(loaded: LoadedFilter): Map<string, Counter> {
  const counters = loaded.readCounters();
  return new Map(counterKeys(loaded.cprog.filter).map((key, index) => [key, counters[index]!]));
}
