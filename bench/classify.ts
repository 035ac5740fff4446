/**
 * The data plane: `deno task bench`, as root. What each strategy costs per packet on each rule set, beside one hash
 * lookup, the targets, and nft. README.md says how to read it.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { benchFilter } from "../lib/bench/bench_filter.ts";
import { drawPackets } from "../lib/bench/draw_packets.ts";
import { Scan } from "../lib/bench/scan.ts";
import { TRACE_FRAMES } from "../lib/bench/trace.ts";
import { prepareTraffic, type Traffic } from "../lib/bench/traffic.ts";
import { STRATEGIES, type StrategyChoice } from "../lib/classify/plan.ts";
import { createCprog, mapContents } from "../lib/cprog.ts";
import { FilterError, VerifierError } from "../lib/diagnostics/errors.ts";
import type { Filter } from "../lib/model/filter.ts";
import { findHook, type HookName } from "../lib/model/hooks.ts";
import type { Packet } from "../lib/semantics/dissect.ts";
import { VERSION } from "../lib/version.ts";
import { benchNft, whyNoNft } from "./nft.ts";
import {
  ADDRESS_SETS,
  ADDRESSES,
  addressSet,
  hasData,
  MADE_SETS,
  makeSet,
  readRuleSet,
  type RuleSet,
  SETS,
  SIZES,
} from "./rule_sets.ts";
import { measureSwap } from "./swap.ts";
import { formatHeading, formatRow, formatSwap, type Row } from "./table.ts";
import { targetOf } from "./targets.ts";

const HELP = `deno task bench [OPTIONS], as root

  --rules 16,1000        numbers of rules (default: ${SIZES.join()})
  --addresses 1000000    entries of the sets of addresses, 0 for none (default: ${ADDRESSES})
  --sets acl1,fw1        rule sets: ${SETS.join()}, where ClassBench's are beside the repository,
                         ${Object.keys(MADE_SETS).join()}, made from the seed, ${ADDRESS_SETS.join()}
  --strategies classes   strategies, auto and nft among them (default: each one, and nft)
  --hook xdp             hooks (default: xdp,tc-ingress)
  --seconds 1            time for each measurement, at least (default: 1)
  --seed 1               other packets, in another order, and other sets where they are made
  --swaps                measure how long changes of rules take, too
  --json FILE            write the figures as JSON
  --readme               put the table into bench/README.md
`;

/** What is measured. */
export interface Options {
  readonly rules: readonly number[];
  readonly addresses: readonly number[];
  readonly sets: readonly string[];
  readonly strategies: readonly string[];
  readonly hooks: readonly HookName[];
  readonly seconds: number;
  readonly seed: number;
  readonly swaps: boolean;
}

/** `linear` looks at each rule, and nft does: tens of microseconds a packet beyond so many. */
const SCANNED_RULES = 1_000;
/** Entries of a hash map, or rules, that no near cache holds. */
const FAR_ENTRIES = 50_000;
/** nft has fewer packets: it takes 35 us each among 1 000 rules. */
const NFT_PACKETS = 16_384;
/** `nft -f` of a million elements takes seconds, and giving them back a minute and a half. */
const NFT_ELEMENTS = 100_000;

/** Measures, a row at a time. */
export async function* measureAll(options: Options): AsyncGenerator<Row> {
  const noNft = whyNoNft();
  for await (const set of ruleSets(options)) {
    const { name, size } = set;
    if ("missing" in set) {
      for (const hook of options.hooks) yield { set: name, size, hook, strategy: "-", skipped: set.missing };
      continue;
    }
    const { filter } = set;
    const packets = drawPackets(filter, { count: TRACE_FRAMES, seed: options.seed });
    const traffic = prepareTraffic(filter, { packets, seed: options.seed });
    // A set of addresses is one rule.
    const count = ADDRESS_SETS.includes(name) ? size : filter.size;
    const target = targetOf(size, ADDRESS_SETS.includes(name));
    const auto = timeAuto(filter);
    const refusals = new Map<string, string>();
    for (const hook of options.hooks) {
      for (const strategy of options.strategies) {
        if (strategy === "nft") continue;
        const chosen = strategy === auto?.strategy && { chosen: true, autoMs: auto.ms };
        const row: Row = { set: name, size, count, hook, strategy, ...chosen, ...(target && { target }) };
        // A plan is the same at every hook.
        const hopeless = refusals.get(strategy) ?? whyHopeless(strategy, filter);
        if (hopeless !== undefined) yield { ...row, skipped: hopeless };
        else yield { ...row, ...await measureOne(filter, traffic, row, { ...options, refusals }) };
      }
    }
    if (options.strategies.includes("nft")) {
      const row = { set: name, size, count, hook: "tc-ingress", strategy: "nft" } as const;
      yield { ...row, ...await measureNft(filter, count, packets, noNft) };
    }
  }
}

function whyHopeless(strategy: string, { size }: Filter): string | undefined {
  if (strategy !== "linear" || size <= SCANNED_RULES) return undefined;
  return `linear looks at each rule: some ${Math.round(size * 3 / 1000)} us a packet`;
}

/** How long changes of rules take, on the sets and sizes that strategies with tables are for. */
export async function* measureSwaps(options: Options): AsyncGenerator<string> {
  for await (
    const set of ruleSets({
      ...options,
      rules: options.rules.filter((size) => size >= 1_000),
      addresses: [],
    })
  ) {
    if ("missing" in set) continue;
    const { name, filter } = set;
    for (const strategy of ["classes", "tuple"] as const) {
      if (!options.strategies.includes(strategy)) continue;
      try {
        for (const result of await measureSwap(filter, strategy)) yield formatSwap(name, filter.size, strategy, result);
      } catch (error) {
        if (!(error instanceof FilterError)) throw error;
      }
    }
  }
}

async function* ruleSets(options: Options): AsyncGenerator<RuleSet> {
  for (const size of options.rules) {
    for (const name of options.sets) {
      if (SETS.includes(name)) yield await readRuleSet(name, size);
      if (name in MADE_SETS) yield makeSet(name, size, options.seed);
    }
  }
  for (const size of options.addresses.filter((one) => one > 0)) {
    for (const name of options.sets) if (ADDRESS_SETS.includes(name)) yield addressSet(name, size);
  }
}

async function measureOne(
  filter: Filter,
  traffic: Traffic,
  { strategy, hook }: { readonly strategy: string; readonly hook: HookName },
  { seconds, refusals }: { readonly seconds: number; readonly refusals: Map<string, string> },
): Promise<Partial<Row>> {
  try {
    const choice = strategy as StrategyChoice;
    // What is too large for the near caches is at the mercy of others on the machine: more rounds find a calm moment.
    const longer = traffic.hashEntries >= FAR_ENTRIES ? 4 * seconds : seconds;
    return { result: await benchFilter(filter, { strategy: choice, hook, traffic, seconds: longer, rounds: 3 }) };
  } catch (error) {
    if (error instanceof FilterError) refusals.set(strategy, firstLine(error));
    if (error instanceof FilterError || error instanceof VerifierError) return { skipped: firstLine(error) };
    // Wrong verdicts too: there is no figure for a program that is wrong.
    return { error: firstLine(error) };
  }
}

async function measureNft(
  filter: Filter,
  size: number,
  packets: readonly Packet[],
  missing: string | undefined,
): Promise<Partial<Row>> {
  if (missing !== undefined) return { skipped: missing };
  if (filter.size > SCANNED_RULES) return { skipped: `a packet takes over 100 us beyond ${SCANNED_RULES} rules` };
  if (size > NFT_ELEMENTS && filter.size === 1) return { skipped: `a set of more than ${NFT_ELEMENTS} takes minutes` };
  const some = packets.slice(0, NFT_PACKETS);
  const scan = new Scan(filter);
  const misses = some.filter((packet) => scan.evaluate(packet).rule === null).length;
  try {
    return { nft: await benchNft(filter, some, misses) };
  } catch (error) {
    return { skipped: firstLine(error) };
  }
}

/** What `auto` takes, and how long it takes to find out and to build it. */
function timeAuto(filter: Filter): { readonly strategy: string; readonly ms: number } | undefined {
  const start = performance.now();
  try {
    const cprog = createCprog(filter);
    mapContents(cprog);
    return { strategy: cprog.plan.strategy, ms: performance.now() - start };
  } catch {
    // Whatever it is, the strategies that are measured run into it too, and say so.
    return undefined;
  }
}

function firstLine(error: unknown): string {
  const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
  return line.length > 120 ? `${line.slice(0, 120)}...` : line;
}

/** The machine, in a line. */
export function describeMachine(): string {
  const cpu = /model name\s*: (.*)/.exec(Deno.readTextFileSync("/proc/cpuinfo"))?.[1] ?? Deno.build.arch;
  const [load = 0] = Deno.loadavg();
  return `kefir ${VERSION}, Linux ${Deno.osRelease()}, Deno ${Deno.version.deno}, ${cpu}, ` +
    `${navigator.hardwareConcurrency} CPUs, load ${load.toFixed(1)}, ${new Date().toISOString().slice(0, 10)}`;
}

const README = new URL("README.md", import.meta.url);
const MARKS = ["<!-- table -->\n", "<!-- end of table -->\n"] as const;

function writeReadme(lines: readonly string[]): void {
  const text = Deno.readTextFileSync(README);
  const [start, end] = MARKS.map((mark) => text.indexOf(mark)) as [number, number];
  if (start < 0 || end < start) throw new Error("README.md has no place for the table");
  const table = ["```text", ...lines, "```", ""].join("\n");
  Deno.writeTextFileSync(README, `${text.slice(0, start)}${MARKS[0]}\n${table}\n${text.slice(end)}`);
}

/** Reads the command line. @throws TypeError for an option that does not exist */
export function readOptions(args: string[]): Options & { readonly json?: string; readonly readme: boolean } {
  const { values } = parseArgs({
    args,
    options: {
      rules: { type: "string", default: SIZES.join() },
      addresses: { type: "string", default: String(ADDRESSES) },
      sets: { type: "string", default: [...(hasData() ? SETS : Object.keys(MADE_SETS)), ...ADDRESS_SETS].join() },
      strategies: { type: "string", default: [...STRATEGIES, "nft"].join() },
      hook: { type: "string", default: "xdp,tc-ingress" },
      seconds: { type: "string", default: "1" },
      seed: { type: "string", default: "1" },
      json: { type: "string" },
      readme: { type: "boolean", default: false },
      swaps: { type: "boolean", default: false },
    },
  });
  const numbers = (option: "rules" | "addresses" | "seconds" | "seed", known?: readonly number[]) =>
    values[option].split(",").map((word) => {
      const number = Number(word);
      if (word !== "" && number >= 0 && (known?.includes(number) ?? true)) return number;
      throw new TypeError(`--${option} ${word}: should be ${known?.join() ?? "a number"}`);
    });
  const words = (option: "sets" | "strategies" | "hook", isKnown: (word: string) => boolean) => {
    const all = values[option].split(",");
    const unknown = all.find((word) => !isKnown(word));
    if (unknown === undefined) return all;
    throw new TypeError(`--${option} ${unknown}: there is none of that name`);
  };
  return {
    rules: numbers("rules", SIZES),
    addresses: numbers("addresses"),
    sets: words("sets", (word) => [...SETS, ...Object.keys(MADE_SETS), ...ADDRESS_SETS].includes(word)),
    strategies: words("strategies", (word) => ([...STRATEGIES, "auto", "nft"] as string[]).includes(word)),
    hooks: words("hook", (word) => findHook(word) !== undefined) as HookName[],
    seconds: numbers("seconds")[0] as number,
    seed: numbers("seed")[0] as number,
    ...(values.json !== undefined && { json: values.json }),
    readme: values.readme,
    swaps: values.swaps,
  };
}

async function main(): Promise<number> {
  if (Deno.args.includes("--help")) return print(HELP), 0;
  let options: ReturnType<typeof readOptions>;
  try {
    options = readOptions(Deno.args);
  } catch (error) {
    console.error(`${firstLine(error)}\n\n${HELP}`);
    return 1;
  }
  const machine = describeMachine();
  const lines = [machine, "", formatHeading()];
  lines.forEach(print);
  const rows: Row[] = [];
  for await (const row of measureAll(options)) {
    rows.push(row);
    lines.push(formatRow(row));
    print(lines.at(-1) as string);
    // Written each time: a run takes long, and may be ended.
    if (options.json !== undefined) await Deno.writeTextFile(options.json, JSON.stringify({ machine, rows }) + "\n");
  }
  const legend = "* what auto takes   ! more than the target";
  lines.push("", legend);
  lines.slice(-2).forEach(print);
  if (options.swaps) {
    lines.push("", "changes of a loaded program: to a plan, and from there to where no packet sees the old rules", "");
    lines.slice(-3).forEach(print);
    for await (const line of measureSwaps(options)) {
      lines.push(line);
      print(line);
    }
  }
  if (options.readme) writeReadme(lines);
  const wrong = rows.filter((row) => row.error !== undefined);
  if (wrong.length > 0) print(`${wrong.length} rows are WRONG`);
  return wrong.length > 0 ? 1 : 0;
}

function print(line: string): void {
  console.log(line);
}

if (import.meta.main) Deno.exit(await main());
