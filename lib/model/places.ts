/**
 * Places: where in a packet the fields of a filter are, and what the packet must have for them to be there. Fields that
 * differ only in what they require (`l4.srcport`, `tcp.srcport`) share a place.
 *
 * @module
 */

import type { ConcreteField, LayerName } from "./field.ts";
import { FIELDS } from "./fields.ts";
import type { Side, Term } from "./normal_form.ts";

/** A run of bits of a layer. */
export interface Place {
  /** Identifier in the generated C. */
  readonly name: string;
  /** The layer that has it. */
  readonly layer: LayerName;
  /** Offset of the first bit in the layer. */
  readonly offsetBits: number;
  /** Number of bits. */
  readonly widthBits: number;
}

/** What a packet has or has not: layers, and the protocols that fields ask for. */
export type Presence =
  | "eth"
  | "svlan"
  | "cvlan"
  | "ipv4"
  | "ipv6"
  | "l4proto"
  | "ah"
  | "l4data"
  | "ports"
  | ProtocolPresence;

/** The packet is of that IP protocol. */
export type ProtocolPresence = `protocol${number}`;

/** Bit of each presence in the generated C and in the records of `linear`. */
const LAYER_BITS: readonly Presence[] = ["eth", "svlan", "cvlan", "ipv4", "ipv6", "l4proto", "ah", "l4data", "ports"];

/** The protocols that some field asks for, in the order of their bits. */
const PROTOCOLS: readonly number[] = [
  ...new Set(
    FIELDS.flatMap((field) => field.kind === "concrete" && field.protocol !== undefined ? [field.protocol] : []),
  ),
];

/** Number of presence bits. */
export const PRESENCE_BITS: number = LAYER_BITS.length + PROTOCOLS.length;

/** What is asked of every packet: the places and presences of all conditions. */
export interface Demand {
  /** In the order of first use. */
  readonly places: readonly Place[];
  /** What a packet must have for some condition. */
  readonly presences: ReadonlySet<Presence>;
  /** Families whose packets can satisfy some condition on a layer above IP. */
  readonly families: ReadonlySet<"ipv4" | "ipv6">;
}

/** What the conditions ask for. */
export function demandOf(terms: Iterable<Term>): Demand {
  const places = new Map<string, Place>();
  const presences = new Set<Presence>();
  const families = new Set<"ipv4" | "ipv6">();
  // Many conditions are on few fields.
  const fields = new Set<ConcreteField>();
  for (const term of terms) for (const { field } of term.sides) fields.add(field);
  for (const field of fields) {
    const place = placeOf(field);
    places.set(place.name, place);
    presencesOf(field).forEach((presence) => presences.add(presence));
    familiesOf(field).forEach((family) => families.add(family));
  }
  return { places: [...places.values()], presences, families };
}

/** The place of a field, named after the first row of FIELDS that has it. */
export function placeOf(field: ConcreteField): Place {
  const known = PLACES.get(field.name);
  if (known === undefined) throw new RangeError(`Cannot place "${field.name}": it is not a row of FIELDS`);
  return known;
}

/** The place of that name, or undefined. */
export function findPlace(name: string): Place | undefined {
  return BY_NAME.get(name);
}

/** The place that a side of a condition compares. */
export function placeOfSide({ field, derived }: Side): Place {
  return derived ?? placeOf(field);
}

/** What a packet must have for the field to be there. */
export function presencesOf(field: ConcreteField): readonly Presence[] {
  return [
    layerPresence(placeOf(field)),
    ...(field.family === undefined ? [] : [field.family]),
    ...(field.protocol === undefined ? [] : [`protocol${field.protocol}` as const]),
  ];
}

/** What a packet must have for the place to be there at all. */
export function layerPresence({ layer }: Place): Presence {
  // The innermost type is there whenever the Ethernet header is.
  return layer === "ethertype" ? "eth" : layer;
}

/** The bit of a presence. */
export function presenceBit(presence: Presence): number {
  const layer = LAYER_BITS.indexOf(presence);
  return layer >= 0 ? layer : LAYER_BITS.length + PROTOCOLS.indexOf(protocolOf(presence) ?? -1);
}

/** The bits of everything that a packet must have for the field to be there. */
export function presenceMask(field: ConcreteField): number {
  let mask = MASKS.get(field);
  if (mask === undefined) {
    mask = presencesOf(field).reduce((bits, presence) => bits | (1 << presenceBit(presence)), 0);
    MASKS.set(field, mask);
  }
  return mask;
}

/** A hundred thousand rules ask for a dozen of them. */
const MASKS = new WeakMap<ConcreteField, number>();

/** The protocol of a presence, or undefined when it is a layer. */
export function protocolOf(presence: Presence): number | undefined {
  return presence.startsWith("protocol") ? Number(presence.slice("protocol".length)) : undefined;
}

function familiesOf(field: ConcreteField): readonly ("ipv4" | "ipv6")[] {
  switch (field.layer) {
    case "ipv4":
    case "ipv6":
      return [field.layer];
    case "l4proto":
    case "ah":
    case "l4data":
    case "ports":
      return field.family === undefined ? ["ipv4", "ipv6"] : [field.family];
    default:
      return [];
  }
}

const PLACES: ReadonlyMap<string, Place> = buildPlaces();
const BY_NAME: ReadonlyMap<string, Place> = new Map([...PLACES.values()].map((place) => [place.name, place]));

function buildPlaces(): ReadonlyMap<string, Place> {
  const byBits = new Map<string, Place>();
  const byField = new Map<string, Place>();
  for (const field of FIELDS) {
    if (field.kind !== "concrete") continue;
    const { layer, offsetBits, widthBits } = field;
    const bits = `${layer} ${offsetBits} ${widthBits}`;
    const place = byBits.get(bits) ??
      Object.freeze({ name: field.name.replaceAll(/[^a-z0-9]/g, "_"), layer, offsetBits, widthBits });
    byBits.set(bits, place);
    byField.set(field.name, place);
  }
  return byField;
}
