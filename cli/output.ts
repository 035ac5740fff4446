/**
 * What the commands write: results on standard output, all else on standard error.
 *
 * @module
 */

import pc from "npm:picocolors@1.1.1";

/** Standard output was closed by whoever read it, such as head(1): there is nobody left to tell. */
export class OutputClosed extends Error {
  override readonly name: string = "OutputClosed";
}

/** Colours on standard error, or functions that change nothing where it is no terminal. */
export const errColours: Colours = colours(Deno.stderr.isTerminal());
/** Colours on standard output, or functions that change nothing where it is no terminal. */
export const outColours: Colours = colours(Deno.stdout.isTerminal());

type Colours = ReturnType<typeof pc.createColors>;

/** https://no-color.org: any value but the empty one. */
function colours(isTerminal: boolean): Colours {
  const unwanted = (Deno.env.get("NO_COLOR") ?? "") !== "" || Deno.env.get("TERM") === "dumb";
  return pc.createColors(isTerminal && !unwanted);
}

/** Writes a line of a result. */
export function printLine(text = ""): void {
  writeOut(new TextEncoder().encode(`${text}\n`));
}

/** Writes many lines of a result at once. */
export function printLines(lines: readonly string[]): void {
  if (lines.length > 0) printLine(lines.join("\n"));
}

/** Writes a text that ends with its own line break; control characters in it reach no terminal. */
export function printText(text: string): void {
  const shown = Deno.stdout.isTerminal() ? text.split("\n").map(escapeControls).join("\n") : text;
  writeOut(new TextEncoder().encode(shown));
}

/** Writes a value as one line of JSON in printable characters. */
export function printJson(value: unknown): void {
  printLine(toJson(value));
}

/** Writes bytes as they are. */
export function printBytes(bytes: Uint8Array): void {
  writeOut(bytes);
}

/** Writes a line for people, beside the result. */
export function printError(text: string): void {
  try {
    writeAll(Deno.stderr, new TextEncoder().encode(`${text}\n`));
  } catch {
    // There is no other place to say it; the exit code tells.
  }
}

/** The text with what could drive a terminal, or hide in one, written as `\u{1b}`. */
export function escapeControls(text: string): string {
  return text.replaceAll(HIDDEN, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/** JSON without control, bidirectional or invisible characters: JSON.stringify leaves those from U+007F on. */
export function toJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(HIDDEN, (character) =>
    Array.from(
      { length: character.length },
      (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`,
    ).join(""));
}

/** Other (control, format, surrogate, private, unassigned), line separator, paragraph separator. */
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** A number of things: `no rules`, `1 rule`, `2 rules`. */
export function count(number: number, what: string): string {
  return `${number === 0 ? "no" : number} ${what}${number === 1 ? "" : "s"}`;
}

function writeOut(bytes: Uint8Array): void {
  try {
    writeAll(Deno.stdout, bytes);
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) throw new OutputClosed();
    if (error instanceof Error) error.message = `Cannot write to standard output: ${error.message}`;
    throw error;
  }
}

function writeAll(stream: { writeSync(bytes: Uint8Array): number }, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) {
    try {
      at += stream.writeSync(bytes.subarray(at));
    } catch (error) {
      // Another process made the pipe non-blocking, and it is full.
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
