/**
 * C text to BPF object, the one thing that kefir leaves to clang.
 *
 * @module
 */

import { VERSION } from "../version.ts";
import { cacheKey, readEntry, writeEntry } from "./cache.ts";
import { openCacheDirectory } from "./cache_directory.ts";
import { clangArguments, type Optimisation } from "./clang_arguments.ts";
import { findClang } from "./find_clang.ts";
import { readVariable } from "./permission.ts";
import { runClang } from "./run_clang.ts";

/** How {@link compileC} compiles. */
export interface CompileOptions {
  /** Path or name of the compiler. Default `clang`, looked for in `PATH`. */
  readonly clang?: string;
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

/** A compiled BPF program that no kernel has seen yet. */
export interface ObjectFile {
  /** A relocatable ELF object for machine EM_BPF, with BTF, in the byte order of this machine. */
  readonly elf: Uint8Array<ArrayBuffer>;
  /** Whether it came from the cache, in which case clang was not started. */
  readonly cached: boolean;
  /** The compiler's path and arguments, also when it did not have to be run. */
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
 * @throws UnavailableError when clang, a header (`libbpf-dev`, `linux-libc-dev`) or `--allow-run` is missing
 */
export async function compileC(source: string, options: CompileOptions = {}): Promise<ObjectFile> {
  const clang = findClang(options.clang ?? "clang");
  const args = clangArguments(options);
  const command = Object.freeze([clang.path, ...args]);

  const cacheable = options.cache !== false && clang.identity !== undefined && isSelfContained(source, options);
  const directory = cacheable ? openCacheDirectory(options.cache) : undefined;
  if (directory === undefined) {
    return Object.freeze({ elf: await runClang(source, command), cached: false, command });
  }

  // clang reads these two variables as further include directories.
  const environment = [readVariable("CPATH"), readVariable("C_INCLUDE_PATH")];
  const slot = { directory, key: await cacheKey([VERSION, clang.path, clang.identity, args, environment, source]) };
  const stored = await readEntry(slot);
  if (stored !== undefined) return Object.freeze({ elf: stored, cached: true, command });

  const elf = await runClang(source, command);
  await writeEntry(slot, elf);
  return Object.freeze({ elf, cached: false, command });
}

/** Whether nothing but system headers is read: only then does the hash cover all that the object depends on. */
function isSelfContained(source: string, options: CompileOptions): boolean {
  const namesNoFile = (argument: string): boolean => /^-[DUOWm][^,]*$/.test(argument) && argument !== "-mllvm";
  return !/^[ \t]*#[ \t]*include[ \t]*"/m.test(source) && (options.extraArguments ?? []).every(namesNoFile);
}
