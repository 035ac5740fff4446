/**
 * The words of a statement of tc, one after the other, with what was said of keywords so far.
 *
 * @module
 */

import { type Problem, problem, warning } from "../model/problem.ts";
import type { Report } from "./findings.ts";
import { type Statement, type Word, wordsOf } from "./statement.ts";
import { quoteWord } from "./suggest.ts";
import type { FlowerIgnoredKeyword, FlowerKeyword, FlowerRefusedKeyword } from "./tc_flower_keywords.ts";

/** Where a problem is. */
type Place = Pick<Word, "at" | "length">;

/** Goes through the words of a statement. */
export class FlowerCursor {
  readonly #words: readonly Word[];
  readonly #seen = new Set<FlowerKeyword>();
  #index = 0;
  #failed = false;
  /** Behind the last word. */
  readonly end: Place;
  /** Takes problems that are no errors. */
  readonly report: Report;

  constructor(statement: Statement, report: Report) {
    this.#words = wordsOf(statement);
    this.end = { at: statement.text.length, length: 0 };
    this.report = report;
  }

  /** Whether an error was reported. */
  get failed(): boolean {
    return this.#failed;
  }

  /** The word that comes next, if one does. */
  get next(): Word | undefined {
    return this.#words[this.#index];
  }

  /** Whether a word is among those that are left. */
  has(...texts: readonly string[]): boolean {
    return this.#words.slice(this.#index).some(({ text }) => texts.includes(text));
  }

  /** Takes the next word. */
  take(): Word | undefined {
    return this.#words[this.#index++];
  }

  /** Passes over words. */
  skip(count: number): void {
    this.#index += count;
  }

  /** Takes the next word, or complains that there is none. */
  value(name: string): Word | undefined {
    const word = this.take();
    if (word === undefined) this.fail(problem("missing-word", `there should be a value of ${name}`), this.end);
    return word;
  }

  /** Reports an error. */
  fail(found: Problem, place: Place): void {
    this.#failed = true;
    this.report(found, place);
  }

  /** Notes that a keyword was said, and reports one that was before. */
  note(keyword: FlowerKeyword, word: Word): void {
    if (this.#seen.has(keyword)) this.failTwice(word);
    this.#seen.add(keyword);
  }

  /** Whether a keyword of that name was said. */
  said(name: string): boolean {
    return [...this.#seen].some((keyword) => keyword.name === name);
  }

  /** Reports a word that was said before. */
  failTwice(word: Word): void {
    this.fail(problem("duplicate-field", `${word.text} is given twice`), word);
  }

  /** Passes over a keyword that does not change the verdict, and gives its value, when it has one. */
  ignore(keyword: FlowerIgnoredKeyword, name: Word): Word | undefined {
    let value: Word | undefined;
    for (let count = 0; count < keyword.words; count++) {
      value = this.value(keyword.name);
      if (value === undefined) return undefined;
      if (keyword.isValue?.(value.text) !== false) continue;
      this.fail(problem("bad-value", `${quoteWord(value.text)} is not what ${keyword.name} of tc takes`), value);
    }
    this.report(ignoredWarning(keyword), name);
    return value;
  }

  /** Refuses a keyword by its name, with what follows it. */
  refuse(keyword: FlowerRefusedKeyword, name: Word): void {
    this.skip(keyword.words);
    const message = `${keyword.name} of tc is refused: ${keyword.reason}`;
    this.fail(problem("unsupported-keyword", message, keyword.hint), name);
  }
}

/** The warning that a keyword is ignored, and why that does no harm. */
export function ignoredWarning({ name, reason }: { readonly name: string; readonly reason: string }): Problem {
  return warning("ignored-keyword", `${name} of tc is ignored: ${reason}`);
}

/** The first name that a word is, or begins. */
export function beginningOf(names: readonly string[], word: string): string | undefined {
  if (word === "") return undefined;
  return names.find((name) => name === word) ?? names.find((name) => name.startsWith(word));
}
