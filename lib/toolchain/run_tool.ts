/**
 * Runs clang and llc through pipes and turns each way they can fail into one of kefir's errors.
 *
 * @module
 */

import { CompileError, UnavailableError } from "../diagnostics/errors.ts";
import { logOf } from "../diagnostics/log.ts";
import { REMEDIES, type ToolKind, toolUnavailable } from "./find_tool.ts";

/** What {@link runTool} runs. */
export interface ToolRun {
  /** Whose errors they are. */
  readonly kind: ToolKind;
  /** Path of the tool, then its arguments. */
  readonly command: readonly string[];
  /** What it reads: C for clang, LLVM IR for llc. */
  readonly input: string;
  /** The C that all this is about. */
  readonly source: string;
}

const log = logOf("toolchain");

/**
 * Runs a tool: text goes into its standard input, what it makes comes out of its standard output. No shell, no file.
 *
 * @throws CompileError when the tool refuses its input
 * @throws UnavailableError when it cannot be started, has no BPF target, or lacks a system header
 */
export async function runTool(run: ToolRun): Promise<Uint8Array<ArrayBuffer>> {
  log.info(`running ${run.command.join(" ")}`, { command: run.command });
  const child = spawn(run);
  // The pipes are served together: clang may fill one while the other is still being written.
  const [, output] = await Promise.all([feed(child.stdin, run.input), child.output()]);
  const stderr = new TextDecoder().decode(output.stderr);
  if (stderr !== "") log.warn(`${run.kind} says: ${stderr.trimEnd()}`, { command: run.command, stderr });
  if (!output.success) throw refusal(run, { exitCode: output.code, signal: output.signal, stderr });
  return output.stdout;
}

/**
 * Runs the last tool of a compilation.
 *
 * @throws UnavailableError when it writes no ELF object, and what {@link runTool} throws
 */
export async function runToObject(run: ToolRun): Promise<Uint8Array<ArrayBuffer>> {
  const output = await runTool(run);
  if (isElf(output)) return output;
  throw toolUnavailable(run.kind, `"${run.command[0]}" wrote no ELF object, so it is not ${run.kind}`);
}

function spawn({ kind, command: [path = "", ...args] }: ToolRun): Deno.ChildProcess {
  try {
    return new Deno.Command(path, { args, stdin: "piped", stdout: "piped", stderr: "piped" }).spawn();
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
    throw toolUnavailable(kind, cause instanceof Error ? cause.message : String(cause), cause);
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
  readonly exitCode: number;
  readonly signal: Deno.Signal | null;
  readonly stderr: string;
}

function refusal({ kind, command, source }: ToolRun, failure: Failure): CompileError | UnavailableError {
  const { stderr } = failure;
  if (NO_BPF.test(stderr)) {
    return toolUnavailable(kind, `"${command[0]}" cannot make BPF programs; ${kind} ${OLDEST_CLANG} or newer can`);
  }
  const header = /fatal error: '((bpf|linux|asm|asm-generic)\/[^']*)' file not found/.exec(stderr);
  if (header !== null) return headerUnavailable(header[1] ?? "", header[2] === "bpf" ? "libbpf-dev" : "linux-libc-dev");
  return new CompileError(`Cannot compile C: ${summarise(kind, failure)}`, { ...failure, command, source });
}

/** The oldest one whose objects were loaded by a kernel. */
const OLDEST_CLANG = 11;
const NO_BPF = /No available targets|unknown target triple 'bpf|unknown target CPU 'v3'|invalid target 'bpf'/;

function headerUnavailable(header: string, missing: "libbpf-dev" | "linux-libc-dev"): UnavailableError {
  const remedy = missing === "libbpf-dev" ? REMEDIES.clang : `apt-get install -y --no-install-recommends ${missing}`;
  return new UnavailableError(`Cannot compile C: the header <${header}> is missing (try: ${remedy})`, {
    missing,
    neededBy: `#include <${header}>`,
    remedy,
  });
}

function summarise(kind: ToolKind, failure: Failure): string {
  const errors = failure.stderr.split("\n").filter((line) => /\berror:/.test(line));
  const others = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
  // Textual IR is read by the version that wrote it and by later ones.
  const mixed = kind === "llc" ? ", which should be of clang's version" : "";
  if (errors[0] !== undefined) return `${kind}${mixed} says "${errors[0]}"${others}`;
  if (failure.signal !== null) return `${kind} was ended by ${failure.signal}`;
  return `${kind} ended with exit code ${failure.exitCode}`;
}

/** ELF magic: System V ABI, chapter 4, "ELF Identification". */
function isElf(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}
