/**
 * The entries of a list, in columns as they are read.
 *
 * @module
 */

import type { Field } from "../model/field.ts";
import { RangeColumns } from "../model/interval_set.ts";
import { counterpartOf, isCounterpartEntry } from "../model/match.ts";
import { isProblem, type Problem, problem } from "../model/problem.ts";
import { joinColumns, type Range, type Ranges } from "../model/ranges.ts";
import { parseRange, type ValueShape } from "../model/value_text.ts";
import { ipv4Room, ipv6Room, scanIpv4, scanIpv6 } from "../net/scan_address.ts";
import type { Word } from "./statement.ts";

/** Takes a problem with an entry. */
export type EntryReport = (found: Problem, entry: Word) => void;

/** Entries of a field, and of the other family's where it has one. */
export class EntryColumns {
  readonly #field: Field;
  readonly #mask: bigint | undefined;
  readonly #own: RangeColumns;
  readonly #other: RangeColumns | undefined;
  readonly #ipv4: RangeColumns | undefined;
  readonly #ipv6: RangeColumns | undefined;
  readonly #ipv4Room = ipv4Room();
  readonly #ipv6Room = ipv6Room();

  /** Without entries. A masked set is of one family. */
  constructor(field: Field, mask: bigint | undefined) {
    this.#field = field;
    this.#mask = mask;
    this.#own = columnsFor(field);
    const other = field.counterpart === undefined || mask !== undefined ? undefined : counterpartOf(field);
    this.#other = other && columnsFor(other);
    const of = (format: Field["format"]): RangeColumns | undefined =>
      field.format === format ? this.#own : other?.format === format ? this.#other : undefined;
    this.#ipv4 = of("ipv4");
    this.#ipv6 = of("ipv6");
  }

  /** Adds a stretch of a text when it is an address or prefix as most are; false, and nothing added, for all else. */
  addAddress(text: string, from: number, to: number): boolean {
    if (this.#ipv4 !== undefined && scanIpv4(text, from, to, this.#ipv4Room)) {
      this.#ipv4.addSingle(this.#ipv4Room.lo[0]!, this.#ipv4Room.hi[0]!);
      return true;
    }
    if (this.#ipv6 === undefined || !scanIpv6(text, from, to, this.#ipv6Room)) return false;
    this.#ipv6.addWords(this.#ipv6Room.lo, this.#ipv6Room.hi);
    return true;
  }

  /** Adds any entry; what is wrong with it is reported. False after an error. */
  addEntry(entry: Word, report: EntryReport): boolean {
    const isOther = this.#other !== undefined && isCounterpartEntry(this.#field, entry.text, this.#mask);
    const shape = isOther ? counterpartOf(this.#field) : this.#field;
    const range = readEntry(shape, entry, report);
    if (range !== undefined) (isOther ? this.#other : this.#own)?.add(range);
    return range !== undefined;
  }

  /** The ranges, joined, by family. */
  join(): { readonly ranges: Ranges; readonly ipv6Ranges?: Ranges } {
    const ranges = joinColumns(this.#own);
    if (this.#other === undefined || this.#other.size === 0) return { ranges };
    return { ranges, ipv6Ranges: joinColumns(this.#other) };
  }
}

/** The range that an entry spells; undefined after an error. */
export function readEntry(shape: ValueShape, entry: Word, report: EntryReport): Range | undefined {
  const range = checkLength(entry) ?? parseRange(shape, entry.text, (found) => report(found, entry));
  if (!isProblem(range)) return range;
  report(range, entry);
  return undefined;
}

/** No value is longer; the limit keeps messages short and every check linear. */
const MAX_WORD_LENGTH = 256;

/** A problem when a value is longer than any is. */
export function checkLength(word: Word): Problem | undefined {
  if (word.text.length <= MAX_WORD_LENGTH) return undefined;
  return problem("too-long", `a value has at most ${MAX_WORD_LENGTH} characters, not ${word.text.length}`);
}

function columnsFor({ widthBits }: Field): RangeColumns {
  return new RangeColumns(widthBits <= 32 ? 1 : widthBits <= 64 ? 2 : 4);
}
