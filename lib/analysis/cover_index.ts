/**
 * Finds the first of many regions that contains another, without comparing it with all.
 *
 * A region that contains another has, in each place that it narrows, the other's values under the prefix around its own. So
 * regions are kept by a place and such a prefix, and looked for under each prefix length that some region has there. Those
 * that are narrow nowhere are compared one by one.
 *
 * @module
 */

import type { Place } from "../model/places.ts";
import { contains, type Part, type Region } from "./region.ts";

/** Regions in order. */
export class CoverIndex {
  readonly #levels = new Map<Place, Map<number, Level>>();
  readonly #wide: Entry[] = [];
  #comparisons: number;

  /** An index that compares so many pairs of regions at most. */
  constructor(comparisons: number) {
    this.#comparisons = comparisons;
  }

  /** Whether there were too many pairs: then not all that contain another were found. */
  get isExhausted(): boolean {
    return this.#comparisons <= 0;
  }

  /** Adds the next region: of the lists that it may be in, to the one that costs the others least. */
  add(index: number, region: Region): void {
    let best: { readonly part: Part; readonly bits: number } | undefined;
    let least = Infinity;
    for (const part of region.parts) {
      const bits = prefixBits(part);
      if (bits === 0) continue;
      const length = this.#levels.get(part.place)?.get(bits)?.get(prefixOf(part, bits))?.length ?? 0;
      // The longer a list is, and the shorter its prefix, the more is compared with it.
      const cost = (length + 1) * 2 ** (-bits / 4);
      if (cost < least) [best, least] = [{ part, bits }, cost];
    }
    const entry = { index, region };
    if (best === undefined) this.#wide.push(entry);
    else this.#put(best.part, best.bits, entry);
  }

  /** The first region that contains this one, or undefined. */
  find(region: Region): number | undefined {
    let found = this.#firstOf(this.#wide, region, Infinity);
    for (const part of region.parts) {
      const levels = this.#levels.get(part.place);
      if (levels === undefined) continue;
      const most = prefixBits(part);
      const head = headOf(part);
      const width = headBits(part.place);
      for (const [bits, level] of levels) {
        if (bits > most) continue;
        const entries = level.get(Math.floor(head / 2 ** (width - bits)));
        if (entries !== undefined) found = this.#firstOf(entries, region, found);
      }
    }
    return found === Infinity ? undefined : found;
  }

  #put(part: Part, bits: number, entry: Entry): void {
    let levels = this.#levels.get(part.place);
    if (levels === undefined) this.#levels.set(part.place, levels = new Map());
    let level = levels.get(bits);
    if (level === undefined) levels.set(bits, level = new Map());
    const prefix = prefixOf(part, bits);
    const entries = level.get(prefix);
    if (entries === undefined) level.set(prefix, [entry]);
    else entries.push(entry);
  }

  #firstOf(entries: readonly Entry[], region: Region, before: number): number {
    for (const { index, region: other } of entries) {
      if (index >= before || this.#comparisons <= 0) break;
      this.#comparisons--;
      if (contains(other, region)) return index;
    }
    return before;
  }
}

interface Entry {
  readonly index: number;
  readonly region: Region;
}

/** Regions by the first bits of what they leave of a place. */
type Level = Map<number, Entry[]>;

/** Bits at the start of a place that are looked at: a number holds them exactly. */
const MOST_BITS = 48;

function headBits({ widthBits }: Place): number {
  return Math.min(widthBits, MOST_BITS);
}

/** The first bits of the smallest value. */
function headOf({ place, ranges }: Part): number {
  return head(ranges.at(0)?.lo ?? 0n, place);
}

/** So many of the first bits of what is left. */
function prefixOf(part: Part, bits: number): number {
  return Math.floor(headOf(part) / 2 ** (headBits(part.place) - bits));
}

/** How many of the first bits all values share. */
function prefixBits({ place, ranges }: Part): number {
  const [first, last] = [ranges.at(0), ranges.at(-1)];
  if (first === undefined || last === undefined) return 0;
  let lo = head(first.lo, place);
  let hi = head(last.hi, place);
  let bits = headBits(place);
  while (lo !== hi) {
    [lo, hi] = [Math.floor(lo / 2), Math.floor(hi / 2)];
    bits--;
  }
  return bits;
}

function head(value: bigint, { widthBits }: Place): number {
  return Number(widthBits > MOST_BITS ? value >> BigInt(widthBits - MOST_BITS) : value);
}
