import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { escapeComment } from "../../lib/codegen/escape.ts";
import { createCprog } from "../../lib/cprog.ts";
import { Filter } from "../../lib/model/filter.ts";
import { compileC } from "../../lib/toolchain/compile.ts";
import { tierTest } from "../judges/tiers.ts";
import { HOSTILE_TEXTS } from "./hostile.ts";

Deno.test("escapeComment() leaves what is harmless as it is", () => {
  const text = 'drop ip.src in 10.0.0.0/8 and tcp.dstport in { 22, 80..90 } # it\'s 100% "fine" * 2 / 3?';
  assert.equal(escapeComment(text), text);
});

Deno.test("escapeComment() gives printable ASCII that neither ends nor opens a comment, joins lines or is a trigraph", () => {
  const check = (text: string) => {
    const escaped = escapeComment(text);
    assert.match(escaped, /^[\x20-\x7e]*$/);
    assert.doesNotMatch(escaped, /\*\/|\/\*|\?\?|\\$/);
    assert.doesNotMatch(escaped, /\\(?!u\{)/, "a backslash only begins an escape");
    // Beside the comment's own marks it makes none either.
    assert.equal(`/* ${escaped} */`.indexOf("*/"), escaped.length + 4);
  };
  HOSTILE_TEXTS.forEach(check);
  const nasty = fc.array(fc.constantFrom("*", "/", "?", "\\", "\n", "u{2f}", "🚀", "\ud83d", "a"), { maxLength: 30 });
  fc.assert(fc.property(nasty, (parts) => check(parts.join(""))), { numRuns: 5_000 });
  fc.assert(fc.property(fc.string({ unit: "binary" }), check), { numRuns: 2_000 });
});

Deno.test("escapeComment() tells texts apart that differ in what it escapes", () => {
  const texts = ["a\nb", "a\rb", "a b", "a\\b", "aé", "a\ud800", "*/", "/*", "??"];
  assert.equal(new Set(texts.map((text) => escapeComment(text))).size, texts.length);
});

Deno.test("escapeComment() cuts what is too long, and says so", () => {
  assert.equal(escapeComment("x".repeat(400)), "x".repeat(400));
  assert.equal(escapeComment("x".repeat(401)), `${"x".repeat(400)}...`);
  assert.equal(escapeComment("abcdef", 3), "abc...");
});

/** The C of one rule whose filter's name and rule's text are as given. */
function program(name: string, text: string, strategy: "inline" | "linear"): string {
  const rule = { action: "drop", matches: [{ field: "tcp.dstport", value: 80 }], source: { text } } as const;
  return createCprog(new Filter({ rules: [rule] }), { name, strategy }).text;
}

/** Code, maps and licence. Without -g0 the object has a hash of the source. */
async function compiled(source: string): Promise<string> {
  return (await compileC(source, { cache: false, extraArguments: ["-g0"] })).elf.toHex();
}

for (const strategy of ["inline", "linear"] as const) {
  tierTest("clang", `hostile names and texts do not change the object (${strategy})`, async () => {
    const web = program("web", "drop tcp.dstport == 80", strategy);
    const harmless = await compiled(web);
    const sources = [
      ...HOSTILE_TEXTS.map((text) => program(text, text, strategy)),
      program(HOSTILE_TEXTS.join(""), HOSTILE_TEXTS.toReversed().join(""), strategy),
    ];
    for (const source of sources) {
      assert.equal(source.split("\n").length, web.split("\n").length, "no line is added");
      assert.ok(await compiled(source) === harmless, `another object: ${source.slice(0, 600)}`);
    }
  });
}

Deno.test("file names and lines of rules do not reach the C", () => {
  const rule = { action: "drop", matches: [], source: { text: "drop", file: "secret */ name", line: 4711 } } as const;
  const { text } = createCprog(new Filter({ rules: [rule] }), { strategy: "inline" });
  assert.doesNotMatch(text, /secret|4711/);
});
