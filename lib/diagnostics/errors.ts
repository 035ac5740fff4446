/**
 * The error classes of kefir. Each says what could not be done and carries what a program needs to react.
 *
 * @module
 */

import { type Diagnostic, formatPlace } from "./diagnostic.ts";

/** A text that is not in its syntax. Carries every error found, the first one also in its own properties. */
export class FilterSyntaxError extends SyntaxError {
  /** The class's name, as in stack traces. */
  override readonly name: string = "FilterSyntaxError";
  /** Every error found, in the order of the text; warnings are left out. */
  readonly diagnostics: readonly Diagnostic[];

  /** Takes the diagnostics; the message is the first error's. */
  constructor(diagnostics: readonly Diagnostic[]) {
    super(summarise(diagnostics));
    this.diagnostics = Object.freeze([...diagnostics]);
  }

  /** Name of the source of the first error. */
  get source(): string {
    return this.diagnostics[0]?.span?.source ?? "";
  }
  /** Line of the first error, from 1. */
  get line(): number {
    return this.diagnostics[0]?.span?.line ?? 1;
  }
  /** Column of the first error, from 1. */
  get column(): number {
    return this.diagnostics[0]?.span?.column ?? 1;
  }
  /** Offset of the first error in the text, from 0. */
  get offset(): number {
    return this.diagnostics[0]?.span?.offset ?? 0;
  }
  /** What was expected at the first error, when it is known. */
  get expected(): string | undefined {
    return this.diagnostics[0]?.hint;
  }
}

/** A filter, match or rule that cannot be: carries every diagnostic of the stage that refused it. */
export class FilterError extends Error {
  /** The class's name, as in stack traces. */
  override readonly name: string = "FilterError";
  /** Every diagnostic of the stage, warnings included. */
  readonly diagnostics: readonly Diagnostic[];

  /** Takes the diagnostics; the message is the first error's. */
  constructor(diagnostics: readonly Diagnostic[]) {
    super(summarise(diagnostics));
    this.diagnostics = Object.freeze([...diagnostics]);
  }
}

/** What {@link CompileError} carries. */
export interface CompileErrorDetails {
  /** Path of the compiler and its arguments. */
  readonly command: readonly string[];
  /** Exit code of the compiler. */
  readonly exitCode: number;
  /** All that the compiler wrote to standard error. */
  readonly stderr: string;
  /** The C that was compiled. */
  readonly source: string;
}

/** The compiler refused a program. */
export class CompileError extends Error {
  /** The class's name, as in stack traces. */
  override readonly name: string = "CompileError";
  /** Path of the compiler and its arguments. */
  readonly command: readonly string[];
  /** Exit code of the compiler. */
  readonly exitCode: number;
  /** All that the compiler wrote to standard error. */
  readonly stderr: string;
  /** The C that was compiled. */
  readonly source: string;

  /** Takes the message and what goes with it. */
  constructor(message: string, details: CompileErrorDetails) {
    super(message);
    this.command = details.command;
    this.exitCode = details.exitCode;
    this.stderr = details.stderr;
    this.source = details.source;
  }

  /** The compiler's own `error:` lines. */
  get messages(): readonly string[] {
    return this.stderr.split("\n").filter((line) => /\berror:/.test(line));
  }
}

/** What {@link UnavailableError} carries. */
export interface UnavailableDetails {
  /** What is missing: `clang`, `libbpf`, `privilege`, `bpffs`, ... */
  readonly missing: string;
  /** What needs it, such as `compiling a filter`. */
  readonly neededBy: string;
  /** How to get it, such as `apt-get install clang`. */
  readonly remedy: string;
  /** The error underneath, when there is one. */
  readonly cause?: unknown;
}

/** Something outside kefir is missing on this host. */
export class UnavailableError extends Error {
  /** The class's name, as in stack traces. */
  override readonly name: string = "UnavailableError";
  /** What is missing: `clang`, `libbpf`, `privilege`, `bpffs`, ... */
  readonly missing: string;
  /** What needs it. */
  readonly neededBy: string;
  /** How to get it. */
  readonly remedy: string;

  /** Takes the message and what goes with it. */
  constructor(message: string, details: UnavailableDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.missing = details.missing;
    this.neededBy = details.neededBy;
    this.remedy = details.remedy;
  }
}

/** What {@link KernelError} carries. */
export interface KernelErrorDetails {
  /** The libbpf function or system call, such as `bpf_link_create`. */
  readonly operation: string;
  /** Positive error number; 0 when the kernel gave none. */
  readonly errno: number;
  /** Its name, such as `EBUSY`. */
  readonly errnoName: string;
  /** What it was done to: an interface, a map, a path. */
  readonly target: string;
  /** What to do about it. */
  readonly hint?: string;
  /** The error underneath, when there is one. */
  readonly cause?: unknown;
}

/** The kernel refused something. */
export class KernelError extends Error {
  /** The class's name, as in stack traces. */
  override readonly name: string = "KernelError";
  /** The libbpf function or system call. */
  readonly operation: string;
  /** Positive error number; 0 when the kernel gave none. */
  readonly errno: number;
  /** Its name, such as `EBUSY`. */
  readonly errnoName: string;
  /** What it was done to. */
  readonly target: string;
  /** What to do about it, when that is known. */
  readonly hint: string | undefined;

  /** Takes the message and what goes with it. */
  constructor(message: string, details: KernelErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.operation = details.operation;
    this.errno = details.errno;
    this.errnoName = details.errnoName;
    this.target = details.target;
    this.hint = details.hint;
  }
}

/** What {@link VerifierError} carries beyond {@link KernelErrorDetails}. */
export interface VerifierErrorDetails extends KernelErrorDetails {
  /** Name of the program that was refused. */
  readonly program: string;
  /** The verifier's whole log. */
  readonly log: string;
  /** The line of the log that gives the reason. */
  readonly summary: string;
}

/** The kernel's verifier refused a program. */
export class VerifierError extends KernelError {
  /** The class's name, as in stack traces. */
  override readonly name: string = "VerifierError";
  /** Name of the program that was refused. */
  readonly program: string;
  /** The verifier's whole log. */
  readonly log: string;
  /** The line of the log that gives the reason. */
  readonly summary: string;

  /** Takes the message and what goes with it. */
  constructor(message: string, details: VerifierErrorDetails) {
    super(message, details);
    this.program = details.program;
    this.log = details.log;
    this.summary = details.summary;
  }
}

function summarise(diagnostics: readonly Diagnostic[]): string {
  const first = diagnostics.find((one) => one.severity === "error") ?? diagnostics[0];
  if (first === undefined) return "no diagnostic was given";
  const place = formatPlace(first);
  const others = diagnostics.filter((one) => one.severity === "error").length - 1;
  return (place === undefined ? "" : `${place}: `) + first.message + (others > 0 ? ` (and ${others} more)` : "");
}
