import assert from "node:assert/strict";
import { TABLES, tablesOf, withTables } from "./tables.ts";

const docs = new URL("../../docs/", import.meta.url);
const texts = new Map<string, string>();
for await (const { name } of Deno.readDir(docs)) {
  if (name.endsWith(".md")) texts.set(name, await Deno.readTextFile(new URL(name, docs)));
}

for (const [name, text] of texts) {
  Deno.test(`docs/${name} has the tables that the code reads (deno run -A tests/docs/rewrite.ts)`, () => {
    assert.equal(text, withTables(text));
  });
}

Deno.test("docs/ has every table that is printed, once", () => {
  assert.deepEqual([...texts.values()].flatMap(tablesOf).sort(), Object.keys(TABLES).sort());
});
