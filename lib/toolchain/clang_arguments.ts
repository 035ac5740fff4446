/**
 * What clang and llc are told: every argument with what goes wrong without it. Clang 11 knows them all.
 *
 * @module
 */

/** How far clang optimises. There is no `0`: it calls helpers through variables, which BPF cannot. */
export type Optimisation = "1" | "2" | "3" | "s";

/** What {@link clangArguments} depends on. */
export interface ClangArgumentsOptions {
  /** Default `2`. */
  readonly optimisation?: Optimisation;
  /** Placed after kefir's own arguments, so that they win. */
  readonly extraArguments?: readonly string[];
  /** What clang writes: a BPF object, which is the default, or LLVM IR as text. */
  readonly emit?: "object" | "llvm-ir";
  /** The architecture whose kernel headers are read. Default: this one. */
  readonly architecture?: typeof Deno.build.arch;
}

/**
 * Lists the arguments that make clang read C from standard input and write a BPF object or LLVM IR to standard output.
 *
 * Source: `clang --help`; clang/lib/Basic/Targets/BPF.cpp.
 */
export function clangArguments(options: ClangArgumentsOptions = {}): readonly string[] {
  const architecture = options.architecture ?? Deno.build.arch;
  return [
    // Without: this machine's own code instead of BPF.
    "-target",
    "bpf",
    // Without: helpers are called through variables, which BPF cannot; the kernel refuses the program.
    `-O${options.optimisation ?? "2"}`,
    // Without: no BTF in the object, and libbpf refuses to open it.
    "-g",
    // Without: the lines of C are missing from the verifier's log and from bpftool(8), as the C comes from a pipe.
    "-gdwarf-5",
    "-gembed-source",
    // Without: BTF holds the current directory, and the same source gives different bytes elsewhere.
    "-fdebug-compilation-dir=.",
    // Without: v1 or v2, which lack 32-bit jumps; programs grow, and the verifier loses track of bounds.
    "-mcpu=v3",
    // Without: distributions that turn the stack protector on make calls to __stack_chk_fail, which BPF has not.
    "-fno-stack-protector",
    // Without: a doubtful construct in generated C would pass unseen. Nobody reads warnings of a generated program.
    "-Wall",
    "-Werror",
    // Without: <gnu/stubs.h>, which reads the target's macros, asks for the 32-bit file that only gcc-multilib has.
    `-D__${architecture}__`,
    // Without: <asm/types.h> is not found, since Debian has it in a directory that the bpf target does not search.
    "-idirafter",
    `/usr/include/${architecture}-linux-gnu`,
    ...options.extraArguments ?? [],
    // Without: clang cannot know the language of standard input.
    "-x",
    "c",
    // Without: clang would look for a BPF linker.
    ...options.emit === "llvm-ir" ? ["-S", "-emit-llvm"] : ["-c"],
    "-",
    // Without: a file named `-.o` in the current directory.
    "-o",
    "-",
  ];
}

/**
 * Lists the arguments that make llc read LLVM IR from standard input and write a BPF object to standard output. The IR says
 * for which BPF CPU each function is.
 *
 * Source: `llc --help`.
 */
export function llcArguments(options: { readonly optimisation?: Optimisation } = {}): readonly string[] {
  const { optimisation = "2" } = options;
  return [
    // Without: the IR's own target, which is the same, unless the IR is of someone else's.
    "-march=bpf",
    // Without: what clang says of each function holds, and v1 for all else.
    "-mcpu=v3",
    // llc knows no size to optimise for.
    `-O${optimisation === "s" ? "2" : optimisation}`,
    // Without: assembly.
    "-filetype=obj",
    "-",
    // Without: a file in the current directory.
    "-o",
    "-",
  ];
}
