/**
 * `kefir explain`: why a packet gets its verdict, or how a filter would run.
 *
 * @module
 */

import { Command, Option } from "npm:commander@15.1.0";
import { checkFilter, checkFlags, createCprog, FilterError, parseHex } from "../../mod.ts";
import { explainPacket } from "../explain_packet.ts";
import { explainPlan, explainPlanAsJson } from "../explain_plan.ts";
import { UsageError } from "../exit_code.ts";
import {
  addFlags,
  addProgram,
  example,
  fileArgument,
  type FlagOptions,
  parseIndex,
  programFlags,
  type ProgramOptions,
  type SyntaxOption,
  syntaxOption,
} from "../options.ts";
import { checkStandardInput, readFilter, readPackets } from "../read_input.ts";
import { printWarnings } from "../render_diagnostic.ts";

interface Options extends SyntaxOption, ProgramOptions, FlagOptions {
  readonly packet?: string;
  readonly pcap?: string;
  readonly index?: number;
  readonly json?: true;
}

/** The command. */
export function explainCommand(): Command {
  const command = new Command("explain")
    .summary("say why a packet gets its verdict")
    .description(
      "Says why a packet gets its verdict: its headers, and of each rule the first match that does not hold. Without a " +
        "packet: how the filter would run, why so, and what the other strategies would cost.",
    )
    .addArgument(fileArgument())
    .option("--packet <hex>", "the packet from its Ethernet header on, in hexadecimal")
    .option("--pcap <capture>", "pcap or pcapng file that has the packet, - for standard input")
    .addOption(
      new Option("--index <number>", "which packet of the capture, from 0 (default: 0)").argParser(parseIndex),
    )
    .addOption(syntaxOption());
  return addFlags(addProgram(command))
    .option("--json", "without a packet: print it as JSON")
    .addHelpText("after", example("kefir explain examples/web.kefir --pcap examples/web.pcap --index 3"))
    .action(explainFile);
}

async function explainFile(file: string, options: Options): Promise<void> {
  checkOptions(options);
  checkStandardInput([file, options.pcap]);
  const { filter } = await readFilter(file, options);
  const bytes = await readPacket(options);
  const flags = programFlags(options);
  if (bytes !== undefined) {
    const refused = checkFlags(filter, flags);
    if (refused.length > 0) throw new FilterError(refused);
    printWarnings(checkFilter(filter));
    return explainPacket(filter, { bytes }, flags);
  }
  const cprog = createCprog(filter, { hook: options.hook, strategy: options.strategy, ...flags });
  printWarnings(cprog.warnings);
  if (options.json) explainPlanAsJson(file, cprog);
  else explainPlan(file, cprog);
}

function checkOptions({ packet, pcap, index, json }: Options): void {
  if (packet !== undefined && pcap !== undefined) {
    throw new UsageError("Cannot explain two packets: there should be --packet or --pcap, both are given");
  }
  if (json && (packet !== undefined || pcap !== undefined)) {
    throw new UsageError("Cannot explain a packet as JSON: --json is for the filter alone");
  }
  if (index !== undefined && pcap === undefined) {
    throw new UsageError("Cannot use --index alone: it should come with --pcap");
  }
}

async function readPacket({ packet, pcap, index = 0 }: Options): Promise<Uint8Array | undefined> {
  if (packet !== undefined) {
    const bytes = parseHex(packet);
    if (bytes !== undefined && bytes.length > 0) return bytes;
    throw new UsageError(
      "Cannot read --packet: it should be hexadecimal, two digits a byte",
      "such as ffffffffffff0200...",
    );
  }
  if (pcap === undefined) return undefined;
  const packets = await readPackets(pcap);
  const found = packets[index];
  if (found !== undefined) return found.bytes;
  throw new UsageError(
    `Cannot find packet ${index} in "${pcap}": ` +
      (packets.length === 0 ? "it has none" : `it has 0 to ${packets.length - 1}`),
  );
}
