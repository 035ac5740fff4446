/**
 * Options and arguments that several commands have.
 *
 * @module
 */

import { Argument, type Command, InvalidArgumentError, Option } from "npm:commander@15.1.0";
import {
  type Action,
  type CompileOptions,
  type HookName,
  HOOKS,
  type ProgramFlags,
  type StrategyChoice,
  type SyntaxName,
} from "../mod.ts";

/** Every name, as a record so that the compiler misses none. */
const SYNTAX_NAMES: Readonly<Record<SyntaxName, true>> = {
  "kefir": true,
  "ethtool": true,
  "tc-flower": true,
  classbench: true,
  json: true,
  libkefir: true,
};
const STRATEGY_NAMES: Readonly<Record<StrategyChoice, true>> = {
  auto: true,
  inline: true,
  linear: true,
  classes: true,
  tuple: true,
};
const ACTIONS: Readonly<Record<Action, true>> = { pass: true, drop: true };

/** What {@link addSyntax} gives. */
export interface SyntaxOption {
  readonly syntax?: SyntaxName;
}

/** What {@link addProgram} gives. */
export interface ProgramOptions {
  readonly hook: HookName;
  readonly strategy: StrategyChoice;
}

/** What {@link addClang} gives. */
export interface ClangOptions {
  readonly clang?: string;
  readonly llc?: string;
  readonly cache: boolean;
}

/** A rule file. */
export function fileArgument(name = "<file>"): Argument {
  return new Argument(name, "rule file, - for standard input");
}

/** `--syntax`, where a rule file is read. */
export function syntaxOption(): Option {
  return choice(
    "--syntax <syntax>",
    "syntax of every rule; each is recognised by its first word unless given",
    SYNTAX_NAMES,
  );
}

/** `--to`, or another option that has the name of a syntax. */
export function toSyntaxOption(flags: string, description: string): Option {
  return choice(flags, description, SYNTAX_NAMES);
}

/** `--default`. */
export function defaultActionOption(): Option {
  return choice(
    "--default <action>",
    "what happens to a packet that no rule holds for, in place of the file's",
    ACTIONS,
  );
}

/** `--hook` and `--strategy`, where a filter becomes a program. */
export function addProgram(command: Command): Command {
  return command
    .addOption(choice("--hook <hook>", "where the program runs", HOOKS).default("xdp"))
    .addOption(choice("--strategy <strategy>", "how packets are classified", STRATEGY_NAMES).default("auto"));
}

/** What {@link addFlags} gives. */
export interface FlagOptions {
  readonly inlineFunctions?: true;
  readonly loops: boolean;
  readonly vlan: boolean;
  readonly printk?: true;
}

/** `--inline-functions`, `--no-loops`, `--no-vlan` and `--printk`, where a filter becomes a program. */
export function addFlags(command: Command): Command {
  return command
    .option("--inline-functions", "no function calls another, for what knows no BPF-to-BPF calls")
    .option("--no-loops", "no loop and no helper of later kernels, for kernels before 5.3")
    .option("--no-vlan", "read no VLAN tag: what is behind one is not seen")
    .option("--printk", "write each verdict to the kernel's trace_pipe; slow");
}

/** What the library takes for these. */
export function programFlags({ inlineFunctions, loops, vlan, printk }: FlagOptions): ProgramFlags {
  return { inlineFunctions: inlineFunctions ?? false, noLoops: !loops, noVlan: !vlan, printk: printk ?? false };
}

/** `--clang`, `--llc` and `--no-cache`, where a program is compiled. */
export function addClang(command: Command): Command {
  return command
    .option("--clang <path>", "the compiler: a path, or a name to be found in PATH (default: clang)")
    .option("--llc <path>", "make the object in two steps, clang's LLVM IR being llc's input (of clang's version)")
    .option("--no-cache", "compile anew, and keep nothing");
}

/** What the library takes for `--clang`, `--llc` and `--no-cache`. */
export function compileOptions({ clang, llc, cache }: ClangOptions): CompileOptions {
  return { cache, ...(clang !== undefined && { clang }), ...(llc !== undefined && { llc }) };
}

/** What {@link licenseOption} gives. */
export interface LicenseOption {
  readonly license?: string;
}

/** `--license`, where a program is made that stays. */
export function licenseOption(): Option {
  return new Option(
    "--license <license>",
    'what the program declares to the kernel: printable ASCII (default: "Dual BSD/GPL")',
  );
}

/** An option whose values are the keys of a record. */
export function choice(flags: string, description: string, names: Readonly<Record<string, unknown>>): Option {
  return new Option(flags, description).choices(Object.keys(names));
}

/** Reads a number of packets' positions: 0 and up. */
export function parseIndex(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("It should be 0 or more.");
  return Number(text);
}

/** Reads a duration in seconds. */
export function parseSeconds(text: string): number {
  const seconds = /^\d{1,6}(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (!(seconds >= 0.05 && seconds <= 86_400)) throw new InvalidArgumentError("It should be 0.05 to 86400 seconds.");
  return seconds;
}

/** An example at the end of a command's help. */
export function example(line: string, ...more: readonly string[]): string {
  return ["", "Example:", ...[line, ...more].map((one) => `  ${one}`)].join("\n");
}
