/**
 * What the template of the layers behind other Ethernet types than IP's asks for.
 *
 * @module
 */

import { mplsLayer } from "../model/layers.ts";
import { MAX_MPLS_ENTRIES } from "../model/limits.ts";
import type { Demand, Place } from "../model/places.ts";
import { presenceMacro, readPlace } from "./expressions.ts";
import type { TemplateScope } from "./template.ts";

/** Entries of the label stack, from 1. */
const ENTRIES = Array.from({ length: MAX_MPLS_ENTRIES }, (_, index) => index + 1);

/** Layers of one header of fixed size. */
const SINGLE = ["arp", "pppoe", "cfm"] as const;

/** The layers that the template reads. */
export const LINK_LAYERS = [...SINGLE, ...ENTRIES.map(mplsLayer)] as const;

/** Which of the layers are read, and what of them. */
export function linkScope({ places, presences }: Demand): TemplateScope {
  const fieldsOf = (layer: Place["layer"], base: string): TemplateScope[] =>
    places.filter((place) => place.layer === layer)
      .map((place) => ({ name: place.name, value: readPlace(place, base) }));
  const singles = SINGLE.flatMap((layer) =>
    presences.has(layer) ? [[layer, true], [`${layer}_fields`, fieldsOf(layer, layer)]] : [[layer, false]]
  );
  const deepest = ENTRIES.findLast((entry) => presences.has(mplsLayer(entry))) ?? 0;
  return {
    ...Object.fromEntries(singles),
    ...(presences.has("pppoe") && { ppp_protocol: places.some(({ name }) => name === "ppp_protocol") }),
    mpls_entries: ENTRIES.slice(0, deepest).map((entry) => ({
      from: 4 * (entry - 1),
      marks: presences.has(mplsLayer(entry)) ? [{ macro: presenceMacro(mplsLayer(entry)) }] : [],
      fields: fieldsOf(mplsLayer(entry), "entry"),
      goes_on: entry < deepest,
    })),
  };
}
