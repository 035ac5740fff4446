/**
 * The region of a rule: per place, the values that its conditions leave. An outer bound: a packet that the rule holds for
 * is in it.
 *
 * @module
 */

import { fieldNamed, FIELDS, sidesOf } from "../model/fields.ts";
import { isEverything, neverHolds, normalizeRule } from "../model/normal_form.ts";
import {
  type Place,
  placeOf,
  type Presence,
  presenceBit,
  presenceMask,
  presencesOf,
  protocolOf,
} from "../model/places.ts";
import {
  complementRanges,
  containsRanges,
  intersectRanges,
  joinRanges,
  type Range,
  type Ranges,
} from "../model/ranges.ts";
import type { Rule } from "../model/rule.ts";
import { allOnes } from "../net/bytes.ts";
import { ETH_P_IPV4, ETH_P_IPV6, PORT_PROTOCOLS } from "../net/protocol_numbers.ts";

/** What is left of a place. */
export interface Part {
  readonly place: Place;
  readonly ranges: Ranges;
}

/** What a rule's conditions on single places leave, and what they need. */
export interface Region {
  /** At most one for each place; a place without is free. */
  readonly parts: readonly Part[];
  /** Bits of what the packet must have. */
  readonly presences: number;
  /** Whether the conditions are exactly this region: no masks that are not prefixes, no `any`. */
  readonly exact: boolean;
  /** Index of the first match that nothing satisfies, or -1. */
  readonly never: number;
}

/** The region of a rule. */
export function regionOf(rule: Rule): Region {
  const terms = normalizeRule(rule);
  const parts: Part[] = [];
  let presences = 0;
  let exact = true;
  for (const { sides, negated } of terms) {
    const [side] = sides;
    if (side === undefined || sides.length > 1) {
      exact = false;
      continue;
    }
    presences |= presenceMask(side.field);
    if (side.mask !== allOnes(side.field.widthBits)) {
      exact = false;
      continue;
    }
    const ranges = negated ? complementRanges(side.ranges, side.mask) : side.ranges;
    // Presence is all that is asked for: the place stays free, so that rules which do not look at it are covered too.
    if (isEverything({ field: side.field, mask: side.mask, ranges })) continue;
    const place = placeOf(side.field);
    // IPv4's protocol is the protocol above IP.
    narrow(parts, { place: place === IPV4_PROTOCOL ? PROTOCOL : place, ranges });
  }
  for (const part of narrowedBy(presences)) narrow(parts, part);
  return { parts, presences, exact, never: terms.findIndex(neverHolds) };
}

/** Whether the region is empty: no packet is in it. */
export function isEmpty({ parts }: Region): boolean {
  return parts.some(({ ranges }) => ranges.length === 0);
}

/** Whether every packet of `inner` is in `outer`. */
export function contains(outer: Region, inner: Region): boolean {
  if (!outer.exact || (outer.presences & ~inner.presences) !== 0) return false;
  for (const { place, ranges } of outer.parts) {
    const left = partOf(inner, place);
    if (left === undefined || !containsRanges(ranges, left.ranges)) return false;
  }
  return true;
}

function partOf({ parts }: Region, place: Place): Part | undefined {
  for (const part of parts) if (part.place === place) return part;
  return undefined;
}

function narrow(parts: Part[], part: Part): void {
  for (const [index, before] of parts.entries()) {
    if (before.place !== part.place) continue;
    if (!containsRanges(part.ranges, before.ranges)) {
      parts[index] = { place: part.place, ranges: intersectRanges(before.ranges, part.ranges) };
    }
    return;
  }
  parts.push(part);
}

/** What headers need below them: rules that want two protocols at once hold for no packet. */
function narrowedBy(presences: number): readonly Part[] {
  let parts = NARROWED.get(presences);
  if (parts === undefined) {
    const all = PRESENCES.filter((presence) => (presences >> presenceBit(presence) & 1) === 1);
    NARROWED.set(presences, parts = all.flatMap(partsOfPresence));
  }
  return parts;
}

function partsOfPresence(presence: Presence): readonly Part[] {
  const protocol = protocolOf(presence);
  if (protocol !== undefined) return [{ place: PROTOCOL, ranges: [point(protocol)] }];
  if (presence === "ports") return [{ place: PROTOCOL, ranges: joinRanges(PORT_PROTOCOLS.map(point)) }];
  if (presence === "ipv4") return [{ place: ETHERTYPE, ranges: [point(ETH_P_IPV4)] }];
  return presence === "ipv6" ? [{ place: ETHERTYPE, ranges: [point(ETH_P_IPV6)] }] : [];
}

const IPV4_PROTOCOL = placeNamed("ip.proto");
const PROTOCOL = placeNamed("l4.proto");
const ETHERTYPE = placeNamed("eth.type");
const PRESENCES: readonly Presence[] = [
  ...new Set(FIELDS.flatMap((field) => field.kind === "concrete" ? presencesOf(field) : [])),
];
const NARROWED = new Map<number, readonly Part[]>();

function placeNamed(field: string): Place {
  const [side] = sidesOf(fieldNamed(field));
  if (side === undefined) throw new RangeError(`Cannot place "${field}"`);
  return placeOf(side);
}

function point(value: number): Range {
  return { lo: BigInt(value), hi: BigInt(value) };
}
