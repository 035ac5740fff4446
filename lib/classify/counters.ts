/**
 * Where in the map of counters each rule counts. While the rules of a running program change, a rule that stays keeps its
 * place, so that no count is lost or goes to another.
 *
 * @module
 */

import { counterKeys } from "../model/counter_keys.ts";
import type { Filter } from "../model/filter.ts";

/** The places of a filter's counters. */
export interface CounterPlaces {
  /** Of each rule in order, and then of the default: the index of its counter. */
  readonly indexes: readonly number[];
  /** Counters that the map has room for. */
  readonly capacity: number;
}

/** Places in the order of the rules, without room for more. */
export function plainPlaces(filter: Filter): CounterPlaces {
  return { indexes: Array.from({ length: filter.size + 1 }, (_, index) => index), capacity: filter.size + 1 };
}

/**
 * Places with room for other rules: as many that are all new, while those before them still count, and an eighth more of both.
 */
export function roomyPlaces(filter: Filter): CounterPlaces {
  const { indexes } = plainPlaces(filter);
  return { indexes, capacity: Math.max(16, Math.ceil(indexes.length * 2.25)) };
}

/** The places of one that the other, whose counters are in the same map, does not use. */
export function newPlaces(before: CounterPlaces, next: CounterPlaces): readonly number[] {
  const used = new Set(before.indexes);
  return next.indexes.filter((index) => !used.has(index));
}

/**
 * Places for a filter that takes over from another in the same map: rules that stay keep theirs, new ones get places that
 * the other does not use. Undefined when there is no room.
 */
export function placesAfter(
  filter: Filter,
  before: { /** As counterKeys() gives them. */ readonly keys: readonly string[]; readonly places: CounterPlaces },
): CounterPlaces | undefined {
  const { indexes, capacity } = before.places;
  const kept = new Map<string, number>();
  before.keys.forEach((key, index) => kept.set(key, indexes[index] as number));
  const used = new Set(indexes);
  let next = 0;
  const places: number[] = [];
  for (const key of counterKeys(filter)) {
    const same = kept.get(key);
    if (same !== undefined) {
      places.push(same);
      continue;
    }
    while (used.has(next)) next++;
    if (next >= capacity) return undefined;
    used.add(next);
    places.push(next);
  }
  return { indexes: places, capacity };
}
