/**
 * Sources: the places whose values are looked up, each with its sets.
 *
 * @module
 */

import { IntervalSet } from "../../model/interval_set.ts";
import type { Side } from "../../model/normal_form.ts";
import { type Place, placeOf } from "../../model/places.ts";
import type { Ranges } from "../../model/ranges.ts";

/** A place whose masked values are looked up. */
export interface Source {
  readonly place: Place;
  /** Bits that count; host order. */
  readonly mask: bigint;
  /** Its sets, each once: a set's number is its position. */
  readonly sets: Ranges[];
}

/** The sources of a filter. Sets are the same when their ranges are. */
export class Sources {
  readonly #byKey = new Map<string, Source & { readonly numbers: Map<Ranges, number> }>();
  readonly #byObject = new Map<Ranges, Ranges>();
  readonly #byText = new Map<string, Ranges>();

  /** All of them, in the order in which they came. */
  get all(): readonly Source[] {
    return [...this.#byKey.values()];
  }

  /** Adds the set of a side. */
  add(side: Side): void {
    const key = Sources.keyOf(side);
    const ranges = this.#canonical(side.ranges);
    let source = this.#byKey.get(key);
    if (source === undefined) {
      source = { place: placeOf(side.field), mask: side.mask, sets: [], numbers: new Map() };
      this.#byKey.set(key, source);
    }
    if (!source.numbers.has(ranges)) source.numbers.set(ranges, source.sets.push(ranges) - 1);
  }

  /** The number that the set of a side has in its source. */
  numberOf(side: Side): number {
    return this.#byKey.get(Sources.keyOf(side))?.numbers.get(this.#canonical(side.ranges)) as number;
  }

  /** A text that sides share which look at the same bits. */
  static keyOf({ field, mask }: Side): string {
    return `${placeOf(field).name} ${mask}`;
  }

  #canonical(ranges: Ranges): Ranges {
    let same = this.#byObject.get(ranges);
    if (same === undefined) {
      const text = ranges instanceof IntervalSet ? ranges.toJSON() : ranges.map(({ lo, hi }) => `${lo}-${hi}`).join();
      same = this.#byText.get(text) ?? ranges;
      this.#byText.set(text, same);
      this.#byObject.set(ranges, same);
    }
    return same;
  }
}
