/**
 * What the template of large sets asks for.
 *
 * @module
 */

import type { SetLookup, SetsPlan } from "../classify/plan.ts";
import { layerPresence } from "../model/places.ts";
import { allOnes } from "../net/bytes.ts";
import { presenceMacro } from "./expressions.ts";
import { SETS_LIMIT_MARK, SETS_MARK } from "./sizes.ts";
import type { TemplateScope } from "./template.ts";

/** The values of templates/include/kefir/sets.h. */
export function setsScope({ lookups }: SetsPlan): TemplateScope {
  const hasIntervals = lookups.some(({ table }) => table.kind === "intervals");
  return {
    sets_mark: SETS_MARK,
    set_intervals: hasIntervals,
    ...(hasIntervals && { sets_limit_mark: SETS_LIMIT_MARK }),
    direct: lookups.some(({ table }) => table.kind === "direct"),
    bits: lookups.some(({ bitPlaces }) => bitPlaces.length > 0),
    lookups: lookups.map((lookup) => ({
      presence: presenceMacro(layerPresence(lookup.source)),
      class: classOf(lookup),
      results: resultsOf(lookup),
    })),
  };
}

function classOf({ source, mask, table, at }: SetLookup): string {
  const isMasked = mask !== allOnes(source.widthBits);
  const value = isMasked ? `(h->${source.name} & ${literal(mask)})` : `h->${source.name}`;
  if (table.kind === "direct") return `kefir_direct(sets + ${at}, ${value}, ${2 ** source.widthBits - 1})`;
  const shape = `KEFIR_SETS_SHAPE(${2 ** table.rootBits}, ${at})`;
  if (table.form === 128) return `kefir_interval_lookup128(sets, ${shape}, ${value} >> 64, ${value})`;
  return `kefir_interval_lookup${table.form}(sets, ${shape}, ${value})`;
}

function resultsOf({ classPlace, bitPlaces, bitsAt, classCapacity }: SetLookup): TemplateScope[] {
  const words = bitPlaces.map(({ name }, word) => ({
    place: name,
    result: `kefir_sets_of(sets + ${bitsAt}, class, ${classCapacity - 1}, ${bitPlaces.length}, ${word})`,
  }));
  return classPlace === undefined ? words : [{ place: classPlace.name, result: "class" }, ...words];
}

function literal(value: bigint): string {
  if (value >> 64n === 0n) return `0x${value.toString(16)}ull`;
  return `KEFIR_U128(0x${(value >> 64n).toString(16)}ull, 0x${(value & allOnes(64)).toString(16)}ull)`;
}
