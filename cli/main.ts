/**
 * The program: its commands, and from what is thrown to an exit code.
 *
 * @module
 */

import { Command, CommanderError } from "npm:commander@15.1.0";
import { VERSION } from "../mod.ts";
import { attachCommand } from "./commands/attach.ts";
import { benchCommand } from "./commands/bench.ts";
import { checkCommand } from "./commands/check.ts";
import { compileCommand } from "./commands/compile.ts";
import { convertCommand } from "./commands/convert.ts";
import { detachCommand } from "./commands/detach.ts";
import { explainCommand } from "./commands/explain.ts";
import { listCommand } from "./commands/list.ts";
import { statsCommand } from "./commands/stats.ts";
import { testCommand } from "./commands/test.ts";
import { EXIT, exitCodeOf, UsageError } from "./exit_code.ts";
import { OutputClosed } from "./output.ts";
import { reportError } from "./render_error.ts";
import { addVerbose } from "./verbose.ts";

/** Runs the command line and ends the process. */
export async function main(args: readonly string[]): Promise<never> {
  Deno.exit(await run(args));
}

/** Runs the command line; gives its exit code. */
async function run(args: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync(args, { from: "user" });
    return Deno.exitCode;
  } catch (error) {
    if (error instanceof OutputClosed) return EXIT.ok;
    if (error instanceof CommanderError && SHOWN.includes(error.code)) {
      return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    }
    const known = error instanceof CommanderError ? usageError(error) : error;
    reportError(known);
    return exitCodeOf(known);
  }
}

/** Help and version were printed: nothing is left to say. */
const SHOWN: readonly string[] = ["commander.help", "commander.helpDisplayed", "commander.version"];

function createProgram(): Command {
  const program = new Command("kefir")
    .description("Packet-filter rules, as eBPF programs that the kernel has verified, at XDP and TC.")
    .version(VERSION, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .addHelpText("after", EXIT_CODES);
  const commands = [
    checkCommand,
    compileCommand,
    convertCommand,
    testCommand,
    explainCommand,
    attachCommand,
    detachCommand,
    listCommand,
    statsCommand,
    benchCommand,
  ];
  for (const command of commands) program.addCommand(addVerbose(command()));
  for (const command of [program, ...program.commands]) {
    // Errors are thrown, and reported in one place.
    command.exitOverride().configureOutput({ outputError: () => {} }).helpOption("-h, --help", "print this help");
  }
  return program;
}

const EXIT_CODES = `
A rule file has one rule a line, in kefir's own syntax, ethtool's or flower's:
  drop ip.src in 10.0.0.0/8 and tcp.dstport in {22, 80..90}
  flow-type udp4 dst-port 53 action -1
  protocol ip flower ip_proto udp dst_port 123 action drop
  default pass

Exit codes: 0 fine, 1 usage, file or name not found, 2 syntax, 3 check,
4 compile, 5 something missing, 6 kernel, 7 verifier, 70 a bug of kefir.

Example:
  kefir test examples/web.kefir --pcap examples/web.pcap`;

function usageError(error: CommanderError): UsageError {
  const [message = "", hint] = error.message.replace(/^error: /, "").split("\n");
  return new UsageError(message, hint?.replace(/^\(D(.*)\)$/, "d$1") ?? "--help lists what there is");
}
