/**
 * The tables of docs/syntax-libkefir.md, from the tables that the parser reads.
 *
 * @module
 */

import { bytesForField, FIELDS } from "../../lib/model/fields.ts";
import { LIBKEFIR_ACTIONS, LIBKEFIR_OPERATORS } from "../../lib/syntax/libkefir_numbers.ts";
import { markdownTable } from "./markdown.ts";

/** The tables by name. */
export const LIBKEFIR_TABLES: Readonly<Record<string, () => string>> = {
  "libkefir-fields": fieldTable,
  "libkefir-codes": codeTable,
};

function fieldTable(): string {
  const rows = FIELDS.flatMap((field) => field.libkefir === undefined ? [] : [{ ...field.libkefir, field }])
    .sort((a, b) => a.number - b.number)
    .map(({ number, name, field }) => [
      String(number),
      `\`${name}\``,
      `\`${field.name}\``,
      field.description,
      String(bytesForField(field)),
    ]);
  return markdownTable(["number", "libkefir", "field", "what it is", "bytes"], rows);
}

function codeTable(): string {
  const rows = LIBKEFIR_OPERATORS.map((operator, number) => {
    const action = LIBKEFIR_ACTIONS[number];
    return [String(number), `\`${operator}\``, action === undefined ? "" : `\`${action}\``];
  });
  return markdownTable(["number", "operator", "action"], rows);
}
