/**
 * Judging filters that are too large for the evaluator: its part is taken by the linear scan of the benchmark, which is
 * compared with the evaluator on a part of the packets.
 *
 * @module
 */

import assert from "node:assert/strict";
import { drawPackets } from "../../lib/bench/draw_packets.ts";
import { Scan } from "../../lib/bench/scan.ts";
import type { Plan } from "../../lib/classify/plan.ts";
import { generateC } from "../../lib/codegen/generate.ts";
import type { Cprog } from "../../lib/cprog.ts";
import type { Filter } from "../../lib/model/filter.ts";
import { DEFAULT_LICENSE } from "../../lib/model/license.ts";
import { NO_FLAGS } from "../../lib/model/flags.ts";
import { findHook, type HookName } from "../../lib/model/hooks.ts";
import type { Packet } from "../../lib/semantics/dissect.ts";
import { evaluate, type Verdict } from "../../lib/semantics/evaluate.ts";
import { printRule } from "../../lib/syntax/print.ts";
import { loadCprog, type LoadedFilter } from "../../lib/load.ts";
import { compileJudged, replayCounted } from "./kernel.ts";

/** Packets drawn from a filter, and what the filter means for them. */
export interface Trial {
  readonly filter: Filter;
  readonly packets: readonly Packet[];
  readonly expected: readonly Verdict[];
}

/** Rules that the evaluator goes through for one trial: a second's work or so. */
const EVALUATED_RULES = 200_000;

/** Draws packets; `more` are tried too. */
export function makeTrial(
  filter: Filter,
  { packets: count, seed, more = [] }: { packets: number; seed: number; more?: readonly Packet[] },
): Trial {
  const packets = [...more, ...drawPackets(filter, { count, seed })];
  const scan = new Scan(filter);
  const expected = packets.map((packet) => scan.evaluate(packet));
  const step = Math.max(1, Math.ceil(packets.length * filter.size / EVALUATED_RULES));
  for (let index = 0; index < packets.length; index += step) {
    const packet = packets[index]!;
    assert.deepEqual(expected[index], evaluate(filter, packet), `the scan, on ${packet.bytes.toHex()}`);
  }
  return { filter, packets, expected };
}

/** A program by a plan that was made once for several hooks. */
export function cprogOf(filter: Filter, plan: Plan, hookName: HookName): Cprog {
  const hook = findHook(hookName)!;
  const text = generateC(plan, { hook, name: "filter", frags: true });
  return {
    name: "filter",
    hook,
    filter,
    plan,
    frags: true,
    counts: true,
    license: DEFAULT_LICENSE,
    flags: NO_FLAGS,
    text,
    warnings: [],
  };
}

/** Loads a plan. Disposing is the caller's. */
export async function loadPlan(filter: Filter, plan: Plan, hook: HookName): Promise<LoadedFilter> {
  const cprog = cprogOf(filter, plan, hook);
  return loadCprog(cprog, await compileJudged(cprog));
}

/** Runs a plan in the kernel; throws what is needed to see the first wrong verdict again. */
export async function tryPlan(trial: Trial, plan: Plan, hook: HookName): Promise<void> {
  using loaded = await loadPlan(trial.filter, plan, hook);
  await tryLoaded(trial, loaded);
}

/** As {@link tryPlan}, with a program that is loaded already. */
export async function tryLoaded({ filter, packets, expected }: Trial, loaded: LoadedFilter): Promise<void> {
  const { hook, plan } = loaded.cprog;
  const verdicts = await replayCounted(loaded, packets, expected);
  const wrong = expected.findIndex(({ action, rule }, index) =>
    verdicts[index]?.action !== action || verdicts[index]?.rule !== rule
  );
  if (wrong < 0) return;
  const tell = (verdict: Verdict | undefined) => {
    const rule = filter.at(verdict?.rule ?? filter.size);
    const text = rule === undefined ? "" : ` (${printRule(rule, "kefir")})`;
    return `${verdict?.action} by ${verdict?.rule ?? "default"}${text}`;
  };
  const frame = packets[wrong]!.bytes.toHex();
  const [right, got] = [tell(expected[wrong]), tell(verdicts[wrong])];
  throw new Error(`${hook.name}, ${plan.strategy}: frame ${frame}: expected ${right}, got ${got}`);
}
