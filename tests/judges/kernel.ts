/**
 * The judge that counts: the kernel. Programs are compiled, loaded and run on the packets by BPF_PROG_TEST_RUN, at TC
 * behind the harness.
 *
 * @module
 */

import assert from "node:assert/strict";
import { STRATEGIES } from "../../lib/classify/plan.ts";
import { compileCprog } from "../../lib/compile.ts";
import { type Cprog, createCprog } from "../../lib/cprog.ts";
import { loadCprog, type LoadedFilter } from "../../lib/load.ts";
import type { Filter } from "../../lib/model/filter.ts";
import type { HookName } from "../../lib/model/hooks.ts";
import { Replay, type ReplayedVerdict } from "../../lib/replay.ts";
import { dissect, type Packet } from "../../lib/semantics/dissect.ts";
import { matchHolds, type Verdict } from "../../lib/semantics/evaluate.ts";
import type { ObjectFile } from "../../lib/toolchain/compile.ts";
import type { Execution } from "../cases/coverage.ts";
import { HOOK_COMMENT, type Judge, type JudgeOptions } from "./judge.ts";

/** The kernel, with every strategy. Frames that it cannot be given are the model's, and their verdicts say so. */
export const KERNEL_JUDGE: Judge = {
  name: "kernel",
  tier: "kernel",
  strategies: STRATEGIES,
  judge: judgeInKernel,
};

/** How {@link judgeInKernel} judges. */
export interface KernelJudgeOptions extends JudgeOptions {
  /** XDP: whether the program reads packets in several buffers; true unless given. */
  readonly frags?: boolean;
}

/** The kernel's verdicts on packets. What it tried is added to {@link kernelExecutions}. */
export async function judgeInKernel(
  filter: Filter,
  packets: readonly Packet[],
  options: KernelJudgeOptions,
): Promise<readonly ReplayedVerdict[]> {
  const verdicts = await runInKernel(createCprog(filter, options), packets);
  for (const [index, verdict] of verdicts.entries()) {
    if (verdict.engine === "kernel") record(filter, packets[index]!, verdict, options.hook);
  }
  return verdicts;
}

/** The kernel's verdicts on packets by a program, as {@link replayCounted}. */
export async function runInKernel(
  cprog: Cprog,
  packets: readonly Packet[],
  likely?: readonly Verdict[],
): Promise<readonly ReplayedVerdict[]> {
  using loaded = loadCprog(cprog, await compileJudged(cprog));
  return await replayCounted(loaded, packets, likely);
}

/**
 * Compiles a program, once for all of the same text: rule sets of the same shape have it, and at both TC hooks it is the same
 * but for the comment that names the hook.
 */
export function compileJudged(cprog: Cprog): Promise<ObjectFile> {
  const key = cprog.text.replace(HOOK_COMMENT, "");
  const object = objects.get(key) ?? compileCprog(cprog, { cache: false });
  objects.set(key, object);
  return object;
}

const objects = new Map<string, Promise<ObjectFile>>();

/**
 * The verdicts on packets of a program that is loaded, whose counters must go up by what was decided. `likely` is what the
 * model says, where that is known: it evaluates large filters slowly.
 */
export async function replayCounted(
  loaded: LoadedFilter,
  packets: readonly Packet[],
  likely: readonly Verdict[] = [],
): Promise<readonly ReplayedVerdict[]> {
  using replay = await Replay.create(loaded, { cache: cacheDirectory() });
  const { size } = loaded.cprog.filter;
  const expected = loaded.readCounters().map((counter) => ({ ...counter }));
  const verdicts = packets.map((packet, index) => {
    const verdict = replay.run(packet, likely[index]);
    if (verdict.engine !== "kernel") return verdict;
    const counter = expected[verdict.rule ?? size]!;
    counter.packets++;
    counter.bytes += packet.bytes.length + (packet.vlanTag === undefined ? 0 : 4);
    return verdict;
  });
  const counters = loaded.readCounters();
  const wrong = expected.findIndex(({ packets, bytes }, index) =>
    counters[index]?.packets !== packets || counters[index]?.bytes !== bytes
  );
  assert.equal(wrong, -1, `counter ${wrong} is of what was decided`);
  return verdicts;
}

/**
 * Every (field, operator, hook) that a program decided on in the kernel, in this process, with whether the match held.
 *
 * A rule that decided accepted the packet by each of its matches. One that was passed over rejected it by a match when
 * that is the only one that the model says did not hold.
 */
export function kernelExecutions(): readonly Execution[] {
  return [...executions.values()];
}

const executions = new Map<string, Execution>();

function record(filter: Filter, packet: Packet, verdict: ReplayedVerdict, hook: HookName): void {
  const dissection = dissect(packet);
  const decided = verdict.rule ?? filter.size;
  for (const [index, { matches }] of filter.rules.entries()) {
    if (index > decided) return;
    const holds = index === decided;
    const deciding = holds ? matches : matches.filter((match) => !matchHolds(match, dissection));
    if (!holds && deciding.length !== 1) continue;
    for (const { field, operator } of deciding) {
      executions.set(`${field} ${operator} ${hook} ${holds}`, { field, operator, hook, holds });
    }
  }
}

let cache: string | undefined;

/** A directory of this process, removed when it ends. */
function cacheDirectory(): string {
  if (cache === undefined) {
    const directory = Deno.makeTempDirSync({ prefix: "kefir_judge_" });
    addEventListener("unload", () => Deno.removeSync(directory, { recursive: true }));
    cache = directory;
  }
  return cache;
}
