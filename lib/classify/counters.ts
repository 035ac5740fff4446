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
  const used = usedPlaces(before);
  return next.indexes.filter((index) => used[index] === 0);
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
  const keys = counterKeys(filter);
  // Most changes are of a few rules: what is in the same order before and behind them needs no table.
  const [head, tail] = sameEnds(before.keys, keys);
  const last = before.keys.length - tail;
  const kept = new Map<string, number>();
  for (let index = head; index < last; index++) kept.set(before.keys[index] as string, indexes[index] as number);
  const used = usedPlaces(before.places);
  let next = 0;
  const places = indexes.slice(0, head);
  for (let index = head; index < keys.length - tail; index++) {
    const same = kept.get(keys[index] as string);
    if (same !== undefined) {
      places.push(same);
      continue;
    }
    while (used[next] === 1) next++;
    if (next >= capacity) return undefined;
    used[next] = 1;
    places.push(next);
  }
  for (let index = last; index < indexes.length; index++) places.push(indexes[index] as number);
  return { indexes: places, capacity };
}

/** Of each place, whether a rule or the default counts there. */
function usedPlaces({ indexes, capacity }: CounterPlaces): Uint8Array {
  const used = new Uint8Array(capacity);
  for (const index of indexes) used[index] = 1;
  return used;
}

/** How many entries two lists share at their start, and how many of the rest at their end. */
function sameEnds(one: readonly string[], other: readonly string[]): readonly [head: number, tail: number] {
  const most = Math.min(one.length, other.length);
  let head = 0;
  while (head < most && one[head] === other[head]) head++;
  let tail = 0;
  while (tail < most - head && one.at(-1 - tail) === other.at(-1 - tail)) tail++;
  return [head, tail];
}
