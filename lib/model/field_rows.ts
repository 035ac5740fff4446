/**
 * Rows of FIELDS, made from what they do not share.
 *
 * @module
 */

import type { AnyField, ConcreteField, Field, LayerName, ValueFormat } from "./field.ts";
import { OPERATORS } from "./operator.ts";

/** What only some rows say. */
export interface Extras {
  /** Name and number in libkefir. */
  readonly libkefir?: readonly [name: string, number: number];
  readonly aliases?: readonly string[];
  readonly family?: "ipv4" | "ipv6";
  readonly protocol?: number;
  readonly counterpart?: string;
}

/** A field at one place. */
export function at(
  name: string,
  layer: LayerName,
  offsetBits: number,
  widthBits: number,
  format: ValueFormat,
  reference: string,
  description: string,
  extras: Extras = {},
): ConcreteField {
  return Object.freeze({
    kind: "concrete",
    name,
    layer,
    offsetBits,
    widthBits,
    format,
    reference,
    description,
    ...common(extras),
    ...(extras.family && { family: extras.family }),
    ...(extras.protocol !== undefined && { protocol: extras.protocol }),
  });
}

/** A field that stands for several; width, format and reference are those of the first. */
export function either(
  name: string,
  sides: readonly ConcreteField[],
  description: string,
  extras: Extras = {},
): AnyField {
  const [first] = sides;
  if (first === undefined) throw new RangeError(`Cannot build the field "${name}": it has no side`);
  const { widthBits, format, reference } = first;
  return Object.freeze({
    kind: "any",
    name,
    sides: Object.freeze(sides.map((side) => side.name)),
    widthBits,
    format,
    reference,
    description,
    ...common(extras),
  });
}

function common(extras: Extras): Pick<Field, "aliases" | "operators" | "libkefir"> & { counterpart?: string } {
  return {
    aliases: Object.freeze([...extras.aliases ?? []]),
    operators: OPERATORS,
    ...(extras.libkefir && { libkefir: Object.freeze({ name: extras.libkefir[0], number: extras.libkefir[1] }) }),
    ...(extras.counterpart !== undefined && { counterpart: extras.counterpart }),
  };
}
