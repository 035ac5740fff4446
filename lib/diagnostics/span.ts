/**
 * Places in a source text: what an error points at.
 *
 * @module
 */

/** A stretch of a source text, always within one line. Offsets and columns count UTF-16 code units. */
export interface Span {
  /** The source's name: a file name, `-` for standard input, or a description such as `rule`. */
  readonly source: string;
  /** Offset in the whole text, from 0. */
  readonly offset: number;
  /** Length of the stretch; 0 points between two characters. */
  readonly length: number;
  /** Line, from 1. */
  readonly line: number;
  /** Column, from 1. */
  readonly column: number;
  /** The text of the line, without its line break. */
  readonly lineText: string;
}

/** A text with a name that turns offsets into {@link Span}s. */
export class SourceText {
  readonly name: string;
  readonly text: string;
  /** Line of the text's first character, from 1. */
  readonly firstLine: number;
  #lineStarts: number[] | undefined;

  constructor(name: string, text: string, firstLine = 1) {
    this.name = name;
    this.text = text;
    this.firstLine = firstLine;
  }

  /** The span of `length` characters from `offset`, cut at the end of its line. */
  span(offset: number, length: number): Span {
    const start = Math.min(Math.max(offset, 0), this.text.length);
    const starts = this.#starts();
    const index = lastAtMost(starts, start);
    const lineStart = starts[index] ?? 0;
    const nextStart = starts[index + 1] ?? this.text.length + 1;
    const lineText = this.text.slice(lineStart, nextStart - 1).replace(/\r$/, "");
    const column = start - lineStart + 1;
    return Object.freeze({
      source: this.name,
      offset: start,
      length: Math.max(0, Math.min(length, lineText.length - column + 1)),
      line: this.firstLine + index,
      column,
      lineText,
    });
  }

  /** The line of an offset, from {@link SourceText.firstLine}. */
  lineAt(offset: number): number {
    return this.firstLine + lastAtMost(this.#starts(), offset);
  }

  #starts(): number[] {
    if (this.#lineStarts === undefined) {
      this.#lineStarts = [0];
      for (let at = this.text.indexOf("\n"); at >= 0; at = this.text.indexOf("\n", at + 1)) {
        this.#lineStarts.push(at + 1);
      }
    }
    return this.#lineStarts;
  }
}

/** Index of the last element that is not above `value`; the list is ascending and starts at or below it. */
function lastAtMost(ascending: readonly number[], value: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((ascending[middle] ?? 0) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
