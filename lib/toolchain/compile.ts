/**
 * C text to BPF object, the one thing that kefir leaves to clang; or to LLVM IR on the way there.
 *
 * @module
 */

import { logOf } from "../diagnostics/log.ts";
import { VERSION } from "../version.ts";
import { cacheKey, readEntry, writeEntry } from "./cache.ts";
import { openCacheDirectory } from "./cache_directory.ts";
import { clangArguments, llcArguments, type Optimisation } from "./clang_arguments.ts";
import { findTool, type Tool, type ToolKind } from "./find_tool.ts";
import { readVariable } from "./permission.ts";
import { runToObject, runTool } from "./run_tool.ts";

/** How {@link compileC} compiles. */
export interface CompileOptions {
  /** Path or name of the compiler. Default `clang`, looked for in `PATH`. */
  readonly clang?: string;
  /**
   * Path or name of llc. With it the object is made in two steps, as libkefir does it: clang writes LLVM IR, and llc makes the
   * object of that. It should be of clang's version. Default: clang makes the object alone.
   */
  readonly llc?: string;
  /** How far to optimise. Default `2`. */
  readonly optimisation?: Optimisation;
  /**
   * Whether compiled objects are kept and found again: `true` (default) in `$XDG_CACHE_HOME/kefir` or `~/.cache/kefir`,
   * a string in that directory, `false` nowhere. A cache that cannot be trusted or written is passed over in silence.
   */
  readonly cache?: boolean | string;
  /** Further arguments for clang, after kefir's own. Those that name files or directories turn the cache off. */
  readonly extraArguments?: readonly string[];
}

const log = logOf("toolchain");

/** A compiled BPF program that no kernel has seen yet. */
export interface ObjectFile {
  /** A relocatable ELF object for machine EM_BPF, with BTF, in the byte order of this machine. */
  readonly elf: Uint8Array<ArrayBuffer>;
  /** Whether it came from the cache, in which case clang was not started. */
  readonly cached: boolean;
  /** The compiler's path and arguments, also when it did not have to be run. */
  readonly command: readonly string[];
  /** Those of llc, when {@link CompileOptions.llc} names it. */
  readonly llcCommand?: readonly string[];
}

/** A program in LLVM's intermediate representation. */
export interface LlvmIr {
  /** As text, which llc and clang of the same version or a later one read. */
  readonly text: string;
  /** The compiler's path and arguments. */
  readonly command: readonly string[];
}

/**
 * Compiles C to a BPF object. The same source and compiler give the same bytes in every directory and at every time.
 *
 * The object is looked up by a hash of the source, the arguments and the compiler. Headers are not part of it: a source
 * that includes files of its own (`#include "..."`), which may change, is always compiled.
 *
 * @param source a whole translation unit; `<bpf/...>` and `<linux/...>` can be included
 * @throws CompileError when clang refuses the source, with all that it said
 * @throws UnavailableError when clang, llc, a header (`libbpf-dev`, `linux-libc-dev`) or `--allow-run` is missing
 */
export async function compileC(source: string, options: CompileOptions = {}): Promise<ObjectFile> {
  const steps = findSteps(options);
  const identities = steps.map(({ identity }) => identity);
  const cacheable = options.cache !== false && !identities.includes(undefined) && isSelfContained(source, options);
  const directory = cacheable ? openCacheDirectory(options.cache) : undefined;
  if (directory === undefined) {
    log.debug("compiling without a cache");
    return objectOf(await runSteps(source, steps), false, steps);
  }

  // clang reads these two variables as further include directories.
  const environment = [readVariable("CPATH"), readVariable("C_INCLUDE_PATH")];
  const commands = steps.map(({ command }) => command);
  const slot = { directory, key: await cacheKey([VERSION, identities, commands, environment, source]) };
  const stored = await readEntry(slot);
  if (stored !== undefined) {
    log.info(`took the object from the cache, ${stored.length} bytes`, { key: slot.key, directory });
    return objectOf(stored, true, steps);
  }

  log.debug("the object is not in the cache", { key: slot.key, directory });
  const elf = await runSteps(source, steps);
  await writeEntry(slot, elf);
  return objectOf(elf, false, steps);
}

/**
 * Compiles C to LLVM IR, which {@link CompileOptions.llc} makes objects of. Nothing is kept in a cache.
 *
 * @throws CompileError when clang refuses the source, with all that it said
 * @throws UnavailableError as {@link compileC} does
 */
export async function compileToLlvmIr(
  source: string,
  options: Omit<CompileOptions, "llc" | "cache"> = {},
): Promise<LlvmIr> {
  const clang = findTool("clang", options.clang ?? "clang");
  const command = Object.freeze([clang.path, ...clangArguments({ ...options, emit: "llvm-ir" })]);
  const ir = await runTool({ kind: "clang", command, input: source, source });
  return Object.freeze({ text: new TextDecoder().decode(ir), command });
}

/** A tool and what it is told. */
interface Step {
  readonly kind: ToolKind;
  readonly identity: string | undefined;
  readonly command: readonly string[];
}

/** clang, or clang and then llc. */
function findSteps(options: CompileOptions): readonly [Step, ...Step[]] {
  const { llc } = options;
  const emit = llc === undefined ? "object" : "llvm-ir";
  const first = createStep(findTool("clang", options.clang ?? "clang"), clangArguments({ ...options, emit }));
  return llc === undefined ? [first] : [first, createStep(findTool("llc", llc), llcArguments(options))];
}

function createStep({ kind, path, identity }: Tool, args: readonly string[]): Step {
  return { kind, identity, command: Object.freeze([path, ...args]) };
}

async function runSteps(source: string, [clang, llc]: readonly [Step, ...Step[]]): Promise<Uint8Array<ArrayBuffer>> {
  if (llc === undefined) return await runToObject({ ...clang, input: source, source });
  const ir = await runTool({ ...clang, input: source, source });
  return await runToObject({ ...llc, input: new TextDecoder().decode(ir), source });
}

function objectOf(
  elf: Uint8Array<ArrayBuffer>,
  cached: boolean,
  [clang, llc]: readonly [Step, ...Step[]],
): ObjectFile {
  return Object.freeze({ elf, cached, command: clang.command, ...(llc !== undefined && { llcCommand: llc.command }) });
}

/** Whether nothing but system headers is read: only then does the hash cover all that the object depends on. */
function isSelfContained(source: string, options: CompileOptions): boolean {
  const namesNoFile = (argument: string): boolean => /^-[DUOWm][^,]*$/.test(argument) && argument !== "-mllvm";
  return !/^[ \t]*#[ \t]*include[ \t]*"/m.test(source) && (options.extraArguments ?? []).every(namesNoFile);
}
