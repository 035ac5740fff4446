/**
 * The bits of what a filter asks a packet to have: `present` in the generated C. A filter numbers only what it asks for, in
 * one order, so that the same demand gives the same numbers.
 *
 * @module
 */

import type { ConcreteField } from "./field.ts";
import { LAYERS, sliceOf, STARTS } from "./layers.ts";
import { type Demand, type Presence, presencesOf, protocolOf } from "./places.ts";

/** Bits of a word of 32, as the strategies with tables keep them. */
export const FEW_PRESENCES = 32;

/** Bits that the generated C has room for. */
export const MOST_PRESENCES = 64;

/** The numbering of a demand. */
export class PresenceBits {
  readonly #bits: ReadonlyMap<Presence, number>;
  readonly #masks = new Map<ConcreteField, number>();

  constructor(presences: Iterable<Presence>) {
    const all = [...presences].sort((a, b) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1));
    this.#bits = new Map(all.map((presence, bit) => [presence, bit]));
  }

  /** Number of bits. */
  get count(): number {
    return this.#bits.size;
  }

  /** Every presence with its bit, ascending. */
  get entries(): readonly (readonly [presence: Presence, bit: number])[] {
    return [...this.#bits];
  }

  /** The bits of both IP families, when both are asked for, or 0: no packet has both. */
  get families(): number {
    const [ipv4, ipv6] = [this.#bits.get("ipv4"), this.#bits.get("ipv6")];
    return ipv4 === undefined || ipv6 === undefined ? 0 : 1 << ipv4 | 1 << ipv6;
  }

  /** The bit of a presence. @throws RangeError when nothing asks for it */
  bitOf(presence: Presence): number {
    const bit = this.#bits.get(presence);
    if (bit === undefined) throw new RangeError(`Cannot number "${presence}": nothing asks for it`);
    return bit;
  }

  /** The bits of what the field needs; of up to {@link FEW_PRESENCES} in all. */
  maskOf(field: ConcreteField): number {
    let mask = this.#masks.get(field);
    if (mask === undefined) {
      mask = presencesOf(field).reduce((bits, presence) => bits | 1 << this.bitOf(presence), 0);
      this.#masks.set(field, mask);
    }
    return mask;
  }

  /** The bits of what the field needs, however many there are. */
  wideMaskOf(field: ConcreteField): bigint {
    return presencesOf(field).reduce((bits, presence) => bits | 1n << BigInt(this.bitOf(presence)), 0n);
  }
}

/** The numbering of what a filter asks for. */
export function presenceBitsOf(demand: Demand): PresenceBits {
  let bits = KNOWN.get(demand);
  if (bits === undefined) KNOWN.set(demand, bits = new PresenceBits(demand.presences));
  return bits;
}

/** Why a strategy that keeps the bits in numbers cannot hold a filter, or undefined. */
export function tooManyPresences(
  demand: Demand,
  limit: number,
): { readonly refused: string; readonly what: string } | undefined {
  const { count } = presenceBitsOf(demand);
  if (count <= limit) return undefined;
  return { refused: "too-many-headers", what: `it looks for ${count} headers and slices, ${limit} at most` };
}

const KNOWN = new WeakMap<Demand, PresenceBits>();

const HEADERS = Object.keys(LAYERS);
const SLICE_STARTS = Object.keys(STARTS);

/** Headers first, protocols by their number, then slices by where they are. */
function rankOf(presence: Presence): number {
  const protocol = protocolOf(presence);
  if (protocol !== undefined) return 1000 + protocol;
  const slice = sliceOf(presence as Exclude<Presence, `protocol${number}`>);
  if (slice === undefined) return HEADERS.indexOf(presence);
  return 10_000 + (SLICE_STARTS.indexOf(slice.start) * 0x10000 + slice.offsetBytes) * 32 + slice.bytes;
}
