/**
 * The table "Coming from libkefir" of the README has all of libkefir's interface, and names tests that exist.
 *
 * @module
 */

import assert from "node:assert/strict";
import { ENUMS, FLAGS, FUNCTIONS, LIMIT, STRUCTS } from "./names.ts";

const ROOT = new URL("../../", import.meta.url);

interface Row {
  readonly libkefir: string;
  readonly here: string;
  readonly tests: readonly { readonly name: string; readonly path: string }[];
}

const ROWS = readRows(Deno.readTextFileSync(new URL("README.md", ROOT)));

/** What is between backquotes in the first column. */
const WORDS = ROWS.flatMap(({ libkefir }) => Array.from(libkefir.matchAll(/`([^`]+)`/g), ([, word]) => word));

Deno.test("libkefir has 29 functions, and the README has each of them once", () => {
  assert.equal(FUNCTIONS.length, 29);
  for (const name of FUNCTIONS) assert.equal(WORDS.filter((word) => word === name).length, 1, name);
});

Deno.test("the README has every enum, flag, structure, attribute and the limit of libkefir", () => {
  for (const [name, members] of Object.entries(ENUMS)) {
    const row = ROWS.find(({ libkefir }) => libkefir.includes(`\`enum ${name}\``));
    assert.ok(row !== undefined, name);
    for (const member of members) assert.ok(row.libkefir.includes(`\`${member}\``), `${name} ${member}`);
  }
  for (const name of [...FLAGS, LIMIT]) assert.ok(WORDS.includes(name), name);
  for (const [name, members] of Object.entries(STRUCTS)) {
    assert.ok(WORDS.includes(`struct ${name}`) || WORDS.includes(`union ${name}`), name);
    for (const member of members) assert.ok(WORDS.includes(member), `${name} ${member}`);
  }
});

Deno.test("the README has nothing of libkefir that libkefir has not", () => {
  const enums = Object.entries(ENUMS).flatMap(([name, members]) => [`enum ${name}`, ...members]);
  const structs = Object.entries(STRUCTS).flatMap(([name, members]) => [`struct ${name}`, `union ${name}`, ...members]);
  const former = ["kefir_strerror", "kefir_strerror_reset"];
  const known = new Set([...FUNCTIONS, ...enums, ...FLAGS, ...structs, LIMIT, ...former]);
  assert.deepEqual(WORDS.filter((word) => !known.has(word ?? "")), []);
});

for (const { libkefir, here, tests } of ROWS) {
  Deno.test(`the README's row of ${libkefir} says what is here, and names a test that exists`, () => {
    assert.notEqual(here, "");
    assert.notEqual(tests.length, 0);
    for (const { name, path } of tests) {
      const source = Deno.readTextFileSync(new URL(path, ROOT));
      assert.ok(namesIn(source).some((pattern) => pattern.test(name)), `${path} has no test "${name}"`);
    }
  });
}

function readRows(readme: string): Row[] {
  const section = /\n## Coming from libkefir\n(.*?)\n## /s.exec(readme)?.[1] ?? "";
  const lines = section.split("\n").filter((line) => line.startsWith("|")).slice(2);
  return lines.map((line) => {
    const [libkefir = "", here = "", tests = ""] = line.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim());
    const links = tests.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g);
    return { libkefir, here, tests: Array.from(links, ([, name = "", path = ""]) => ({ name, path })) };
  });
}

/** The names of the tests that a file registers; what a name takes from elsewhere may be anything. */
function namesIn(source: string): RegExp[] {
  const registered = source.matchAll(/\b\w*[tT]est\w*\(\s*(?:"\w+",\s*)?(?:"([^"\n]+)"|`([^`\n]+)`)/g);
  return Array.from(registered).flatMap(([, plain, template]) => {
    const parts = plain === undefined ? (template ?? "").split(/\$\{[^}]*\}/) : [plain];
    // What is nothing but placeholders says nothing.
    if (parts.join("").length < 12) return [];
    return new RegExp(`^${parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".+")}$`);
  });
}
