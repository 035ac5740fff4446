/**
 * The data plane: `deno task bench`, as root. What each strategy costs per packet on each rule set, beside one hash
 * lookup, the targets, and nft. README.md says how to read it.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { benchFilter, type BenchResult } from "../lib/bench/bench_filter.ts";
import { drawPackets } from "../lib/bench/draw_packets.ts";
import { Scan } from "../lib/bench/scan.ts";
import { TRACE_FRAMES } from "../lib/bench/trace.ts";
import { STRATEGIES, type StrategyChoice } from "../lib/classify/plan.ts";
import { createCprog } from "../lib/cprog.ts";
import { FilterError, VerifierError } from "../lib/diagnostics/errors.ts";
import type { Filter } from "../lib/model/filter.ts";
import { findHook, type HookName } from "../lib/model/hooks.ts";
import type { Packet } from "../lib/semantics/dissect.ts";
import { VERSION } from "../lib/version.ts";
import { benchNft, whyNoNft } from "./nft.ts";
import { ADDRESS_SETS, ADDRESSES, addressSet, readRuleSet, type RuleSet, SETS, SIZES } from "./rule_sets.ts";
import { type Target, targetOf } from "./targets.ts";

const HELP = `deno task bench [OPTIONS], as root

  --rules 16,1000        numbers of rules (default: ${SIZES.join()})
  --addresses 1000000    entries of the sets of addresses, 0 for none (default: ${ADDRESSES})
  --sets acl1,fw1        rule sets (default: ${[...SETS, ...ADDRESS_SETS].join()})
  --strategies classes   strategies, auto and nft among them (default: each one, and nft)
  --hook xdp             hooks (default: xdp,tc-ingress)
  --seconds 1            time for each measurement, at least (default: 1)
  --seed 1               other packets, in another order
  --json FILE            write the figures as JSON
  --readme               put the table into bench/README.md
`;

/** A line of the table. */
export interface Row {
  /** Name of the rule set. */
  readonly set: string;
  /** Rules, or entries of the set, as asked for. */
  readonly size: number;
  /** Rules, or entries, that there are. */
  readonly count?: number;
  readonly hook: HookName;
  readonly strategy: string;
  /** Whether it is what `auto` takes. */
  readonly chosen?: boolean;
  readonly result?: BenchResult;
  readonly target?: Target;
  /** Of nft: nanoseconds per packet over one `drop`, and milliseconds of loading. */
  readonly nft?: { readonly ns: number; readonly loadMs: number };
  /** Why there are no figures. */
  readonly skipped?: string;
  /** What is wrong. */
  readonly error?: string;
}

/** What is measured. */
export interface Options {
  readonly rules: readonly number[];
  readonly addresses: number;
  readonly sets: readonly string[];
  readonly strategies: readonly string[];
  readonly hooks: readonly HookName[];
  readonly seconds: number;
  readonly seed: number;
}

/** nft takes 35 us a packet among 1 000 rules: it is not asked for more, and there with less packets. */
const NFT_RULES = 1_000;
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
    // A set of addresses is one rule.
    const count = ADDRESS_SETS.includes(name) ? size : filter.size;
    const target = targetOf(size, ADDRESS_SETS.includes(name));
    for (const hook of options.hooks) {
      const chosen = strategyOfAuto(filter, hook);
      for (const strategy of options.strategies) {
        if (strategy === "nft") continue;
        const row = { set: name, size, count, hook, strategy, ...(strategy === chosen && { chosen: true }) };
        yield { ...row, ...(target && { target }), ...await measureOne(filter, packets, row, options) };
      }
    }
    if (options.strategies.includes("nft")) {
      const row = { set: name, size, count, hook: "tc-ingress", strategy: "nft" } as const;
      yield { ...row, ...await measureNft(filter, count, packets, noNft) };
    }
  }
}

async function* ruleSets(options: Options): AsyncGenerator<RuleSet> {
  for (const size of options.rules) {
    for (const name of options.sets) if (SETS.includes(name)) yield await readRuleSet(name, size);
  }
  if (options.addresses === 0) return;
  for (const name of options.sets) if (ADDRESS_SETS.includes(name)) yield addressSet(name, options.addresses);
}

async function measureOne(
  filter: Filter,
  packets: readonly Packet[],
  { strategy, hook }: { readonly strategy: string; readonly hook: HookName },
  { seconds, seed }: Options,
): Promise<Partial<Row>> {
  try {
    const choice = strategy as StrategyChoice;
    return { result: await benchFilter(filter, { strategy: choice, hook, packets, seconds, seed, rounds: 3 }) };
  } catch (error) {
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
  if (filter.size > NFT_RULES) return { skipped: `a packet takes over 100 us beyond ${NFT_RULES} rules` };
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

function strategyOfAuto(filter: Filter, hook: HookName): string | undefined {
  try {
    return createCprog(filter, { hook }).plan.strategy;
  } catch {
    // Whatever it is, the strategies that are measured run into it too, and say so.
    return undefined;
  }
}

function firstLine(error: unknown): string {
  const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
  return line.length > 120 ? `${line.slice(0, 120)}...` : line;
}

/** Widths of the columns, and what stands above them; a target is beside each figure that has one. */
const COLUMNS: readonly (readonly [heading: string, width: number])[] = [
  ["set", -15],
  ["rules", 7],
  ["hook", -10],
  ["strategy", -9],
  ["ns", 9],
  ["H", 6],
  ["H parsed", 8],
  ["ratio", 8],
  ["target", 6],
  ["build ms", 8],
  ["target", 6],
  ["map MB", 7],
  ["target", 6],
  ["counters MB", 11],
];

/** The line above the rows. */
export function formatHeading(): string {
  return formatCells(COLUMNS.map(([heading]) => heading));
}

/** A row as a line. */
export function formatRow(row: Row): string {
  const { result, target, nft } = row;
  const head = [row.set, String(row.count ?? row.size), row.hook, `${row.strategy}${row.chosen ? "*" : ""}`];
  if (row.error !== undefined) return `${formatCells(head)}  WRONG: ${row.error}`;
  if (nft !== undefined) return formatCells([...head, nft.ns.toFixed(1), "", "", "", "", nft.loadMs.toFixed(1)]);
  if (result === undefined) return `${formatCells(head)}  skipped: ${row.skipped}`;
  const { ns, hashNs, parsedHashNs, ratio, buildMs, mapBytes, counterBytes } = result;
  return formatCells([
    ...head,
    ns.toFixed(1),
    hashNs.toFixed(1),
    parsedHashNs.toFixed(1),
    ratio.toFixed(2) + miss(ratio, target?.ratio),
    target?.ratio.toFixed(1) ?? "",
    buildMs.toFixed(0) + miss(buildMs, target?.buildMs),
    target?.buildMs.toFixed(0) ?? "",
    megabytes(mapBytes) + miss(mapBytes, target?.mapBytes),
    target?.mapBytes === undefined ? "" : megabytes(target.mapBytes, 0),
    megabytes(counterBytes),
  ]);
}

function formatCells(cells: readonly string[]): string {
  return cells.map((cell, index) => {
    const width = COLUMNS[index]?.[1] ?? 0;
    return width < 0 ? cell.padEnd(-width) : cell.padStart(width);
  }).join(" ").trimEnd();
}

function miss(figure: number, target: number | undefined): string {
  return target !== undefined && figure > target ? "!" : target === undefined ? "" : " ";
}

function megabytes(bytes: number, digits = 2): string {
  return (bytes / 1e6).toFixed(digits);
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
      sets: { type: "string", default: [...SETS, ...ADDRESS_SETS].join() },
      strategies: { type: "string", default: [...STRATEGIES, "nft"].join() },
      hook: { type: "string", default: "xdp,tc-ingress" },
      seconds: { type: "string", default: "1" },
      seed: { type: "string", default: "1" },
      json: { type: "string" },
      readme: { type: "boolean", default: false },
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
    addresses: numbers("addresses")[0] as number,
    sets: words("sets", (word) => [...SETS, ...ADDRESS_SETS].includes(word)),
    strategies: words("strategies", (word) => ([...STRATEGIES, "auto", "nft"] as string[]).includes(word)),
    hooks: words("hook", (word) => findHook(word) !== undefined) as HookName[],
    seconds: numbers("seconds")[0] as number,
    seed: numbers("seed")[0] as number,
    ...(values.json !== undefined && { json: values.json }),
    readme: values.readme,
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
  print("\n" + legend);
  if (options.readme) writeReadme([...lines, "", legend]);
  const wrong = rows.filter((row) => row.error !== undefined);
  if (wrong.length > 0) print(`${wrong.length} rows are WRONG`);
  return wrong.length > 0 ? 1 : 0;
}

function print(line: string): void {
  console.log(line);
}

if (import.meta.main) Deno.exit(await main());
