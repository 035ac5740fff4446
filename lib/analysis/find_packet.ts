/**
 * Finds packets that rules hold for, or that tell two rules apart. What is found was asked of the evaluator; what is not
 * found may exist all the same.
 *
 * @module
 */

import { complementRanges, intersectRanges, isInRanges } from "../model/ranges.ts";
import type { Match } from "../model/match.ts";
import { normalizeMatch, type Side, type Term } from "../model/normal_form.ts";
import { type Place, placeOf } from "../model/places.ts";
import { allOnes } from "../net/bytes.ts";
import { PORT_PROTOCOLS, VLAN_TPIDS } from "../net/protocol_numbers.ts";
import { dissect, type Dissection } from "../semantics/dissect.ts";
import { matchHolds } from "../semantics/evaluate.ts";
import { buildFrame } from "./build_frame.ts";
import type { FieldValue } from "./frame_bits.ts";

/** A frame with its headers. */
export interface FoundPacket {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly dissection: Dissection;
}

/** A packet that all matches hold for, or undefined. */
export function findPacket(matches: readonly Match[]): FoundPacket | undefined {
  const terms = matches.map(normalizeMatch);
  for (const side of SIDES) {
    const values = valuesFor(terms, side);
    const packet = values && packetOf(values);
    if (packet !== undefined && holds(matches, packet)) return packet;
  }
  return undefined;
}

/** A packet that `wanted` holds for and one of two further lists of matches does, but not the other; or undefined. */
export function findDifference(
  wanted: readonly Match[],
  one: readonly Match[],
  other: readonly Match[],
): FoundPacket | undefined {
  const terms = wanted.map(normalizeMatch);
  for (const side of SIDES) {
    const values = valuesFor(terms, side);
    if (values === undefined) continue;
    for (const value of samplesOf(other.map(normalizeMatch), one.map(normalizeMatch), side)) {
      const packet = packetOf([...values, value]);
      if (holds(wanted, packet) && holds(one, packet) !== holds(other, packet)) return packet;
    }
  }
  return undefined;
}

/** Whether all matches hold for a packet. */
export function holds(matches: readonly Match[], { dissection }: FoundPacket): boolean {
  return matches.every((match) => matchHolds(match, dissection));
}

/** Which side of fields that have several is tried. */
const SIDES = [0, 1] as const;

function packetOf(values: readonly FieldValue[]): FoundPacket {
  const bytes = buildFrame(values);
  return { bytes, dissection: dissect({ bytes }) };
}

/** A value for each place that the conditions look at, which satisfies all of them there; undefined when none is seen. */
function valuesFor(terms: readonly Term[], which: number): FieldValue[] | undefined {
  const groups = new Map<Place, { readonly side: Side; readonly negated: boolean }[]>();
  for (const { sides, negated } of terms) {
    const chosen = sides[Math.min(which, sides.length - 1)];
    if (chosen === undefined) return undefined;
    // Both ends of a header are there at once, and a negation is about all that are.
    for (const side of negated ? sides.filter(({ field }) => field.layer === chosen.field.layer) : [chosen]) {
      const group = groups.get(placeOf(side.field));
      if (group === undefined) groups.set(placeOf(side.field), [{ side, negated }]);
      else group.push({ side, negated });
    }
  }
  const values: FieldValue[] = [];
  for (const group of groups.values()) {
    const edges = group.flatMap(({ side, negated }) => [...usualOf(side), ...edgesOf(side, negated)]);
    const value = edges.find((edge) =>
      group.every(({ side: { mask, ranges }, negated }) => isInRanges(ranges, edge & mask) !== negated)
    );
    if (value === undefined) return undefined;
    // A field that asks for a protocol or a family says more than another one of the same place.
    const { side } = group.find(({ side: { field } }) => field.protocol !== undefined) ?? group[0] as { side: Side };
    values.push([side.field, value]);
  }
  return values;
}

/** Values in what one condition asks for and the other does not, and near the edges of both, within and without. */
function samplesOf(one: readonly Term[], other: readonly Term[], which: number): readonly FieldValue[] {
  const sides = [...one, ...other].flatMap((term) => sideOf(term, which));
  const [first, second] = sides;
  const apart =
    first !== undefined && second !== undefined && first.field === second.field && first.mask === second.mask
      ? [without(first, second), without(second, first)]
      : [];
  return [
    ...apart.flatMap((side) => [...edgesOf(side, false)].map((value) => [side.field, value] as const)),
    ...sides.flatMap((side) => {
      return [...usualOf(side), ...edgesOf(side, false), ...edgesOf(side, true)].map((value) =>
        [side.field, value] as const
      );
    }),
  ];
}

/** Values that packets have, of fields that say what follows. */
function usualOf(side: Side | undefined): readonly bigint[] {
  if (side === undefined) return [];
  if (side.field.format === "protocol") return PORT_PROTOCOLS.map(BigInt);
  return side.field.name.endsWith(".tpid") ? VLAN_TPIDS.map(BigInt) : USUAL.get(side.field.name) ?? [];
}

/** Other fields that have only some values: GRE's version, VXLAN's I flag, the kinds of fragments. */
const USUAL: ReadonlyMap<string, readonly bigint[]> = new Map([
  ["gre.flags_and_version", [0n, 0x2000n]],
  ["vxlan.flags", [0x08n, 0x88n]],
  ["l3.frag", [0n, 3n, 1n]],
]);

function without(side: Side, other: Side): Side {
  return { ...side, ranges: intersectRanges(side.ranges, complementRanges(other.ranges, other.mask)) };
}

function sideOf({ sides }: Term, which: number): Side[] {
  const side = sides[Math.min(which, sides.length - 1)];
  return side === undefined ? [] : [side];
}

/** So many ranges of a set are looked at. */
const FEW = 8;

/** Values at the edges of the ranges, inside; negated, beside them. */
function* edgesOf({ field, mask, ranges }: Side, negated: boolean): Generator<bigint> {
  const all = allOnes(field.widthBits);
  const ignored = all ^ mask;
  if (negated && ranges.length === 0) yield 0n;
  for (let index = 0; index < Math.min(ranges.length, FEW); index++) {
    const { lo, hi } = ranges.at(index) as { lo: bigint; hi: bigint };
    if (!negated) {
      yield lo;
      if (lo < hi) yield lo + 1n;
      // The lowest bit that does not count, and all of them.
      if (ignored !== 0n) yield* [lo | (ignored & -ignored), lo | ignored];
      yield hi;
    } else {
      // The lowest bit that counts, so that a mask leaves a difference.
      const step = mask & -mask;
      if (lo >= step) yield lo - step;
      if (hi + step <= all) yield hi + step;
    }
  }
}
