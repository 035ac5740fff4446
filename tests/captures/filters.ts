/**
 * A filter on one field that tries every operator on the values that packets have.
 *
 * @module
 */

import type { Field } from "../../lib/model/field.ts";
import { sidesOf } from "../../lib/model/fields.ts";
import { Filter } from "../../lib/model/filter.ts";
import type { MatchInput } from "../../lib/model/match.ts";
import { allOnes } from "../../lib/net/bytes.ts";
import { dissect, type Packet } from "../../lib/semantics/dissect.ts";
import { readField } from "../../lib/semantics/evaluate.ts";

/**
 * Rules from the narrowest to the widest, so that each is left some packets to decide about. What has not got the field
 * at all is left to the default.
 */
export function filterOnField(field: Field, packets: readonly Packet[]): Filter {
  const values = valuesOf(field, packets);
  const all = allOnes(field.widthBits);
  const at = (part: number): bigint => values[Math.min(Math.floor(part * values.length), values.length - 1)] ?? 0n;
  const beside = (value: bigint, step: bigint): bigint =>
    value + step < 0n || value + step > all ? value : value + step;
  const low = all ^ allOnes(Math.ceil(field.widthBits / 2));
  const other = 0x5555_5555_5555_5555_5555_5555_5555_5555n & all;
  const conditions: Omit<MatchInput, "field">[][] = [
    [{ operator: "==", value: at(0.5) }],
    [{ operator: "in", value: [beside(at(0.3), 1n), beside(at(0.3), -1n), at(0.31), { lo: at(0.6), hi: at(0.63) }] }],
    // What the mask leaves of the value, and of its neighbour.
    [{ operator: "==", value: at(0.4), mask: low }, { operator: "!=", value: at(0.41) }],
    [{ operator: "!=", value: at(0.7), mask: other }, { operator: "<", value: beside(at(0.2), 1n) }],
    [{ operator: "not in", value: [at(0.9), at(1)] }, { operator: ">", value: beside(at(0.85), -1n) }],
    [{ operator: "<", value: at(0.25) }],
    [{ operator: ">", value: at(0.75) }],
    [{ operator: "<=", value: at(0.35) }],
    [{ operator: ">=", value: at(0.65) }],
    [{ operator: "in", value: [{ lo: at(0.35), hi: at(0.45) }], mask: low }],
    [{ operator: "not in", value: [{ lo: at(0.45), hi: at(0.55) }] }],
    [{ operator: "!=", value: at(0.48) }],
    [{ operator: ">=", value: 0n }],
  ];
  return new Filter({
    rules: conditions.map((matches, index) => ({
      action: index % 2 === 0 ? "drop" : "pass",
      matches: matches.map((match) => ({ field: field.name, ...match })),
    })),
    defaultAction: "drop",
  });
}

/** The filter that drops what has any of the fields. */
export function filterOnPresence(fields: readonly Field[]): Filter {
  return new Filter({
    rules: fields.map(({ name }) => ({ action: "drop", matches: [{ field: name, operator: ">=", value: 0n }] })),
  });
}

/** The values of a field in packets, each once, ascending. */
export function valuesOf(field: Field, packets: readonly Packet[]): bigint[] {
  const values = new Set<bigint>();
  for (const packet of packets) {
    const dissection = dissect(packet);
    for (const side of sidesOf(field)) {
      const value = readField(side, dissection);
      if (value !== undefined) values.add(value);
    }
  }
  return [...values].sort((a, b) => a < b ? -1 : a > b ? 1 : 0);
}
