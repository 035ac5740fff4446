/**
 * The verifier's log: whole on request, and else how to request it.
 *
 * @module
 */

import { VerifierError } from "../mod.ts";
import { escapeControls, printError } from "./output.ts";

/** Runs what may meet the verifier; a refusal's log goes to standard error when it is wanted. */
export async function withVerifierLog<Result>(wanted: boolean, body: () => Promise<Result>): Promise<Result> {
  try {
    return await body();
  } catch (error) {
    if (!(error instanceof VerifierError)) throw error;
    if (!wanted) throw new VerifierError(error.message, { ...error, hint: "--verifier-log writes the whole log" });
    printVerifierLog(error.log);
    throw error;
  }
}

/** Writes a log to standard error. */
export function printVerifierLog(log: string): void {
  for (const line of log.trimEnd().split("\n")) printError(escapeControls(line));
}
