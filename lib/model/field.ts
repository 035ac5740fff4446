/**
 * What a row of FIELDS says.
 *
 * @module
 */

import type { LayerName } from "./layers.ts";
import type { Operator } from "./operator.ts";

export type { LayerName } from "./layers.ts";

/** How a field's value is written. */
export type ValueFormat = "mac" | "ipv4" | "ipv6" | "ethertype" | "protocol" | "decimal" | "hex" | "tcp-flags";

/** What every row says. */
export interface FieldRow {
  /** Wireshark's display-filter name, or a name in that style. */
  readonly name: string;
  /** Other names that are read, never written. */
  readonly aliases: readonly string[];
  /** Width in bits; 128 at most. */
  readonly widthBits: number;
  /** How its values are written. */
  readonly format: ValueFormat;
  /** What it can be compared by. */
  readonly operators: readonly Operator[];
  /** Name and number in libkefir's `enum kefir_match_type`, when it has the field. */
  readonly libkefir?: { readonly name: string; readonly number: number };
  /** Where the field is specified. */
  readonly reference: string;
  /** What it is, in a few words. */
  readonly description: string;
}

/** A field at one place of the packet. */
export interface ConcreteField extends FieldRow {
  /** A field at one place. */
  readonly kind: "concrete";
  /** The layer that has it. */
  readonly layer: LayerName;
  /** Offset of the field's first bit in its layer; bit 0 is the top bit of byte 0. */
  readonly offsetBits: number;
  /** The family that the packet must be of, for layers that both families have. */
  readonly family?: "ipv4" | "ipv6";
  /** The IP protocol that the packet must be of. */
  readonly protocol?: number;
  /** Name of the other family's field, when a set may mix the two: `ip.src in` a list of both. */
  readonly counterpart?: string;
}

/** A field that stands for several places: it holds when one of them does. */
export interface AnyField extends FieldRow {
  /** A field that stands for several. */
  readonly kind: "any";
  /** Names of the concrete fields. */
  readonly sides: readonly string[];
  /** Name of the other family's field, as of a concrete field. */
  readonly counterpart?: string;
}

/** A matchable field. */
export type Field = ConcreteField | AnyField;
