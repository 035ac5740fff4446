/**
 * Runs clang through pipes and turns each way it can fail into one of kefir's errors.
 *
 * @module
 */

import { CompileError, UnavailableError } from "../diagnostics/errors.ts";
import { CLANG_REMEDY, clangUnavailable } from "./find_clang.ts";

/**
 * Runs a compiler: the source goes into its standard input, the object comes out of its standard output. No shell, no file.
 *
 * @param command path of the compiler, then its arguments
 * @returns the bytes of an ELF object
 * @throws CompileError when the compiler refuses the source
 * @throws UnavailableError when the compiler cannot be started, has no BPF target, or lacks a system header
 */
export async function runClang(source: string, command: readonly string[]): Promise<Uint8Array<ArrayBuffer>> {
  const path = command[0] ?? "";
  const child = spawn(path, command.slice(1));
  // The pipes are served together: clang may fill one while the other is still being written.
  const [, output] = await Promise.all([feed(child.stdin, source), child.output()]);
  const stderr = new TextDecoder().decode(output.stderr);
  if (!output.success) throw refusal(source, { command, exitCode: output.code, signal: output.signal, stderr });
  if (!isElf(output.stdout)) throw clangUnavailable(`"${path}" wrote no ELF object, so it is not clang`);
  return output.stdout;
}

function spawn(path: string, args: readonly string[]): Deno.ChildProcess {
  try {
    return new Deno.Command(path, { args: [...args], stdin: "piped", stdout: "piped", stderr: "piped" }).spawn();
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) {
      const permission = `--allow-run=${path}`;
      throw new UnavailableError(`Cannot compile C: this process may not run "${path}" (try: deno run ${permission})`, {
        missing: "--allow-run",
        neededBy: "compiling a program",
        remedy: `deno run ${permission}`,
        cause,
      });
    }
    throw clangUnavailable(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/** Writes the source and closes the pipe. A compiler that ends early breaks it; its exit code says more than that. */
async function feed(pipe: WritableStream<Uint8Array<ArrayBuffer>>, source: string): Promise<void> {
  const writer = pipe.getWriter();
  try {
    await writer.write(new TextEncoder().encode(source));
    await writer.close();
  } catch {
    await writer.abort().catch(() => {});
  }
}

interface Failure {
  readonly command: readonly string[];
  readonly exitCode: number;
  readonly signal: Deno.Signal | null;
  readonly stderr: string;
}

function refusal(source: string, failure: Failure): CompileError | UnavailableError {
  const { stderr } = failure;
  if (/No available targets|unknown target triple 'bpf|unknown target CPU 'v3'/.test(stderr)) {
    return clangUnavailable(`"${failure.command[0]}" cannot make BPF programs; clang 12 or newer can`);
  }
  const header = /fatal error: '((bpf|linux|asm|asm-generic)\/[^']*)' file not found/.exec(stderr);
  if (header !== null) return headerUnavailable(header[1] ?? "", header[2] === "bpf" ? "libbpf-dev" : "linux-libc-dev");
  return new CompileError(`Cannot compile C: ${summarise(failure)}`, { ...failure, source });
}

function headerUnavailable(header: string, missing: "libbpf-dev" | "linux-libc-dev"): UnavailableError {
  const remedy = missing === "libbpf-dev" ? CLANG_REMEDY : `apt-get install -y --no-install-recommends ${missing}`;
  return new UnavailableError(`Cannot compile C: the header <${header}> is missing (try: ${remedy})`, {
    missing,
    neededBy: `#include <${header}>`,
    remedy,
  });
}

function summarise(failure: Failure): string {
  const errors = failure.stderr.split("\n").filter((line) => /\berror:/.test(line));
  const others = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
  if (errors[0] !== undefined) return `clang says "${errors[0]}"${others}`;
  if (failure.signal !== null) return `clang was ended by ${failure.signal}`;
  return `clang ended with exit code ${failure.exitCode}`;
}

/** ELF magic: System V ABI, chapter 4, "ELF Identification". */
function isElf(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}
