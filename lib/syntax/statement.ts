/**
 * Statements: the logical lines of a text. Comments are taken out and continued lines joined, and each character still
 * knows where it stands in the text.
 *
 * @module
 */

import { SourceText, type Span } from "../diagnostics/span.ts";

/** A stretch of a statement. */
export interface Word {
  readonly text: string;
  /** Offset in the statement's text, from 0. */
  readonly at: number;
  /** Length in the statement's text, which an escape makes longer than `text`. */
  readonly length: number;
}

/** A logical line. */
export interface Statement {
  readonly source: SourceText;
  /** What it says: trimmed, without comment, continuation lines joined with a space. */
  readonly text: string;
  /** Where in the source the parts of the text begin, ascending in both. */
  readonly parts: readonly { readonly at: number; readonly offset: number }[];
  /** The words, when the caller gave them one by one. */
  readonly words?: readonly Word[];
}

/** The statements of a text, in order: lines without `#` comment, joined where a line ends with `\`; no empty ones. */
export function* readStatements(source: SourceText): Generator<Statement> {
  const { text } = source;
  let pieces: string[] = [];
  let parts: { at: number; offset: number }[] = [];
  let length = 0;
  for (let start = 0; start <= text.length;) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    const { line, isOpen } = withoutComment(text.slice(start, end));
    const continues = !isOpen && line.endsWith("\\");
    const said = (continues ? line.slice(0, -1) : line).trim();
    if (said !== "") {
      const at = pieces.length === 0 ? 0 : length + 1;
      parts.push({ at, offset: start + line.indexOf(said) });
      pieces.push(said);
      length = at + said.length;
    }
    if (!continues && pieces.length > 0) {
      yield { source, text: pieces.join(" "), parts };
      [pieces, parts, length] = [[], [], 0];
    }
    start = end + 1;
  }
  if (pieces.length > 0) yield { source, text: pieces.join(" "), parts };
}

/** A statement made of words that a caller already separated: positions are those in the words joined with a space. */
export function statementOfWords(sourceName: string, given: readonly string[]): Statement {
  const source = new SourceText(sourceName, given.join(" "));
  let at = 0;
  const words = given.map((text): Word => {
    const word = { text, at, length: text.length };
    at += text.length + 1;
    return word;
  });
  return { source, text: source.text, parts: [{ at: 0, offset: 0 }], words };
}

/** A text that is one statement as it stands. */
export function statementOfText(source: SourceText): Statement {
  return { source, text: source.text, parts: [{ at: 0, offset: 0 }] };
}

/** The words of a statement: as given, or what white space separates. */
export function wordsOf(statement: Statement): readonly Word[] {
  if (statement.words !== undefined) return statement.words;
  return Array.from(
    statement.text.matchAll(/\S+/g),
    (found) => ({ text: found[0], at: found.index, length: found[0].length }),
  );
}

/** The first word of a statement, as white space ends it. */
export function firstWordOf(statement: Statement): string {
  return /\S+/.exec(statement.text)?.[0] ?? "";
}

/** The place in the source of a stretch of a statement. */
export function spanOf(statement: Statement, at: number, length: number): Span {
  return statement.source.span(offsetOf(statement, at), length);
}

/** The line of a statement's first character, from 1. */
export function lineOf(statement: Statement): number {
  return statement.source.lineAt(offsetOf(statement, 0));
}

function offsetOf({ parts }: Statement, at: number): number {
  let low = 0;
  let high = parts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((parts[middle]?.at ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  const part = parts[low] ?? { at: 0, offset: 0 };
  return part.offset + at - part.at;
}

/** The line up to a `#` outside quotes, trimmed at its end, and whether a quote was left open. */
function withoutComment(raw: string): { line: string; isOpen: boolean } {
  if (!raw.includes("#") && !raw.includes('"')) return { line: raw.trimEnd(), isOpen: false };
  let isOpen = false;
  for (let index = 0; index < raw.length; index++) {
    const character = raw[index];
    if (character === '"') isOpen = !isOpen;
    else if (character === "\\" && isOpen) index++;
    else if (character === "#" && !isOpen) return { line: raw.slice(0, index).trimEnd(), isOpen };
  }
  return { line: raw.trimEnd(), isOpen };
}
