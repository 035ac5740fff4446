/**
 * A plan for people: strategy, tables, cost, and what the other strategies would cost.
 *
 * @module
 */

import { compareStrategies, type Cprog, type Plan, type StrategyReport } from "../mod.ts";
import { count, escapeControls, printJson, printLine } from "./output.ts";
import { formatTable } from "./table.ts";

/** Writes how a filter would run. */
export function explainPlan(file: string, cprog: Cprog): void {
  const { plan, hook, filter } = cprog;
  printLine(`${escapeControls(file)}: ${count(filter.size, "rule")}, default ${filter.defaultAction}`);
  const kernel = cprog.flags.noLoops ? "" : ` (kernel ${hook.oldestKernel})`;
  printLine(`  hook      ${hook.name}: ${hook.description}${kernel}`);
  const flags = flagsOf(cprog);
  if (flags.length > 0) printLine(`  flags     ${flags.join(", ")}`);
  printLine(`  strategy  ${plan.strategy}: ${plan.reason}`);
  for (const [what, text] of Object.entries(planFacts(plan))) printLine(`  ${what.padEnd(8)}  ${text}`);
  printLine(`  counters  ${plan.counters.capacity} of ${COUNTER_BYTES} bytes for each CPU`);
  printLine();
  const reports = compareStrategies(cprog);
  for (const line of formatTable(COLUMNS, reports.flatMap(costRow))) printLine(`  ${line}`);
  for (const { strategy, refusal } of reports) {
    if (refusal !== undefined) printLine(`  ${strategy} cannot hold it (${refusal.refused}: ${refusal.what})`);
  }
}

/** The same as JSON. */
export function explainPlanAsJson(file: string, cprog: Cprog): void {
  const { plan, hook, filter } = cprog;
  printJson({
    file,
    rules: filter.size,
    defaultAction: filter.defaultAction,
    hook: hook.name,
    flags: flagsOf(cprog),
    strategy: plan.strategy,
    reason: plan.reason,
    counters: { capacity: plan.counters.capacity, bytesPerCpu: plan.counters.capacity * COUNTER_BYTES },
    strategies: compareStrategies(cprog).map(({ strategy, chosen, cost, refusal }) =>
      cost === undefined ? { strategy, chosen, ...refusal } : {
        strategy,
        chosen,
        ns: tenths(cost.ns),
        loads: tenths(cost.loads),
        worst: cost.worst,
        bytes: cost.bytes,
        buildMs: tenths(cost.buildMs),
      }
    ),
  });
}

/** How the program differs from the usual one, as the module calls it. */
function flagsOf({ flags }: Cprog): readonly string[] {
  return Object.entries(flags).flatMap(([name, isSet]) => isSet ? [name] : []);
}

/** Two of 64 bits. */
const COUNTER_BYTES = 16;

const COLUMNS = [
  { heading: "" },
  { heading: "ns", isNumber: true },
  { heading: "loads", isNumber: true },
  { heading: "at most", isNumber: true },
  { heading: "bytes", isNumber: true },
  { heading: "build" },
];

function costRow({ strategy, chosen, cost }: StrategyReport): readonly (readonly string[])[] {
  if (cost === undefined) return [];
  const { ns, loads, worst, bytes, buildMs } = cost;
  return [[
    `${chosen ? "*" : " "} ${strategy}`,
    tenths(ns).toFixed(1),
    Math.round(loads).toString(),
    `${worst} ${UNITS[strategy]}`,
    bytes.toString(),
    `${tenths(buildMs).toFixed(1)} ms`,
  ]];
}

/** What no packet exceeds. */
const UNITS: Readonly<Record<StrategyReport["strategy"], string>> = {
  inline: "comparisons",
  linear: "steps",
  classes: "loads",
  tuple: "probes and records",
};

function planFacts(plan: Plan): Readonly<Record<string, string>> {
  if (plan.sets === undefined) return strategyFacts(plan);
  const { facts: { sets, ranges, usedBytes }, lookups, tables } = plan.sets;
  const what = `${count(sets, "set")} of ${count(ranges, "range")} in ${count(lookups.length, "lookup")}`;
  return { ...strategyFacts(plan), sets: `${what}; ${usedBytes} bytes, room for ${tables.length}` };
}

function strategyFacts(plan: Plan): Readonly<Record<string, string>> {
  switch (plan.strategy) {
    case "inline":
      return { program: `${plan.rules.length} rules as C with ${plan.comparisons} comparisons` };
    case "linear":
      return { steps: `${plan.steps}, a packet takes all at most; room for ${plan.capacity}` };
    case "classes":
      return {
        lookup: `${plan.facts.tables} tables`,
        tables: `${plan.facts.usedBytes} bytes, room for ${plan.tables.length}`,
      };
    case "tuple": {
      const { tables, slots, records, longest, usedBytes } = plan.facts;
      return {
        lookup: `${tables} tables of ${slots} slots; ${records} records, ${longest} in the fullest slot`,
        tables: `${usedBytes} bytes, room for ${plan.tables.length}`,
      };
    }
  }
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
