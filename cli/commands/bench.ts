/**
 * `kefir bench`: what a filter costs per packet.
 *
 * @module
 */

import { Command, Option } from "npm:commander@15.1.0";
import { benchFilter, type BenchResult } from "../../mod.ts";
import {
  addClang,
  addProgram,
  type ClangOptions,
  compileOptions,
  example,
  fileArgument,
  parseIndex,
  parseSeconds,
  type ProgramOptions,
  type SyntaxOption,
  syntaxOption,
} from "../options.ts";
import { UsageError } from "../exit_code.ts";
import { count, escapeControls, printJson, printLine } from "../output.ts";
import { checkStandardInput, readFilter, readPackets } from "../read_input.ts";

interface Options extends SyntaxOption, ProgramOptions, ClangOptions {
  readonly pcap?: string;
  readonly seed?: number;
  readonly seconds?: number;
  readonly json?: true;
}

/** The command. */
export function benchCommand(): Command {
  const command = new Command("bench")
    .summary("measure what a filter costs per packet")
    .description(
      "Measures what a filter costs per packet, in the kernel and without an interface, beside one lookup in a hash map " +
        "of as many entries (H). Verdicts are checked first.",
    )
    .addArgument(fileArgument())
    .option("--pcap <capture>", "the traffic, - for standard input (default: packets drawn from the rules)")
    .addOption(syntaxOption());
  return addClang(addProgram(command))
    .addOption(new Option("--seconds <seconds>", "measure at least that long (default: 1)").argParser(parseSeconds))
    .addOption(new Option("--seed <number>", "draw other packets, in another order (default: 1)").argParser(parseIndex))
    .option("--json", "print the figures as JSON")
    .addHelpText("after", example("kefir bench examples/web.kefir --pcap examples/web.pcap"))
    .action(benchFile);
}

async function benchFile(file: string, options: Options): Promise<void> {
  const { hook, strategy, pcap, seed, seconds, json } = options;
  checkStandardInput([file, pcap]);
  const { filter } = await readFilter(file, options);
  const packets = pcap === undefined ? undefined : await readPackets(pcap);
  if (packets?.length === 0) throw new UsageError(`Cannot bench with "${pcap}": it has no packets`);
  const result = await benchFilter(filter, {
    ...compileOptions(options),
    hook,
    strategy,
    ...(packets !== undefined && { packets }),
    ...(seed !== undefined && { seed }),
    ...(seconds !== undefined && { seconds }),
  });
  if (json) printJson(result);
  else printResult(file, result, pcap);
}

function printResult(file: string, result: BenchResult, pcap: string | undefined): void {
  const { rules, strategy, hook, ns, uncountedNs, hashNs, ratio, hashEntries, parsedHashNs, emptyNs, packets } = result;
  const traffic = pcap === undefined ? "drawn from the rules" : `of ${escapeControls(pcap)}`;
  const cut = result.cutPackets === 0 ? "" : `, ${result.cutPackets} of them cut`;
  printLine(`${escapeControls(file)}: ${count(rules, "rule")}, ${strategy} at ${hook}`);
  printLine(`  packet    ${ns} ns: ${ratio} H; ${uncountedNs} ns if rules did not count`);
  printLine(
    `  H         ${hashNs} ns: one lookup in a hash map of ${hashEntries} entries; ${parsedHashNs} ns with parsing`,
  );
  printLine(`  empty     ${emptyNs} ns, subtracted from both`);
  printLine(`  build     ${result.buildMs} ms from parsed rules to maps`);
  printLine(`  maps      ${count(result.mapBytes, "byte")}, and ${result.counterBytes} of counters`);
  printLine(`  packets   ${packets} ${traffic}${cut}; ${result.checkedPackets} verdicts checked`);
}
