/**
 * `kefir compile`: a filter as C, as LLVM IR, as a BPF object, or as commands that fill the map of one.
 *
 * @module
 */

import { basename } from "node:path";
import { Command, InvalidArgumentError, Option } from "npm:commander@15.1.0";
import {
  compileCprog,
  compileCprogToLlvmIr,
  type Cprog,
  createCprog,
  type MapReference,
  mapUpdateCommands,
} from "../../mod.ts";
import { UsageError } from "../exit_code.ts";
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
  type LicenseOption,
  licenseOption,
  programFlags,
  type ProgramOptions,
  type SyntaxOption,
  syntaxOption,
} from "../options.ts";
import { escapeControls, printBytes, printError } from "../output.ts";
import { readFilter } from "../read_input.ts";
import { printWarnings } from "../render_diagnostic.ts";
import { writeFileWhole } from "../write_file.ts";

interface Options extends SyntaxOption, ProgramOptions, FlagOptions, ClangOptions, LicenseOption {
  readonly emit?: Emit;
  readonly output: string;
  readonly counters: boolean;
  readonly map?: MapReference;
  readonly dryRun?: true;
}

/** What can be written, and what it is called. */
const EMITS = { c: "C", object: "object", "llvm-ir": "LLVM IR", "map-commands": "commands" } as const;
type Emit = keyof typeof EMITS;

/** The command. */
export function compileCommand(): Command {
  const command = new Command("compile")
    .summary("turn a filter into C or a BPF object")
    .description(
      "Turns a filter into C that a person can read, into LLVM IR, or into a BPF object that any loader takes. The object of " +
        "--strategy linear has its rules in a map, which the lines of --emit map-commands fill.",
    )
    .addArgument(fileArgument())
    .addOption(syntaxOption());
  return addClang(addFlags(addProgram(command)))
    .addOption(
      choice("--emit <what>", "what is written (default: object for a name in .o, llvm-ir for .ll, else c)", EMITS),
    )
    .option("-o, --output <out>", "the file to write, - for standard output", "-")
    .addOption(licenseOption())
    .option("--no-counters", "leave out what counts the packets and bytes of each rule")
    .addOption(
      new Option("--map <map>", "the map of map-commands: id:N, pinned:PATH or name:NAME (default: name:kefir_rules)")
        .argParser(parseMap),
    )
    .option("--dry-run", "do all but write")
    .addHelpText(
      "after",
      example(
        "kefir compile examples/web.kefir --hook tc-ingress -o web.o",
        "kefir compile examples/web.kefir --strategy linear --emit map-commands --map id:7 | sh",
      ),
    )
    .action(compileFile);
}

async function compileFile(file: string, options: Options): Promise<void> {
  const { output, hook, strategy, license } = options;
  const emit = options.emit ?? (output.endsWith(".o") ? "object" : output.endsWith(".ll") ? "llvm-ir" : "c");
  if (emit === "llvm-ir" && options.llc !== undefined) {
    throw new UsageError("Cannot use --llc for llvm-ir: llc makes objects", "--emit object makes one by --llc");
  }
  if (emit !== "map-commands" && options.map !== undefined) {
    throw new UsageError(`Cannot use --map for ${emit}: it is for commands`, "--emit map-commands");
  }
  const toTerminal = output === "-" && Deno.stdout.isTerminal();
  if (emit === "object" && toTerminal && !options.dryRun) {
    throw new UsageError("Cannot write an object to a terminal: it is binary", "-o FILE writes it to a file");
  }
  const { filter } = await readFilter(file, options);
  const cprog = createCprog(filter, {
    hook,
    strategy,
    name: programName(file),
    counts: options.counters,
    ...programFlags(options),
    ...(license !== undefined && { license }),
  });
  printWarnings(cprog.warnings);
  const bytes = await emitAs(emit, cprog, options);
  if (options.dryRun) {
    const where = output === "-" ? "standard output" : output;
    printError(`Would write ${bytes.length} bytes of ${EMITS[emit]} to ${escapeControls(where)}`);
  } else if (output === "-") {
    // C and IR are printable ASCII, commands have no control character: nothing to escape.
    printBytes(bytes);
  } else writeFileWhole(output, bytes);
}

async function emitAs(emit: Emit, cprog: Cprog, options: Options): Promise<Uint8Array> {
  if (emit === "c") return new TextEncoder().encode(cprog.text);
  if (emit === "map-commands") {
    const commands = mapUpdateCommands(cprog, options.map === undefined ? {} : { map: options.map });
    return new TextEncoder().encode(Array.from(commands, ({ text }) => `${text}\n`).join(""));
  }
  const settings = { ...compileOptions(options), complete: true };
  if (emit === "object") return (await compileCprog(cprog, settings)).elf;
  return new TextEncoder().encode((await compileCprogToLlvmIr(cprog, settings)).text);
}

/** `id:7`, `pinned:/sys/fs/bpf/rules` or `name:kefir_rules`. */
function parseMap(text: string): MapReference {
  const [, kind, rest = ""] = /^(id|pinned|name):(.+)$/s.exec(text) ?? [];
  if (kind === "pinned") return { pinned: rest };
  if (kind === "name") return { name: rest };
  if (kind === "id" && /^[1-9]\d{0,9}$/.test(rest)) return { id: Number(rest) };
  throw new InvalidArgumentError("It should be id:N, pinned:PATH or name:NAME.");
}

/** The file's name without directory and ending: the C of a filter is the same wherever it lies. */
function programName(file: string): string {
  return file === "-" ? "filter" : basename(file).replace(/(?<=.)\.[^.]*$/, "");
}
