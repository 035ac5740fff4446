import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { SourceText } from "../../lib/diagnostics/span.ts";

const TEXT = "drop ip.src == 1.2.3.4\npass\r\n\n  drop udp.port == 53";

Deno.test("span() gives line, column and the line's text", () => {
  const source = new SourceText("rules.kefir", TEXT);
  assert.deepEqual(source.span(5, 6), {
    source: "rules.kefir",
    offset: 5,
    length: 6,
    line: 1,
    column: 6,
    lineText: "drop ip.src == 1.2.3.4",
  });
  assert.deepEqual(source.span(TEXT.indexOf("udp"), 8), {
    source: "rules.kefir",
    offset: TEXT.indexOf("udp"),
    length: 8,
    line: 4,
    column: 8,
    lineText: "  drop udp.port == 53",
  });
});

Deno.test("span() cuts a stretch at the end of its line, before a line break of either kind", () => {
  const source = new SourceText("s", TEXT);
  assert.equal(source.span(0, 1000).length, 22);
  const pass = source.span(TEXT.indexOf("pass"), 1000);
  assert.equal(pass.length, 4);
  assert.equal(pass.lineText, "pass");
});

Deno.test("span() points between characters: at the end, on an empty line, in an empty text", () => {
  const source = new SourceText("s", TEXT);
  const end = source.span(TEXT.length, 1);
  assert.deepEqual([end.line, end.column, end.length], [4, 22, 0]);
  const blank = source.span(TEXT.indexOf("\n\n") + 1, 0);
  assert.deepEqual([blank.line, blank.column, blank.lineText], [3, 1, ""]);
  const empty = new SourceText("s", "").span(0, 3);
  assert.deepEqual([empty.line, empty.column, empty.length, empty.lineText], [1, 1, 0, ""]);
});

Deno.test("span() takes an offset outside of the text as its nearest end", () => {
  const source = new SourceText("s", "ab");
  assert.equal(source.span(-5, 1).offset, 0);
  assert.equal(source.span(99, 1).offset, 2);
});

Deno.test("span() counts lines from firstLine", () => {
  const source = new SourceText("s", "a\nb", 7);
  assert.equal(source.span(0, 1).line, 7);
  assert.equal(source.span(2, 1).line, 8);
  assert.equal(source.lineAt(2), 8);
});

Deno.test("span() counts UTF-16 code units", () => {
  const source = new SourceText("s", "é𝒳 x");
  assert.equal(source.span(4, 1).column, 5);
});

Deno.test("span() gives a frozen value", () => {
  assert.ok(Object.isFrozen(new SourceText("s", "a").span(0, 1)));
});

Deno.test("span() finds the same line as counting line breaks, anywhere in any text", () => {
  const texts = fc.array(fc.constantFrom("a", "bc", " ", "\n", "\r\n", "é"), { maxLength: 40 }).map((parts) =>
    parts.join("")
  );
  fc.assert(fc.property(texts, fc.nat(60), fc.nat(60), (text, at, length) => {
    const offset = Math.min(at, text.length);
    const span = new SourceText("s", text).span(at, length);
    const before = text.slice(0, offset).split("\n");
    assert.equal(span.line, before.length);
    assert.equal(span.column, before.at(-1)!.length + 1);
    assert.equal(span.offset, offset);
    assert.doesNotMatch(span.lineText, /\n/);
    assert.equal(text.split("\n")[span.line - 1]!.replace(/\r$/, ""), span.lineText);
    assert.ok(span.length <= length);
    assert.ok(span.column - 1 + span.length <= Math.max(span.lineText.length, span.column - 1));
  }));
});
