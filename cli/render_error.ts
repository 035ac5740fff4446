/**
 * Whatever was thrown, for people.
 *
 * @module
 */

import { CompileError, FilterError, FilterSyntaxError, KernelError, UnavailableError, VERSION } from "../mod.ts";
import { EXIT, exitCodeOf, UsageError } from "./exit_code.ts";
import { errColours, escapeControls, printError } from "./output.ts";
import { printDiagnostics, renderHint } from "./render_diagnostic.ts";

/** Writes an error to standard error. */
export function reportError(error: unknown): void {
  if (error instanceof FilterSyntaxError || error instanceof FilterError) return printDiagnostics(error.diagnostics);
  if (exitCodeOf(error) === EXIT.bug) return reportBug(error);
  const message = error instanceof Error ? error.message : String(error);
  printError(`${errColours.red("error")}: ${escapeControls(message)}`);
  const hint = hintOf(error);
  if (hint !== undefined && !message.includes(hint)) printError(renderHint(hint));
  if (error instanceof CompileError) {
    const more = error.stderr.split("\n").filter((line) => line.trim() !== "" && !message.includes(line));
    for (const line of more.slice(0, 20)) printError(`  ${escapeControls(line)}`);
  }
}

function hintOf(error: unknown): string | undefined {
  if (error instanceof UsageError || error instanceof KernelError) return error.hint;
  if (error instanceof UnavailableError) return error.remedy;
  return undefined;
}

function reportBug(error: unknown): void {
  const text = error instanceof Error ? error.stack ?? error.message : String(error);
  printError(`${errColours.red("error")}: this is a bug in kefir ${VERSION}, please report it with what follows`);
  for (const line of text.split("\n")) printError(`  ${escapeControls(line)}`);
  if (error instanceof Error && error.cause !== undefined) {
    printError(`  caused by ${escapeControls(String(error.cause))}`);
  }
}
