/**
 * The region of a rule: per place, the values that its conditions leave. An outer bound: a packet that the rule holds for
 * is in it.
 *
 * @module
 */

import type { ConcreteField } from "../model/field.ts";
import { fieldNamed, sidesOf } from "../model/fields.ts";
import { type LayerName, layerOf } from "../model/layers.ts";
import { isEverything, neverHolds, normalizeRule } from "../model/normal_form.ts";
import { type Place, placeOf, type Presence, presencesOf, protocolOf } from "../model/places.ts";
import {
  complementRanges,
  containsRanges,
  intersectRanges,
  joinRanges,
  type Range,
  type Ranges,
} from "../model/ranges.ts";
import type { Rule } from "../model/rule.ts";
import { VLAN_TPIDS } from "../net/protocol_numbers.ts";
import { allOnes } from "../net/bytes.ts";

/** What is left of a place. */
export interface Part {
  readonly place: Place;
  readonly ranges: Ranges;
}

/** What a rule's conditions on single places leave, and what they need. */
export interface Region {
  /** At most one for each place; a place without is free. */
  readonly parts: readonly Part[];
  /** What the packet must have: the same object for the same. */
  readonly presences: ReadonlySet<Presence>;
  /** Whether the conditions are exactly this region: no masks that are not prefixes, no `any`. */
  readonly exact: boolean;
  /** Index of the first match that nothing satisfies, or -1. */
  readonly never: number;
}

/** The region of a rule. */
export function regionOf(rule: Rule): Region {
  const terms = normalizeRule(rule);
  const parts: Part[] = [];
  const fields: ConcreteField[] = [];
  let exact = true;
  for (const { sides, negated } of terms) {
    const [side] = sides;
    if (side === undefined || sides.length > 1) {
      exact = false;
      continue;
    }
    fields.push(side.field);
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
  const { presences, narrowed, possible } = neededBy(fields);
  for (const part of narrowed) narrow(parts, part);
  for (const part of possible) if (partOf({ parts }, part.place) !== undefined) narrow(parts, part);
  return { parts, presences, exact, never: terms.findIndex(neverHolds) };
}

/** Whether the region is empty: no packet is in it. */
export function isEmpty({ parts }: Region): boolean {
  return parts.some(({ ranges }) => ranges.length === 0);
}

/** Whether every packet of `inner` is in `outer`. */
export function contains(outer: Region, inner: Region): boolean {
  if (!outer.exact) return false;
  if (outer.presences !== inner.presences && !outer.presences.isSubsetOf(inner.presences)) return false;
  for (const { place, ranges } of outer.parts) {
    const left = partOf(inner, place);
    if (left === undefined || !containsRanges(ranges, left.ranges)) return false;
  }
  return true;
}

function partOf({ parts }: Pick<Region, "parts">, place: Place): Part | undefined {
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

interface Needed {
  readonly presences: ReadonlySet<Presence>;
  /** What headers need below them: rules that want two protocols at once hold for no packet. */
  readonly narrowed: readonly Part[];
  /** What else packets with them have, for places that a rule is about anyway. */
  readonly possible: readonly Part[];
}

/** What fields need; many rules are on the same few. */
function neededBy(fields: readonly ConcreteField[]): Needed {
  const key = fields.map(({ name }) => name).join(" ");
  let needed = NEEDED.get(key);
  if (needed === undefined) {
    const all = [...new Set(fields.flatMap(presencesOf))].sort();
    const same = all.join(" ");
    needed = BY_PRESENCES.get(same) ?? {
      presences: new Set(all),
      narrowed: all.flatMap(partsOfPresence),
      possible: all.flatMap(possibleWith),
    };
    BY_PRESENCES.set(same, needed);
    NEEDED.set(key, needed);
  }
  return needed;
}

const NEEDED = new Map<string, Needed>();
const BY_PRESENCES = new Map<string, Needed>();

function partsOfPresence(presence: Presence): readonly Part[] {
  const protocol = protocolOf(presence);
  if (protocol !== undefined) return [{ place: PROTOCOL, ranges: [point(protocol)] }];
  const { types, protocols } = layerOf(presence as LayerName);
  return [
    ...(types === undefined ? [] : [{ place: ETHERTYPE, ranges: joinRanges(types.map(point)) }]),
    ...(protocols === undefined ? [] : [{ place: PROTOCOL, ranges: joinRanges(protocols.map(point)) }]),
  ];
}

const IPV4_PROTOCOL = placeNamed("ip.proto");
const PROTOCOL = placeNamed("l4.proto");
const ETHERTYPE = placeNamed("eth.type");
const BOTTOM = "mpls.bottom";
const TAG_TYPES = joinRanges(VLAN_TPIDS.map(point));

/** What a packet has that has something: what dissection says of itself, and what a header must be to be read. */
function possibleWith(presence: Presence): readonly Part[] {
  const at = (field: string, ...ranges: Range[]): Part => ({ place: placeNamed(field), ranges });
  const entry = Number(/^mpls(\d)$/.exec(presence)?.[1] ?? 0);
  if (entry > 0) {
    const before = Array.from({ length: entry - 1 }, (_, index) => index === 0 ? BOTTOM : `mpls[${index + 1}].bottom`);
    return before.map((field) => at(field, point(0)));
  }
  switch (presence) {
    case "eth":
      return [at("frame.len", { lo: 14n, hi: allOnes(32) }), at("vlan.count", { lo: 0n, hi: 3n })];
    case "svlan":
    case "cvlan":
      return [
        at("vlan.count", { lo: presence === "svlan" ? 1n : 2n, hi: 3n }),
        { place: placeNamed(`${presence}.tpid`), ranges: TAG_TYPES },
      ];
    case "l4proto":
      return [at("l3.frag", { lo: 0n, hi: 1n }, point(3))];
    case "ah":
      // Of IPv6, it may be before the header of a later fragment.
      return [];
    default:
      // A later fragment has nothing above IP.
      return protocolOf(presence) === undefined && layerOf(presence as LayerName).reach === "ip"
        ? [at("l3.frag", point(0), point(3))]
        : [];
  }
}

function placeNamed(field: string): Place {
  const [side] = sidesOf(fieldNamed(field));
  if (side === undefined) throw new RangeError(`Cannot place "${field}"`);
  return placeOf(side);
}

function point(value: number): Range {
  return { lo: BigInt(value), hi: BigInt(value) };
}
