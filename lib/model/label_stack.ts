/**
 * Fields of an entry of MPLS's label stack: RFC 3032 section 2.1, RFC 5462 for the traffic class.
 *
 * @module
 */

import type { ConcreteField } from "./field.ts";
import { at } from "./field_rows.ts";
import { mplsLayer } from "./layers.ts";

/** The fields of an entry, from 1: `mpls.label` of the top one, `mpls[2].label` of the next. */
export function labelStackEntry(entry: number): ConcreteField[] {
  const prefix = entry === 1 ? "mpls" : `mpls[${entry}]`;
  const where = entry === 1 ? "the top entry of the label stack" : `entry ${entry} of the label stack`;
  const layer = mplsLayer(entry);
  const reference = "RFC 3032 section 2.1";
  return [
    at(`${prefix}.label`, layer, 0, 20, "decimal", reference, `Label of ${where}`),
    at(`${prefix}.exp`, layer, 20, 3, "decimal", "RFC 5462", `Traffic class of ${where}`),
    at(`${prefix}.bottom`, layer, 23, 1, "decimal", reference, `Bottom of stack: ${where} is the last`),
    at(`${prefix}.ttl`, layer, 24, 8, "decimal", reference, `Time to live of ${where}`),
  ];
}
