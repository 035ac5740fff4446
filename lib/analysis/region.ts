/**
 * The region of a rule: per place, the values that its conditions leave. An outer bound: a packet that the rule holds for
 * is in it.
 *
 * @module
 */

import { isEverything, type Term } from "../model/normal_form.ts";
import { placeOf, type Presence, presencesOf, protocolOf } from "../model/places.ts";
import { allOnes } from "../net/bytes.ts";
import { ETH_P_IPV4, ETH_P_IPV6, PORT_PROTOCOLS } from "../net/protocol_numbers.ts";
import {
  complementRanges,
  containsRanges,
  intersectRanges,
  joinRanges,
  type Range,
  type Ranges,
} from "../model/ranges.ts";

/** What a rule's conditions on single places leave, and what they need. */
export interface Region {
  /** By name of place; a place that is not there is free. */
  readonly ranges: ReadonlyMap<string, Ranges>;
  readonly presences: ReadonlySet<Presence>;
  /** Whether the conditions are exactly this region: no masks that are not prefixes, no `any`. */
  readonly exact: boolean;
}

/** The region of a rule's terms. */
export function regionOf(terms: readonly Term[]): Region {
  const ranges = new Map<string, Ranges>();
  const presences = new Set<Presence>();
  let exact = true;
  const narrow = (place: string, allowed: Ranges): void => {
    const before = ranges.get(place);
    ranges.set(place, before === undefined ? allowed : intersectRanges(before, allowed));
  };
  for (const term of terms) {
    const [side] = term.sides;
    if (side === undefined || term.sides.length > 1) {
      exact = false;
      continue;
    }
    presencesOf(side.field).forEach((presence) => presences.add(presence));
    if (side.mask !== allOnes(side.field.widthBits)) {
      exact = false;
      continue;
    }
    const allowed = term.negated ? complementRanges(side.ranges, side.mask) : side.ranges;
    // Presence is all that is asked for: the place stays free, so that rules which do not look at it are covered too.
    if (!isEverything({ ...side, ranges: allowed })) narrow(canonical(placeOf(side.field).name), allowed);
  }
  // What a header needs below it narrows too: rules that want two protocols at once hold for no packet.
  for (const presence of presences) {
    const protocol = protocolOf(presence);
    if (protocol !== undefined) narrow("l4_proto", [point(protocol)]);
    if (presence === "ports") narrow("l4_proto", joinRanges(PORT_PROTOCOLS.map(point)));
    if (presence === "ipv4") narrow("eth_type", [point(ETH_P_IPV4)]);
    if (presence === "ipv6") narrow("eth_type", [point(ETH_P_IPV6)]);
  }
  return { ranges, presences, exact };
}

/** Whether the region is empty: no packet is in it. */
export function isEmpty(region: Region): boolean {
  return [...region.ranges.values()].some((allowed) => allowed.length === 0);
}

/** Whether every packet of `inner` is in `outer`. */
export function contains(outer: Region, inner: Region): boolean {
  if (!outer.exact) return false;
  for (const presence of outer.presences) if (!inner.presences.has(presence)) return false;
  for (const [place, allowed] of outer.ranges) {
    const left = inner.ranges.get(place);
    if (left === undefined || !containsRanges(allowed, left)) return false;
  }
  return true;
}

/** IPv4's protocol is the protocol above IP. */
function canonical(place: string): string {
  return place === "ip_proto" ? "l4_proto" : place;
}

function point(value: number): Range {
  return { lo: BigInt(value), hi: BigInt(value) };
}
