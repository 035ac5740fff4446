/**
 * From a filter or C program to an object file.
 *
 * @module
 */

import { type Cprog, type CprogOptions, createCprog } from "./cprog.ts";
import type { FilterInput } from "./model/filter.ts";
import { sizeDefinitions } from "./codegen/sizes.ts";
import { compileC, type CompileOptions, compileToLlvmIr, type LlvmIr, type ObjectFile } from "./toolchain/compile.ts";

/** How a C program is compiled. */
export interface CompileCprogOptions extends CompileOptions {
  /**
   * Whether the object is for loaders that set no sizes in it: complete as it is, and good for these rules only. Otherwise it
   * is for {@link loadCprog}, and the same for all filters of a shape.
   */
  readonly complete?: boolean;
}

/**
 * Compiles a C program to a BPF object.
 *
 * @throws CompileError when clang refuses the C
 * @throws UnavailableError without clang or the headers of libbpf
 */
export function compileCprog(cprog: Cprog, options: CompileCprogOptions = {}): Promise<ObjectFile> {
  return compileC(cprog.text, withArguments(cprog, options));
}

/**
 * Compiles a C program to LLVM IR, of which llc makes an object.
 *
 * @throws CompileError, UnavailableError as {@link compileCprog} does
 */
export function compileCprogToLlvmIr(
  cprog: Cprog,
  options: Omit<CompileCprogOptions, "llc" | "cache"> = {},
): Promise<LlvmIr> {
  return compileToLlvmIr(cprog.text, withArguments(cprog, options));
}

/** {@link createCprog} and {@link compileCprog} in one. */
export async function compile(
  filter: FilterInput,
  options: CprogOptions & CompileCprogOptions = {},
): Promise<{ readonly cprog: Cprog; readonly object: ObjectFile }> {
  const cprog = createCprog(filter, options);
  return { cprog, object: await compileCprog(cprog, options) };
}

function withArguments(cprog: Cprog, options: CompileCprogOptions): CompileOptions {
  const { complete = false, extraArguments = [], ...rest } = options;
  const sizes = complete ? sizeDefinitions(cprog.plan) : [];
  // Kernels before 5.1 know no 32-bit jumps.
  const instructions = cprog.flags.noLoops ? ["-mcpu=v2"] : [];
  return { ...rest, extraArguments: [...instructions, ...sizes, ...extraArguments] };
}
