/**
 * Set lookups: what the program computes of a packet before it decides. A lookup takes the value of a place to its class,
 * and the class to what rules compare: the class itself, or a bit for each set.
 *
 * @module
 */

import type { Place } from "../../model/places.ts";
import type { IntervalForm } from "../interval_map/layout.ts";

/** How the class of a value is found: by a table of all values up to 16 bits, by an interval map beyond. */
export type ClassTable =
  | { readonly kind: "direct" }
  | { readonly kind: "intervals"; readonly form: IntervalForm; readonly rootBits: number };

/** A lookup, as the program has it. */
export interface SetLookup {
  /** Identifier, unique in the filter. */
  readonly name: string;
  /** The place whose value is looked up. */
  readonly source: Place;
  /** Bits of it that count; host order. */
  readonly mask: bigint;
  /** How the class of a value is found. */
  readonly table: ClassTable;
  /** Where that table, or the root of the map, is in {@link SetsPlan.tables}: a multiple of 64 bytes. */
  readonly at: number;
  /** The place that the class becomes; absent when no rule compares it. */
  readonly classPlace?: Place;
  /** The places that its bits become, 16 each. */
  readonly bitPlaces: readonly Place[];
  /** Where the bits of the classes are: 16 for each place, one class behind the other. */
  readonly bitsAt: number;
  /** Classes that the bits have room for: a power of two. */
  readonly classCapacity: number;
}

/** The lookups of a filter and their tables, which are part of the same value as the strategy's. */
export interface SetsPlan {
  /** In the order in which the program does them. */
  readonly lookups: readonly SetLookup[];
  /** One memory for all of them, as long as the shape says, a multiple of 64 bytes. */
  readonly tables: Uint8Array<ArrayBuffer>;
  /** What they are like. */
  readonly facts: SetsFacts;
}

/** What the lookups of a filter are like. */
export interface SetsFacts {
  /** Sets that are looked up. */
  readonly sets: number;
  /** Ranges of these sets. */
  readonly ranges: number;
  /** Classes of all lookups. */
  readonly classes: number;
  /** Dependent loads of all lookups, the mean. */
  readonly loads: number;
  /** Most dependent loads of all lookups. */
  readonly maxLoads: number;
  /** Bytes of the tables that are used. */
  readonly usedBytes: number;
}

/** The places that lookups compute, in the order of the lookups. */
export function derivedPlaces(sets: SetsPlan | undefined): readonly Place[] {
  return (sets?.lookups ?? []).flatMap(({ classPlace, bitPlaces }) =>
    classPlace === undefined ? bitPlaces : [classPlace, ...bitPlaces]
  );
}

/** The place with a name that is computed from another: always the same object, as those of FIELDS are. */
export function derivedPlace(name: string, source: Place): Place {
  let place = DERIVED.get(name);
  if (place === undefined) {
    place = Object.freeze({ name, layer: source.layer, offsetBits: 0, widthBits: DERIVED_BITS });
    DERIVED.set(name, place);
  }
  return place;
}

/** Widest place whose classes stand in a table by value. */
export const DIRECT_BITS = 16;

/** Bits of a class, and of a word of sets. */
export const DERIVED_BITS = 16;

const DERIVED = new Map<string, Place>();
