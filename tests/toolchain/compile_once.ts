/** Compiles once in a process of its own: source and options as JSON arguments, the outcome as JSON on standard output. */
import { compileC } from "../../lib/toolchain/compile.ts";
import { CompileError, UnavailableError } from "../../lib/diagnostics/errors.ts";

const [source = "", options = "{}"] = Deno.args;
try {
  const { cached, elf } = await compileC(source, JSON.parse(options));
  console.log(JSON.stringify({ cached, elf: elf.toHex() }));
} catch (error) {
  if (!(error instanceof UnavailableError || error instanceof CompileError)) throw error;
  console.log(JSON.stringify({ error }));
}
