import assert from "node:assert/strict";
import type { StrategyName } from "../../lib/classify/plan.ts";
import { fieldNamed, FIELDS } from "../../lib/model/fields.ts";
import { type HookName, HOOKS } from "../../lib/model/hooks.ts";
import type { Judge, JudgeOptions } from "../judges/judge.ts";
import { JUDGES } from "../judges/judges.ts";
import { KERNEL_JUDGE, kernelExecutions } from "../judges/kernel.ts";
import { tierTest } from "../judges/tiers.ts";
import { ALL_CASES, FAMILY_CASES } from "./all_cases.ts";
import { type Execution, executionsOf, uncovered } from "./coverage.ts";
import { casesOf, type FieldCase } from "./field_cases.ts";
import { bundlesOf, casesAt, type Group, groupApart, groupTogether, rulesFor } from "./groups.ts";

const HOOK_NAMES = Object.keys(HOOKS) as HookName[];

for (const judge of JUDGES) {
  const executed: Execution[] = [];
  for (const bundle of bundlesOf([...ALL_CASES, ...FAMILY_CASES])) {
    const names = bundle.map(({ field }) => field).join(", ");
    tierTest(judge.tier, `${judge.name} judges the cases of ${names}`, async () => {
      // All at once: a compiler that is waited for leaves the other processor to the next.
      const failures = await Promise.all(
        HOOK_NAMES.flatMap((hook) =>
          judge.strategies.flatMap((strategy) =>
            groupsFor(judge, casesAt(hook, bundle.flatMap(casesOf)), strategy)
              .map((group) => tryGroup(judge, group, { hook, strategy }, executed))
          )
        ),
      );
      assert.deepEqual(failures.flat(), []);
    });
  }
  // Executions, not files: a case that a judge never got to is not one, nor a frame that the kernel cannot be given.
  tierTest(
    judge.tier,
    `${judge.name} tried every (field, operator, hook) on an accepting and a rejecting packet`,
    () => {
      const fields = [...FIELDS, ...FAMILY_CASES.map(({ field }) => fieldNamed(field))];
      assert.deepEqual(uncovered(fields, judge === KERNEL_JUDGE ? kernelExecutions() : executed), []);
    },
  );
}

/** Compiling takes its time: judges that do it get few filters. */
function groupsFor(judge: Judge, cases: readonly FieldCase[], strategy: StrategyName): Group[] {
  const together = groupTogether(cases, rulesFor(strategy));
  return judge.tier === "pure" ? [...groupApart(cases), ...together] : together;
}

/** Where the judge says otherwise; what it tried is added to `executed`. */
async function tryGroup(judge: Judge, { filter, members }: Group, options: JudgeOptions, executed: Execution[]) {
  const { hook, strategy } = options;
  const verdicts = await judge.judge(filter, members.map(({ packet }) => packet), options);
  assert.equal(verdicts.length, members.length);
  return members.flatMap(({ packet, expected, case: one }, index) => {
    executed.push(...executionsOf(one, hook));
    const { action, rule } = verdicts[index]!;
    if (action === expected.action && rule === expected.rule) return [];
    const tag = packet.vlanTag === undefined ? "" : ` tag ${JSON.stringify(packet.vlanTag)}`;
    return [
      `${one.name} (${hook}, ${strategy}): expected ${expected.action} by ${expected.rule}, ` +
      `got ${action} by ${rule}; frame ${packet.bytes.toHex()}${tag}`,
    ];
  });
}
