/**
 * Places: where in a packet the fields of a filter are, and what the packet must have for them to be there. Fields that
 * differ only in what they require (`l4.srcport`, `tcp.srcport`) share a place.
 *
 * @module
 */

import type { ConcreteField, LayerName } from "./field.ts";
import { FIELDS } from "./fields.ts";
import { findFamilyField } from "./field_families.ts";
import { type HeaderName, layerOf, type Slice, type SliceName, sliceOf, type SliceStart } from "./layers.ts";
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
export type Presence = Exclude<HeaderName, "frame" | "ethertype"> | SliceName | ProtocolPresence;

/** The packet is of that IP protocol. */
export type ProtocolPresence = `protocol${number}`;

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

/** Whether a program that reads what `more` asks for reads all that `less` asks for. */
export function isDemandWithin(less: Demand, more: Demand): boolean {
  const names = new Set(more.places.map(({ name }) => name));
  return less.places.every(({ name }) => names.has(name)) && less.presences.isSubsetOf(more.presences) &&
    less.families.isSubsetOf(more.families);
}

/** The place of a field, named after the first row of FIELDS that has it. */
export function placeOf(field: ConcreteField): Place {
  let place = PLACES.get(field);
  if (place === undefined) {
    place = BY_BITS.get(bitsOf(field)) ?? createPlace(field);
    PLACES.set(field, place);
  }
  return place;
}

/** The place of that name, or undefined. */
export function findPlace(name: string): Place | undefined {
  const known = BY_NAME.get(name);
  if (known !== undefined) return known;
  const entry = /^mpls(\d)_(\w+)$/.exec(name);
  if (entry !== null) return placeOfFamily(`mpls[${entry[1]}].${entry[2]}`);
  const slice = /^(\w+)_at(\d+)_(\d+)$/.exec(name);
  return slice === null ? undefined : placeOfFamily(`${BASES[slice[1] as SliceStart]}[${slice[2]}:${slice[3]}]`);
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
export function layerPresence({ layer }: Pick<Place, "layer">): Presence {
  // The innermost type is there whenever the Ethernet header is, and so is what is known of the frame.
  return layer === "ethertype" || layer === "frame" ? "eth" : layer;
}

/** The protocol of a presence, or undefined when it is a layer. */
export function protocolOf(presence: Presence): number | undefined {
  return presence.startsWith("protocol") ? Number(presence.slice("protocol".length)) : undefined;
}

/** Whether packets of either family, or of one, may have the layer. */
export function isAboveIp(layer: LayerName): boolean {
  return layerOf(layer).reach === "ip";
}

function familiesOf(field: ConcreteField): readonly ("ipv4" | "ipv6")[] {
  const { reach } = layerOf(field.layer);
  if (reach === "frame") return [];
  if (reach !== "ip") return [reach];
  return field.family === undefined ? ["ipv4", "ipv6"] : [field.family];
}

function placeOfFamily(name: string): Place | undefined {
  const field = findFamilyField(name);
  return field && placeOf(field);
}

/** The base that has no condition of its own, of each start. */
const BASES: Readonly<Record<SliceStart, string>> = {
  l3: "l3",
  ipv4: "ip",
  ipv6: "ipv6",
  l4: "l4",
  payload: "payload",
  geneve: "geneve",
};

const PLACES = new WeakMap<ConcreteField, Place>();
const BY_BITS = new Map<string, Place>();
const BY_NAME = new Map<string, Place>();
for (const field of FIELDS) if (field.kind === "concrete") placeOf(field);

function createPlace(field: ConcreteField): Place {
  const { layer, offsetBits, widthBits } = field;
  const place = Object.freeze({ name: placeName(field), layer, offsetBits, widthBits });
  BY_BITS.set(bitsOf(field), place);
  BY_NAME.set(place.name, place);
  return place;
}

/** Fields of one slice are the same place, whatever base they are written by. */
function placeName({ name, layer }: ConcreteField): string {
  const slice = sliceOf(layer);
  if (slice !== undefined) return sliceIdentifier(slice);
  return name.replace(/\[(\d)\]/, "$1").replaceAll(/[^a-z0-9]/g, "_");
}

/** An identifier in the generated C for a slice. */
export function sliceIdentifier({ start, offsetBytes, bytes }: Slice): string {
  return `${start}_at${offsetBytes}_${bytes}`;
}

function bitsOf({ layer, offsetBits, widthBits }: ConcreteField): string {
  return `${layer} ${offsetBits} ${widthBits}`;
}
