/**
 * From a filter or C program to an object file.
 *
 * @module
 */

import { type Cprog, type CprogOptions, createCprog } from "./cprog.ts";
import type { Filter } from "./model/filter.ts";
import { compileC, type CompileOptions, type ObjectFile } from "./toolchain/compile.ts";

/**
 * Compiles a C program to a BPF object.
 *
 * @throws CompileError when clang refuses the C
 * @throws UnavailableError without clang or the headers of libbpf
 */
export function compileCprog(cprog: Cprog, options: CompileOptions = {}): Promise<ObjectFile> {
  return compileC(cprog.text, options);
}

/** {@link createCprog} and {@link compileCprog} in one. */
export async function compile(
  filter: Filter,
  options: CprogOptions & CompileOptions = {},
): Promise<{ readonly cprog: Cprog; readonly object: ObjectFile }> {
  const cprog = createCprog(filter, options);
  return { cprog, object: await compileCprog(cprog, options) };
}
