/**
 * `kefir stats`: what the rules of an attached filter have decided.
 *
 * @module
 */

import { Command, Option } from "npm:commander@15.1.0";
import { type FilterStats, stats } from "../../mod.ts";
import { UsageError } from "../exit_code.ts";
import { example, parseSeconds } from "../options.ts";
import { printBytes, printError, printJson, printLine, printLines } from "../output.ts";
import { renderStats } from "../render_stats.ts";

interface Options {
  readonly json?: true;
  readonly watch?: true;
  readonly interval?: number;
}

/** The command. */
export function statsCommand(): Command {
  return new Command("stats")
    .summary("count what the rules have decided")
    .description("Shows the packets and bytes that each rule of an attached filter, and its default, have decided.")
    .argument("<name>", "name of the filter, as kefir list has it")
    .option("--json", "print them as JSON; with --watch, an object a line")
    .option("--watch", "go on until interrupted, with rates")
    .addOption(
      new Option("--interval <seconds>", "with --watch: how often (default: 1)").argParser(parseSeconds),
    )
    .addHelpText("after", example("kefir stats eth0-xdp --watch"))
    .action(showStats);
}

async function showStats(name: string, options: Options): Promise<void> {
  if (options.interval !== undefined && !options.watch) {
    throw new UsageError("Cannot use --interval alone: it should come with --watch");
  }
  if (options.watch) return await watch(name, options);
  const found = stats(name);
  if (options.json) printJson(found);
  else {
    if (!found.counts) printError(`"${name}" does not count: it was attached with --no-counters`);
    printLines(renderStats(found));
  }
}

/** Shows the counts again and again; SIGINT and SIGTERM end it, as they are meant to. */
async function watch(name: string, { json, interval = 1 }: Options): Promise<void> {
  const interrupted = new AbortController();
  const stop = (): void => interrupted.abort();
  Deno.addSignalListener("SIGINT", stop);
  Deno.addSignalListener("SIGTERM", stop);
  try {
    let before: { readonly stats: FilterStats; readonly atMs: number } | undefined;
    while (!interrupted.signal.aborted) {
      const now = { stats: stats(name), atMs: performance.now() };
      const earlier = before && { stats: before.stats, seconds: (now.atMs - before.atMs) / 1000 };
      if (json) printJson(now.stats);
      else show(renderStats(now.stats, earlier));
      before = now;
      await pause(interval * 1000, interrupted.signal);
    }
  } finally {
    Deno.removeSignalListener("SIGINT", stop);
    Deno.removeSignalListener("SIGTERM", stop);
  }
}

/** A terminal is cleared (ECMA-48: CUP, ED) before each table; elsewhere one follows the other. */
function show(lines: readonly string[]): void {
  if (Deno.stdout.isTerminal()) clearTerminal();
  printLines(lines);
  if (!Deno.stdout.isTerminal()) printLine();
}

function clearTerminal(): void {
  printBytes(new TextEncoder().encode("\x1b[H\x1b[2J"));
}

function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(resolve, durationMs);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  });
}
