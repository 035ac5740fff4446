/**
 * Warnings about what is easily taken for something else, with the match that a reader may take it for.
 *
 * @module
 */

import type { Field } from "../model/field.ts";
import { counterpartOf, freezeMatch, isCounterpartEntry, type Match } from "../model/match.ts";
import type { Operator } from "../model/operator.ts";
import { isProblem, type Problem } from "../model/problem.ts";
import { complementRanges, intersectRanges, joinRanges, type Ranges } from "../model/ranges.ts";
import { hostBits, parseRange, parseValue } from "../model/value_text.ts";
import { allOnes } from "../net/bytes.ts";
import type { Report } from "./findings.ts";
import type { Word } from "./statement.ts";

/** A match on all bits of a field, or on those of a mask. */
export interface WrittenValue {
  readonly field: Field;
  readonly operator?: Operator;
  /** As written; host order. */
  readonly value: bigint;
  readonly mask: bigint;
}

/** {@link hostBits} with its reading: that all bits of the value are compared. */
export function hostBitsWarning(
  text: string,
  { field, operator = "==", value, mask }: WrittenValue,
): Problem | undefined {
  const cleared = hostBits(field, text, value, mask);
  return cleared && { ...cleared, reading: freezeMatch(field, operator, { kind: "value", value }) };
}

/** Keeps back what is said about host bits in the entries of a set, until the set is known. */
export class EntryWarnings {
  readonly #field: Field;
  readonly #report: Report;
  readonly #kept: { readonly found: Problem; readonly entry: Word }[] = [];

  constructor(field: Field, report: Report) {
    this.#field = field;
    this.#report = report;
  }

  /** Takes a problem with an entry. */
  readonly take = (found: Problem, entry: Word): void => {
    if (found.code === "host-bits") this.#kept.push({ found, entry });
    else this.#report(found, entry);
  };

  /** Reports what was kept back: one may read the set with the value itself in place of the entry's prefix. */
  flush(match: Match | undefined): void {
    for (const { found, entry } of this.#kept) {
      const reading = match && this.#readingOf(match, entry.text);
      this.#report(reading === undefined ? found : { ...found, reading }, entry);
    }
  }

  #readingOf({ operator, operand }: Match, text: string): Match | undefined {
    if (operand.kind !== "set") return undefined;
    const isOther = isCounterpartEntry(this.#field, text, operand.mask);
    const side = isOther ? counterpartOf(this.#field) : this.#field;
    const range = parseRange(side, text, () => {});
    const value = parseValue(side, text.slice(0, text.indexOf("/")));
    if (isProblem(range) || isProblem(value)) return undefined;
    const others = (ranges: Ranges) =>
      joinRanges([
        ...intersectRanges(ranges, complementRanges([range], allOnes(side.widthBits))),
        { lo: value, hi: value },
      ]);
    return freezeMatch(this.#field, operator, {
      ...operand,
      ...(isOther ? { ipv6Ranges: others(operand.ipv6Ranges ?? []) } : { ranges: others(operand.ranges) }),
    });
  }
}
