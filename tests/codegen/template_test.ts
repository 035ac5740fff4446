import assert from "node:assert/strict";
import { fillTemplate, type TemplateScope } from "../../lib/codegen/template.ts";

function fill(template: string, values: TemplateScope = {}, included: Record<string, string> = {}): string {
  return fillTemplate(template, values, (name) => included[name] ?? assert.fail(`asks for ${name}`));
}

Deno.test("fillTemplate() fills holes with texts and numbers, several in a line", () => {
  assert.equal(fill("a /*= x */ b /*= y */ c /*= x */\n", { x: "X", y: 7 }), "a X b 7 c X\n");
});

Deno.test("fillTemplate() does not read what it filled in", () => {
  assert.equal(fill("/*= x */\n", { x: "/*= y */\n//% if z\n$& $1" }), "/*= y */\n//% if z\n$& $1\n");
});

Deno.test("fillTemplate() leaves other comments alone", () => {
  const text = "/* x */ // % if\n/*=x*/ /*= x.y */\n";
  assert.equal(fill(text), text);
});

Deno.test("fillTemplate() keeps what an if is about when it is true or a list with elements, and drops it otherwise", () => {
  const template = "//% if it\nyes\n//% else\nno\n//% end\n";
  for (const it of [true, 1, "text", [{}]]) assert.equal(fill(template, { it }), "yes\n");
  for (const it of [false, 0, "", []]) assert.equal(fill(template, { it }), "no\n");
  assert.equal(fill("//% if it\nyes\n//% end\n", { it: false }), "");
});

Deno.test("fillTemplate() repeats an each for every element, whose names hide the outer ones", () => {
  const template = "//% each list\n/*= name */ /*= outer */\n//% end\n/*= name */\n";
  const values = { list: [{ name: "a" }, { name: "b", outer: "B" }], name: "n", outer: "O" };
  assert.equal(fill(template, values), "a O\nb B\nn\n");
  assert.equal(fill("//% each list\nx\n//% end\n", { list: [] }), "");
});

Deno.test("fillTemplate() nests blocks, and an else belongs to the innermost if", () => {
  const template = [
    "//% each rows",
    "//% if a",
    "\t//% if b",
    "ab",
    "\t//% else",
    "a",
    "\t//% end",
    "//% else",
    "none",
    "//% end",
    "//% each cells",
    "/*= name */",
    "//% end",
    "//% end",
    "",
  ].join("\n");
  const rows = [
    { a: true, b: true, cells: [{ name: 1 }, { name: 2 }] },
    { a: true, b: false, cells: [] },
    { a: false, cells: [{ name: 3 }] },
  ];
  assert.equal(fill(template, { rows }), "ab\n1\n2\na\nnone\n3\n");
});

Deno.test("fillTemplate() includes templates, with the same values, where they stand", () => {
  assert.equal(fill("a\n//% include b.h\nc\n", { x: 1 }, { "b.h": "b /*= x */\n" }), "a\nb 1\nc\n");
  const inBlock = "//% each list\n//% include b.h\n//% end\n";
  assert.equal(fill(inBlock, { list: [{ x: 1 }, { x: 2 }] }, { "b.h": "/*= x */\n" }), "1\n2\n");
});

Deno.test("fillTemplate() refuses names that are not bound, in holes and directives", () => {
  assert.throws(() => fill("/*= x */\n"), /"x" is not bound/);
  assert.throws(() => fill("//% if x\n//% end\n"), /"x" is not bound/);
  assert.throws(() => fill("//% each x\n//% end\n"), /"x" is not bound/);
  assert.throws(() => fill("/*= toString */\n"), /"toString" is not bound/);
});

Deno.test("fillTemplate() refuses values that nothing asks for", () => {
  assert.throws(() => fill("/*= x */\n", { x: 1, y: 2, z: 3 }), /nothing asks for y, z$/);
  assert.throws(() => fill("//% if no\n/*= x */\n//% end\n", { no: false, x: 1 }), /nothing asks for x$/);
});

Deno.test("fillTemplate() refuses values of the wrong kind", () => {
  assert.throws(() => fill("/*= x */\n", { x: true }), /"x" is neither text nor number/);
  assert.throws(() => fill("/*= x */\n", { x: [] }), /"x" is neither text nor number/);
  assert.throws(() => fill("//% each x\n//% end\n", { x: "text" }), /"x" is not a list/);
});

Deno.test("fillTemplate() refuses blocks that are not closed, and directives out of place", () => {
  assert.throws(() => fill("//% if x\n", { x: true }), /"x" is not closed/);
  assert.throws(() => fill("//% if x\n//% each y\n//% end\n", { x: true, y: [] }), /"x" is not closed/);
  for (
    const misplaced of [
      "//% end",
      "//% else",
      "//% each x\n//% else\n//% end",
      "//% repeat x",
      "//% if x\n//% else\n//% else\n//% end",
    ]
  ) {
    assert.throws(() => fill(`${misplaced}\n`, { x: [] }), /unknown or misplaced/, misplaced);
  }
});
