/**
 * Diagnostics for people: message with place, the line, a caret under what is meant, a hint.
 *
 * @module
 */

import { type Diagnostic, formatPlace, type Span } from "../mod.ts";
import { errColours, escapeControls, printError } from "./output.ts";
import { displayWidth } from "./table.ts";

/** Writes each diagnostic to standard error. */
export function printDiagnostics(diagnostics: readonly Diagnostic[]): void {
  for (const diagnostic of diagnostics) printError(renderDiagnostic(diagnostic));
}

/** Writes warnings to standard error, the first few: a hundred thousand rules may have thousands. */
export function printWarnings(warnings: readonly Diagnostic[]): void {
  printDiagnostics(warnings.slice(0, MOST_WARNINGS));
  const more = warnings.length - MOST_WARNINGS;
  if (more > 0) printError(`${errColours.yellow("warning")}: and ${more} more, which kefir check lists`);
}

const MOST_WARNINGS = 20;

/** A diagnostic as lines:
 *
 *     web.kefir:3:6: error: no field is called "ip.scr" [unknown-field]
 *       drop ip.scr == 192.0.2.1
 *            ^^^^^^
 *       hint: did you mean "ip.src"?
 */
export function renderDiagnostic(diagnostic: Diagnostic): string {
  const { severity, code, message, hint, span } = diagnostic;
  const place = formatPlace(diagnostic);
  const label = severity === "error" ? errColours.red("error") : errColours.yellow("warning");
  const lines = [
    (place === undefined ? "" : errColours.bold(escapeControls(place)) + ": ") +
    `${label}: ${escapeControls(message)} ${errColours.dim(`[${code}]`)}`,
  ];
  if (span !== undefined) lines.push(...renderSpan(span, severity === "error" ? errColours.red : errColours.yellow));
  if (hint !== undefined) lines.push(renderHint(hint));
  return lines.join("\n");
}

/** A hint as its own line. */
export function renderHint(hint: string): string {
  return `  ${errColours.cyan("hint")}: ${escapeControls(hint)}`;
}

/** Characters of a line that are shown; a rule with a long set has thousands. */
const SHOWN = 120;
const SHOWN_BEFORE = 60;

function renderSpan({ lineText, column, length }: Span, paint: (text: string) => string): string[] {
  const at = column - 1;
  const from = lineText.length > SHOWN ? Math.max(0, at - SHOWN_BEFORE) : 0;
  const to = Math.min(lineText.length, from + SHOWN);
  const before = (from > 0 ? "..." : "") + plain(lineText.slice(from, at));
  const meant = plain(lineText.slice(at, Math.min(at + length, to)));
  const after = plain(lineText.slice(Math.min(at + length, to), to)) + (to < lineText.length ? "..." : "");
  const caret = "^".repeat(Math.max(1, displayWidth(meant)));
  return [`  ${before}${meant}${after}`, `  ${" ".repeat(displayWidth(before))}${paint(caret)}`];
}

function plain(text: string): string {
  return escapeControls(text.replaceAll("\t", " "));
}
