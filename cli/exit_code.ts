/**
 * What went wrong, as a number that scripts can tell apart.
 *
 * @module
 */

import { CompileError, FilterError, FilterSyntaxError, KernelError, UnavailableError, VerifierError } from "../mod.ts";

/** Every exit code there is. */
export const EXIT = Object.freeze({
  ok: 0,
  usage: 1,
  syntax: 2,
  check: 3,
  compile: 4,
  unavailable: 5,
  kernel: 6,
  verifier: 7,
  /** EX_SOFTWARE of sysexits.h. */
  bug: 70,
});

/** The command line asks for something that it cannot ask for. */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
  /** What to do about it. */
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

/** The exit code for something thrown. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof FilterSyntaxError) return EXIT.syntax;
  if (error instanceof FilterError) return EXIT.check;
  if (error instanceof CompileError) return EXIT.compile;
  if (error instanceof UnavailableError) return EXIT.unavailable;
  if (error instanceof VerifierError) return EXIT.verifier;
  if (error instanceof KernelError) return EXIT.kernel;
  if (error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable) return EXIT.unavailable;
  if (isUsage(error)) return EXIT.usage;
  return isSystemError(error) ? EXIT.kernel : EXIT.bug;
}

/** A full disk, a broken one: Deno has no class for these, only the system's name of the error. */
function isSystemError(error: unknown): boolean {
  return error instanceof Error && "code" in error && typeof error.code === "string" && /^E[A-Z0-9]+$/.test(error.code);
}

/** Files and names that are not there, and the library's refusals of options, all of which start alike. */
function isUsage(error: unknown): boolean {
  if (error instanceof RangeError) return error.message.startsWith("Cannot ");
  return [
    Deno.errors.NotFound,
    Deno.errors.IsADirectory,
    Deno.errors.NotADirectory,
    Deno.errors.FilesystemLoop,
    Deno.errors.AlreadyExists,
  ].some((one) => error instanceof one);
}
