/**
 * The table of all fields, as docs/ has it.
 *
 * @module
 */

import type { Field } from "../../lib/model/field.ts";
import { SLICE_BASES } from "../../lib/model/field_families.ts";
import { FIELDS, sidesOf } from "../../lib/model/fields.ts";
import { layerOf, LAYERS } from "../../lib/model/layers.ts";

/** Tables about fields, by name. */
export const FIELD_TABLES: Readonly<Record<string, () => string>> = {
  "fields": () => table(["field", "of", "bits", "written", "what it is", "specified in"], inPacketOrder().map(cellsOf)),
  "slice-bases": () =>
    table(["base", "counted from"], SLICE_BASES.map(({ name, description }) => [code(name), description])),
};

/** By layer; a field that stands for several is behind the first of them. */
function inPacketOrder(): Field[] {
  const layers = Object.keys(LAYERS);
  const rank = (field: Field): number => layers.indexOf(sidesOf(field)[0]?.layer ?? "");
  return FIELDS.toSorted((a, b) => rank(a) - rank(b));
}

function cellsOf(field: Field): string[] {
  const layer = sidesOf(field)[0]?.layer ?? "frame";
  return [
    [field.name, ...field.aliases].map(code).join(" "),
    layerOf(layer).title,
    String(field.widthBits),
    field.format,
    field.kind === "concrete" ? field.description : `${field.description}: ${field.sides.map(code).join(" or ")}`,
    field.reference,
  ];
}

function code(text: string): string {
  return `\`${text}\``;
}

function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(headings), line(headings.map(() => "---")), ...rows.map(line)].join("\n");
}
