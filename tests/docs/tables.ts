/**
 * Tables of docs/ that are printed from the tables that the code reads. Each stands in its file behind
 * `<!-- table: NAME -->`, between marks that keep the formatter away.
 *
 * @module
 */

import { FIELD_TABLES } from "./field_tables.ts";
import { LIBKEFIR_TABLES } from "./libkefir_tables.ts";
import { ETHTOOL_TABLES } from "./ethtool_tables.ts";
import { TC_FLOWER_TABLES } from "./tc_flower_tables.ts";

/** The lines of each table, by name. */
export const TABLES: Readonly<Record<string, () => string>> = {
  ...FIELD_TABLES,
  ...LIBKEFIR_TABLES,
  ...ETHTOOL_TABLES,
  ...TC_FLOWER_TABLES,
};

const START = "<!-- deno-fmt-ignore-start -->";
const END = "<!-- deno-fmt-ignore-end -->";
const PRINTED = new RegExp(`(<!-- table: ([a-z-]+) -->\\n${START}\\n)[^]*?(${END})`, "g");

/** The names of the tables that a text has. */
export function tablesOf(text: string): string[] {
  return Array.from(text.matchAll(/<!-- table: ([a-z-]+) -->/g), (found) => found[1] as string);
}

/**
 * The text with its tables as they should be.
 *
 * @throws RangeError for a table without marks, or one that nothing prints
 */
export function withTables(text: string): string {
  const printed: string[] = [];
  const out = text.replace(PRINTED, (_all, start: string, name: string, end: string) => {
    const table = TABLES[name];
    if (table === undefined) throw new RangeError(`Cannot print the table "${name}": tests/docs/tables.ts has none`);
    printed.push(name);
    return `${start}\n${table()}\n${end}`;
  });
  const missed = tablesOf(text).find((name) => !printed.includes(name));
  if (missed !== undefined) throw new RangeError(`Cannot find the marks behind the table "${missed}"`);
  return out;
}
