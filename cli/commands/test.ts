/**
 * `kefir test`: what a filter does with the packets of a capture.
 *
 * @module
 */

import { Command } from "npm:commander@15.1.0";
import {
  type CapturedPacket,
  checkFilter,
  checkFlags,
  compileCprog,
  createCprog,
  evaluate,
  type Filter,
  FilterError,
  isKernelAtLeast,
  loadCprog,
  type ProgramFlags,
  Replay,
  type ReplayedVerdict,
  type Verdict,
  type VerifierLogLevel,
} from "../../mod.ts";
import {
  addClang,
  addFlags,
  addProgram,
  choice,
  type ClangOptions,
  compileOptions,
  example,
  fileArgument,
  type FlagOptions,
  programFlags,
  type ProgramOptions,
  type SyntaxOption,
  syntaxOption,
} from "../options.ts";
import { UsageError } from "../exit_code.ts";
import { printJson } from "../output.ts";
import { checkStandardInput, readFilter, readPackets } from "../read_input.ts";
import { printDiagnostics, printWarnings } from "../render_diagnostic.ts";
import { printVerdicts } from "../render_verdicts.ts";
import { printVerifierLog, verifierLogOption, withVerifierLog } from "../verifier_log.ts";

interface TestOptions extends SyntaxOption, ProgramOptions, FlagOptions, ClangOptions {
  readonly pcap?: string;
  readonly engine: "model" | "kernel";
  readonly verifierLog?: VerifierLogLevel;
  readonly json?: true;
}

/** The command. */
export function testCommand(): Command {
  const command = new Command("test")
    .summary("say what a filter does with captured packets")
    .description(
      "Says what a filter does with each packet of a capture: as the reference evaluator has it, or as the program does " +
        "in the kernel. Nothing is attached.",
    )
    .addArgument(fileArgument())
    .option("--pcap <capture>", "required: pcap or pcapng file of Ethernet frames, - for standard input")
    .addOption(
      choice("--engine <engine>", "who decides; the options about programs are the kernel's", { model: 0, kernel: 0 })
        .default("model"),
    )
    .addOption(syntaxOption());
  return addClang(addFlags(addProgram(command)))
    .addOption(verifierLogOption())
    .option("--json", "print the verdicts as JSON")
    .addHelpText("after", example("kefir test examples/web.kefir --pcap examples/web.pcap --engine kernel"))
    .action(testFile);
}

async function testFile(file: string, options: TestOptions): Promise<void> {
  // Not commander's own check, which would hide a misspelt --pcpa.
  if (options.pcap === undefined) throw new UsageError("Cannot test: --pcap should name a capture");
  checkStandardInput([file, options.pcap]);
  const { filter } = await readFilter(file, options);
  const packets = await readPackets(options.pcap);
  const verdicts = options.engine === "model"
    ? judgeByModel(filter, packets, programFlags(options))
    : await withVerifierLog(options.verifierLog ?? 0, () => judgeByKernel(filter, packets, options));
  if (options.json) {
    printJson({ packets: verdicts.map((verdict, at) => describe(verdict, packets[at]?.index ?? at, filter)) });
  } else printVerdicts(verdicts, { filter, engine: options.engine });
}

function judgeByModel(
  filter: Filter,
  packets: readonly CapturedPacket[],
  flags: ProgramFlags,
): readonly Verdict[] {
  const found = [...checkFlags(filter, flags), ...checkFilter(filter)];
  if (found.some(({ severity }) => severity === "error")) throw new FilterError(found);
  printDiagnostics(found);
  return packets.map((packet) => evaluate(filter, packet, flags));
}

async function judgeByKernel(
  filter: Filter,
  packets: readonly CapturedPacket[],
  options: TestOptions,
): Promise<readonly ReplayedVerdict[]> {
  const { hook, strategy, verifierLog = 0 } = options;
  const cprog = createCprog(filter, {
    hook,
    strategy,
    name: "test",
    frags: isKernelAtLeast(5, 18) && options.loops,
    ...programFlags(options),
  });
  printWarnings(cprog.warnings);
  const object = await compileCprog(cprog, compileOptions(options));
  using loaded = loadCprog(cprog, object, { logLevel: verifierLog });
  if (verifierLog > 0) printVerifierLog(loaded.object.verifierLog);
  using replay = await Replay.create(loaded, compileOptions(options));
  return packets.map((packet) => replay.run(packet));
}

function describe(verdict: Verdict | ReplayedVerdict, index: number, filter: Filter): unknown {
  const { action, rule } = verdict;
  return {
    index,
    verdict: action,
    rule,
    line: rule === null ? null : filter.at(rule)?.source?.line ?? null,
    // Said only where it is not what was asked for.
    ...("engine" in verdict && verdict.engine === "model" && { engine: "model" }),
  };
}
