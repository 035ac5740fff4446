/**
 * What a filter costs per packet, beside one hash lookup.
 *
 * @module
 */

import type { StrategyChoice, StrategyName } from "../classify/plan.ts";
import { compileCprog } from "../compile.ts";
import { generateC } from "../codegen/generate.ts";
import type { Counter } from "../counters.ts";
import { type Cprog, createCprog, mapContents } from "../cprog.ts";
import { logOf } from "../diagnostics/log.ts";
import { isKernelAtLeast } from "../kernel/kernel_version.ts";
import { loadCprog, type LoadedFilter } from "../load.ts";
import { createFilter, type Filter, type FilterInput } from "../model/filter.ts";
import { actionOfVerdict, type HookName } from "../model/hooks.ts";
import type { Verdict } from "../semantics/evaluate.ts";
import type { CompileOptions } from "../toolchain/compile.ts";
import { Feeder, type MeasureOptions } from "./measure.ts";
import { prepareTraffic, type Traffic, type TrafficOptions } from "./traffic.ts";

const log = logOf("bench");

/** How {@link benchFilter} measures. */
export interface BenchOptions extends MeasureOptions, TrafficOptions, CompileOptions {
  /** How packets are classified; `auto` unless given. */
  readonly strategy?: StrategyChoice;
  /** Where the program is to run; `xdp` unless given. */
  readonly hook?: HookName;
  /** Traffic that was made before for the same filter, instead of `packets` and `seed`. */
  readonly traffic?: Traffic;
}

/** What a filter costs. */
export interface BenchResult {
  /** Number of rules. */
  readonly rules: number;
  /** How packets were classified. */
  readonly strategy: StrategyName;
  /** Nanoseconds per packet, net of the feeder and the empty program. */
  readonly ns: number;
  /** The same of a program that differs in one thing: no rule counts. */
  readonly uncountedNs: number;
  /** Nanoseconds of one lookup of a random existing key in a hash map of `hashEntries`, measured alike. */
  readonly hashNs: number;
  /** `ns` over `hashNs`. */
  readonly ratio: number;
  /** Milliseconds from parsed rules to the bytes of the maps, checks and C included, clang not. */
  readonly buildMs: number;
  /** Bytes of the maps that hold the rules. */
  readonly mapBytes: number;
  /** Bytes of the counters, of all CPUs. */
  readonly counterBytes: number;
  /** Where the program ran. */
  readonly hook: HookName;
  /** Entries of the yardstick's map: rules or entries of sets, whichever is more, and 1 000 at least. */
  readonly hashEntries: number;
  /** As `hashNs`, the key made out of the packet's 5-tuple: what a filter of exact 5-tuples would cost. */
  readonly parsedHashNs: number;
  /** Nanoseconds of feeder and empty program, which were subtracted. */
  readonly emptyNs: number;
  /** Distinct packets of the trace. */
  readonly packets: number;
  /** Packets that were cut to the size of the trace's frames. */
  readonly cutPackets: number;
  /** Packets whose verdict, and counter, were compared with the evaluator's before anything was timed. */
  readonly checkedPackets: number;
}

/**
 * Measures what a filter costs per packet: the unchanged program, one packet of a trace of at least 65 536 a run, by
 * BPF_PROG_TEST_RUN. Beside it, in turn and behind the same feeder, run the empty program, whose time is subtracted, and
 * one hash lookup. Verdicts are checked before anything is timed. Nothing is attached.
 *
 * @throws FilterError when a check or the strategy refuses the filter
 * @throws CompileError, UnavailableError, VerifierError, KernelError as compiling and loading do
 * @throws RangeError for no packets, or a hook that does not exist
 * @throws Error when the program gives a wrong verdict
 */
export async function benchFilter(input: FilterInput, options: BenchOptions = {}): Promise<BenchResult> {
  const filter = createFilter(input);
  const { strategy = "auto", hook = "xdp" } = options;
  const frags = isKernelAtLeast(5, 18);
  const { cprog, buildMs, mapBytes } = build(filter, { strategy, hook, frags });
  const uncounted = { ...cprog, counts: false, text: generateC(cprog.plan, { ...cprog, frags, counts: false }) };
  const traffic = options.traffic ?? prepareTraffic(cprog.filter, options);
  const { trace, packets, hashEntries } = traffic;
  using loaded = loadCprog(cprog, await compileCprog(cprog, options));
  using other = loadCprog(uncounted, await compileCprog(uncounted, options));
  const programs = [loaded.program, other.program];
  using feeder = await Feeder.create({ hook: cprog.hook, frags, programs, trace }, options);
  const checkedPackets = checkVerdicts(loaded, feeder, traffic);
  log.info(`checked the verdicts on ${checkedPackets} packets, measuring ${packets}`);
  const { programs: [ns = 0, uncountedNs = 0], hash, parsedHash, empty } = feeder.measure(options);
  return Object.freeze({
    rules: filter.size,
    strategy: cprog.plan.strategy,
    ns: rounded(ns, 2),
    hashNs: rounded(hash, 2),
    ratio: rounded(ns / hash, 3),
    buildMs: rounded(buildMs, 1),
    mapBytes,
    uncountedNs: rounded(uncountedNs, 2),
    counterBytes: bytesOfCounters(loaded),
    hook,
    hashEntries,
    parsedHashNs: rounded(parsedHash, 2),
    emptyNs: rounded(empty, 2),
    packets,
    cutPackets: trace.cut,
    checkedPackets,
  });
}

function build(filter: Filter, options: { strategy: StrategyChoice; hook: HookName; frags: boolean }) {
  const start = performance.now();
  const cprog = createCprog(filter, { ...options, name: "bench" });
  const contents = mapContents(cprog);
  const buildMs = performance.now() - start;
  return { cprog, buildMs, mapBytes: contents.reduce((sum, { values }) => sum + values.length, 0) };
}

/** Compares what the program says about the first packets of the trace, and what it counts, with what is right. */
function checkVerdicts(loaded: LoadedFilter, feeder: Feeder, { trace, expected }: Traffic): number {
  const { cprog } = loaded;
  const { hook } = cprog;
  const count = expected.length;
  const before = loaded.readCounters();
  const codes = feeder.run(0, count);
  const after = loaded.readCounters();
  // Then the same without counters.
  [...codes, ...feeder.run(1, count)].forEach((code, index) => {
    const action = actionOfVerdict(hook, code);
    const verdict = expected[index % count] as Verdict;
    if (action === verdict.action) return;
    throw wrong(cprog, trace.frames[index % count] as Uint8Array, verdict, action ?? `the code ${code}`);
  });
  checkCounters(cprog, expected, before, after);
  return count;
}

function checkCounters(
  cprog: Cprog,
  expected: readonly Verdict[],
  before: readonly Counter[],
  after: readonly Counter[],
): void {
  const decided = new Uint32Array(after.length);
  for (const { rule } of expected) decided[rule ?? cprog.filter.size]!++;
  after.forEach(({ packets }, index) => {
    const counted = packets - (before[index]?.packets ?? 0);
    if (counted === decided[index]) return;
    throw new Error(
      `The ${cprog.plan.strategy} program at ${cprog.hook.name} counted ${counted} packets for rule ${index}, ` +
        `${decided[index]} are right`,
    );
  });
}

function wrong(cprog: Cprog, frame: Uint8Array, { action, rule }: Verdict, said: string): Error {
  const right = `${action} by ${rule === null ? "default" : `rule ${rule}`}`;
  return new Error(
    `The ${cprog.plan.strategy} program at ${cprog.hook.name} says ${said}, ${right} is right, on ${frame.toHex()}`,
  );
}

function bytesOfCounters(loaded: LoadedFilter): number {
  const map = loaded.countersMap;
  return map.lookupSize * map.maxEntries;
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
