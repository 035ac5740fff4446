/**
 * Two filters in turn in a program that packets go through meanwhile, and whether each packet met one of the two.
 *
 * @module
 */

import { type CounterPlaces, newPlaces } from "../../lib/classify/counters.ts";
import { isTablePlan, type StrategyName } from "../../lib/classify/plan.ts";
import { compile } from "../../lib/compile.ts";
import { clearCounters } from "../../lib/counters.ts";
import { type Cprog, TABLES_MAP } from "../../lib/cprog.ts";
import { innerMapId, openMapById, u32Bytes } from "../../lib/kernel/map.ts";
import { sleepMs } from "../../lib/kernel/readers.ts";
import { loadCprog, LoadedFilter } from "../../lib/load.ts";
import { counterKeys } from "../../lib/model/counter_keys.ts";
import type { Filter } from "../../lib/model/filter.ts";
import type { Packet } from "../../lib/semantics/dissect.ts";
import { evaluate, type Verdict } from "../../lib/semantics/evaluate.ts";
import { type Change, planChange, swapRules } from "../../lib/swap.ts";
import type { Outcome, TrafficOrder } from "./traffic_worker.ts";

/** How rules get into the program. `in-place` writes the tables that it uses, piece by piece: that is no swap. */
export type SwapKind = "atomic" | "in-place";

/** What is tried. */
export interface Trial {
  readonly strategy: StrategyName;
  /** The two that take turns. */
  readonly filters: readonly [Filter, Filter];
  /** Each decided by rules of its own in both filters. */
  readonly packets: readonly Packet[];
  /** How often one takes the place of the other. */
  readonly swaps: number;
  readonly kind: SwapKind;
  /**
   * Runs of the program on a packet at once; 1 unless given. With many the program is nearly always running when rules are
   * swapped, but only the last verdict is seen, and the counts.
   */
  readonly repeat?: number;
}

/** What was found. */
export interface Findings {
  /** What neither filter would have done, and counts that are not those of the packets. */
  readonly violations: readonly string[];
  /** Packets judged in all. */
  readonly judged: number;
}

/** Swaps, while a thread runs packets through the program. @throws Error when a swap would take another program */
export async function swapUnderTraffic(trial: Trial): Promise<Findings> {
  const { strategy, filters, packets, swaps, kind, repeat = 1 } = trial;
  // At XDP the kernel patches itself before it repeats, and waits.
  const { cprog, object } = await compile(filters[0], { strategy, hook: repeat === 1 ? "xdp" : "tc-ingress" });
  let loaded = loadCprog(cprog, object);
  using _loaded = loaded;
  const traffic = new Traffic({
    programId: loaded.program.id,
    frames: packets.map(({ bytes }) => Uint8Array.from(bytes)),
    drop: cprog.hook.verdicts.drop,
    repeat,
    state: new Int32Array(new SharedArrayBuffer(8)),
  });
  const counts = new Counts();
  const plans = new Plans();
  for (let turn = 1; turn <= swaps; turn++) {
    await traffic.goesOn();
    const change = plans.change(loaded.cprog, filters[turn % 2] as Filter);
    if (change.tier !== "data") throw new Error(`swap ${turn} takes another program (${change.tier})`);
    const next = kind === "atomic" ? swapRules(loaded, change) : overwriteRules(loaded, change);
    counts.retire(loaded, change.cprog.filter);
    loaded = next;
  }
  await traffic.goesOn();
  const outcomes = await traffic.end();
  counts.retire(loaded);
  const violations = packets.flatMap((packet, index) => check(trial, packet, outcomes[index] as Outcome, counts));
  const judged = repeat * outcomes.reduce((sum, { passed, dropped }) => sum + passed + dropped, 0);
  if (counts.total !== judged) violations.push(`${counts.total} packets were counted, ${judged} judged`);
  return { violations, judged };
}

/** What a packet cannot have met. */
function check(
  { filters, packets, repeat = 1 }: Trial,
  packet: Packet,
  { passed, dropped }: Outcome,
  counts: Counts,
): string[] {
  const verdicts = filters.map((filter) => evaluate(filter, packet));
  const keys = filters.map((filter, index) => counterKeys(filter)[(verdicts[index] as Verdict).rule ?? filter.size]);
  const actions = verdicts.map(({ action }) => action);
  const what = `packet ${packets.indexOf(packet)}`;
  const found: string[] = [];
  if (dropped > 0 && !actions.includes("drop")) found.push(`${what} was dropped ${dropped} times, which neither does`);
  if (passed > 0 && !actions.includes("pass")) found.push(`${what} passed ${passed} times, which neither lets it`);
  const expect = (counted: number, met: number, by: string) => {
    if (counted !== met) found.push(`${what}: ${by} counted ${counted}, of ${met}`);
  };
  // Where the verdict tells which filter it was, each count is known; elsewhere their sum.
  if (actions[0] === actions[1] || repeat > 1) {
    expect([...new Set(keys)].reduce((sum, key) => sum + counts.of(key), 0), repeat * (passed + dropped), "its rules");
  } else {
    actions.forEach((action, index) => expect(counts.of(keys[index]), action === "drop" ? dropped : passed, action));
  }
  return found;
}

/** Changes, each planned once: after a few turns the counters are where they were before. */
class Plans {
  readonly #changes = new Map<string, Change>();

  change(running: Cprog, next: Filter): Change {
    const from = [counterKeys(running.filter), running.plan.counters.indexes, counterKeys(next)].join();
    const change = this.#changes.get(from) ?? planChange(running, next);
    // One that edits tables is for those tables alone.
    if (change.records === undefined) this.#changes.set(from, change);
    return change;
  }
}

/** What was counted, by what it is a count of. */
class Counts {
  readonly #counts = new Map<string, number>();

  of(key: string | undefined): number {
    return this.#counts.get(key ?? "") ?? 0;
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Adds what was counted under rules that are in force no more: nobody counts in them, and they will begin at zero. */
  retire(loaded: LoadedFilter, next?: Filter): void {
    const staying = new Set(next === undefined ? [] : counterKeys(next));
    const counters = loaded.readCounters();
    counterKeys(loaded.cprog.filter).forEach((key, index) => {
      if (!staying.has(key)) this.#counts.set(key, this.of(key) + (counters[index]?.packets ?? 0));
    });
  }
}

const PIECES = 16;

/** What a swap must not be: the tables that the program uses are written one after the other. */
function overwriteRules(loaded: LoadedFilter, { cprog }: Change): LoadedFilter {
  const { plan } = cprog;
  if (!isTablePlan(plan)) throw new Error(`${plan.strategy} has no tables`);
  const before: CounterPlaces = loaded.cprog.plan.counters;
  clearCounters(loaded.countersMap, newPlaces(before, plan.counters));
  using tables = openMapById(innerMapId(loaded.object.map(TABLES_MAP)) as number);
  const value = tables.lookup(u32Bytes(0)) as Uint8Array<ArrayBuffer>;
  const used = value.findLastIndex((byte, index) => byte !== plan.tables[index]) + 1;
  for (let piece = 0; piece < PIECES; piece++) {
    const [from, to] = [Math.floor(used * piece / PIECES), Math.floor(used * (piece + 1) / PIECES)];
    value.set(plan.tables.subarray(from, to), from);
    tables.update(u32Bytes(0), value);
    // Long enough for the other thread, whatever else the machine does.
    sleepMs(1);
  }
  return new LoadedFilter({ cprog, file: loaded.file, object: loaded.object });
}

/** Packets from a thread of its own. */
class Traffic {
  readonly #worker = new Worker(new URL("./traffic_worker.ts", import.meta.url), { type: "module" });
  readonly #state: Int32Array<SharedArrayBuffer>;
  readonly #outcomes: Promise<readonly Outcome[]>;

  constructor(order: TrafficOrder) {
    this.#state = order.state;
    this.#outcomes = new Promise((resolve, reject) => {
      this.#worker.onmessage = ({ data }) => resolve(data);
      this.#worker.onerror = (event) => reject(new Error(event.message));
    });
    this.#worker.postMessage(order);
  }

  /** Waits until all packets were tried once more. */
  async goesOn(): Promise<void> {
    const seen = Atomics.load(this.#state, 0);
    const failed = this.#outcomes.then(() => {});
    while (Atomics.load(this.#state, 0) === seen) {
      await Promise.race([new Promise((resolve) => setTimeout(resolve, 0)), failed]);
    }
  }

  /** Stops it, and says what became of the packets. */
  async end(): Promise<readonly Outcome[]> {
    Atomics.store(this.#state, 1, 1);
    const outcomes = await this.#outcomes;
    this.#worker.terminate();
    return outcomes;
  }
}
