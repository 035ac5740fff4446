/**
 * Prints the tables of docs/ anew: `deno run -A tests/docs/rewrite.ts`. What changed is to be read before it is
 * committed.
 *
 * @module
 */

import { withTables } from "./tables.ts";

const docs = new URL("../../docs/", import.meta.url);
for await (const entry of Deno.readDir(docs)) {
  if (!entry.name.endsWith(".md")) continue;
  const file = new URL(entry.name, docs);
  const text = await Deno.readTextFile(file);
  const printed = withTables(text);
  if (printed !== text) await Deno.writeTextFile(file, printed);
}
