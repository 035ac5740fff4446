/**
 * The verifier's log: whole on request, and else how to request it.
 *
 * @module
 */

import { InvalidArgumentError, Option } from "npm:commander@15.1.0";
import { VerifierError, type VerifierLogLevel } from "../mod.ts";
import { escapeControls, printError } from "./output.ts";

/** `--verifier-log`, where a program is loaded. */
export function verifierLogOption(): Option {
  return new Option(
    "--verifier-log [level]",
    "write the verifier's log to standard error: 1 in brief, 2 each instruction and state, 4 statistics alone (default: 1)",
  ).preset("1").argParser(parseLevel);
}

function parseLevel(text: string): VerifierLogLevel {
  if (!/^[0-7]$/.test(text)) throw new InvalidArgumentError("It should be 0 to 7; without one the option goes last.");
  return Number(text) as VerifierLogLevel;
}

/** Runs what may meet the verifier; a refusal's log goes to standard error when it is wanted. */
export async function withVerifierLog<Result>(level: VerifierLogLevel, body: () => Promise<Result>): Promise<Result> {
  try {
    return await body();
  } catch (error) {
    if (!(error instanceof VerifierError)) throw error;
    if (level === 0) throw new VerifierError(error.message, { ...error, hint: "--verifier-log writes the whole log" });
    printVerifierLog(error.log);
    throw error;
  }
}

/** Writes a log to standard error. */
export function printVerifierLog(log: string): void {
  for (const line of log.trimEnd().split("\n")) printError(escapeControls(line));
}
