import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { FilterSyntaxError } from "../../lib/diagnostics/errors.ts";
import { FIELDS } from "../../lib/model/fields.ts";
import { ETHTOOL_KEYWORDS } from "../../lib/syntax/ethtool_keywords.ts";
import { parseList } from "../../lib/syntax/list_file.ts";
import { printFilter } from "../../lib/syntax/print.ts";
import { parseFilter, parseRule } from "../../lib/syntax/rule_file.ts";
import { SYNTAXES } from "../../lib/syntax/syntaxes.ts";
import { FLOWER_KEYWORDS } from "../../lib/syntax/tc_flower_keywords.ts";
import { anyFilter, libkefirFilter } from "./arbitrary.ts";

const RUNS = { numRuns: 3000 };
const NAMES = [undefined, ...SYNTAXES.map((syntax) => syntax.name)];

/** Words that parsers know, and those that trip them. */
const word = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom("drop", "pass", "default", "and", "or", "not", "in", "==", "!=", "=", "&", "{"),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom("}", ",", "/", "..", "@", '@"', '"', "\\", "#", "\n", "\r\n", "\\\n", ":", "a:"),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      ...["ethtool", "-U", "eth0", "flow-type", "tcp4", "ether", "ip6", "m", "-1", "delete"],
      ...ETHTOOL_KEYWORDS.map(({ name }) => name),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom("protocol", "ip", "802.1q", "flower", ...FLOWER_KEYWORDS.map((row) => row.name)),
  },
  { weight: 4, arbitrary: fc.constantFrom(...FIELDS.map((field) => field.name)) },
  {
    weight: 4,
    arbitrary: fc.constantFrom("1", "80", "0x10", "010", "10.0.0.0/8", "::1", "1..5", "1-5", "2:0:0:0:0:1"),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom("__proto__", "constructor", "toString", "valueOf", "\0", "\ud800", "\u2028"),
  },
  { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
);
const NUMBERS = ["1000", "300", "-1", "1.5", "1e3", "0", "[", "[ 1,2 ]", "null", "{}", ",9"];
const wordy = fc.array(word, { maxLength: 30 }).map((words) => words.join(" "));
const anyText = fc.oneof(wordy, fc.string({ unit: "binary" }), fc.json({ maxDepth: 5 }));

Deno.test("parseFilter() throws nothing but FilterSyntaxError, with each place inside the text", () => {
  fc.assert(
    fc.property(anyText, fc.constantFrom(...NAMES), (text, syntax) => {
      onlySyntaxErrors(text, () => parseFilter(text, syntax === undefined ? {} : { syntax }));
    }),
    RUNS,
  );
});

Deno.test("parseRule() throws nothing but FilterSyntaxError for a text or words", () => {
  fc.assert(
    fc.property(fc.oneof(anyText, fc.array(word)), fc.constantFrom(...NAMES), (input, syntax) => {
      const text = typeof input === "string" ? input : input.join(" ");
      onlySyntaxErrors(text, () => parseRule(input, syntax === undefined ? {} : { syntax }));
    }),
    RUNS,
  );
});

Deno.test("parseFilter() throws nothing but FilterSyntaxError for a text that was valid before a change", () => {
  const text = fc.oneof(
    anyFilter.map((filter) => printFilter(filter, "kefir")),
    anyFilter.map((filter) => printFilter(filter, "json")),
    libkefirFilter.map((filter) => printFilter(filter, "libkefir")),
  );
  const changed = fc.tuple(text, fc.nat(), fc.nat({ max: 3 }), fc.oneof(word, fc.constantFrom(...NUMBERS)));
  fc.assert(
    fc.property(changed, ([text, position, removed, added]) => {
      const at = position % (text.length + 1);
      const broken = text.slice(0, at) + added + text.slice(at + removed);
      onlySyntaxErrors(broken, () => parseFilter(broken));
    }),
    RUNS,
  );
});

Deno.test("parseList() throws nothing but FilterSyntaxError on any field", () => {
  const lines = fc.array(fc.oneof(word, fc.string({ unit: "binary" })), { maxLength: 10 }).map((all) => all.join("\n"));
  fc.assert(
    fc.property(lines, fc.constantFrom(...FIELDS), (text, field) => {
      onlySyntaxErrors(text, () => parseList(text, { field: field.name }));
    }),
    RUNS,
  );
});

/** Texts that would take quadratic time, or a stack, from a parser that is not careful. */
const LARGE: Readonly<Record<string, string>> = {
  "opening brackets": "[".repeat(1_000_000),
  "opening braces": '{"a":'.repeat(300_000),
  "backslashes": "\\".repeat(1_000_000),
  "continued lines": "drop \\\n".repeat(200_000),
  "quotes": '"'.repeat(1_000_001),
  "an open name": `drop ip.src in @"${'\\"'.repeat(500_000)}`,
  "a long word": "x".repeat(2_000_000),
  "a long value": `drop ip.src == ${":".repeat(2_000_000)}`,
  "a long number": `drop ip.ttl == ${"9".repeat(2_000_000)}`,
  "a long name": `${"x".repeat(2_000_000)}: drop`,
  "a long key": `protocol ip ${"x".repeat(2_000_000)}`,
  "white space": ` ${"\t ".repeat(1_000_000)}x`,
  "a set of nonsense": `drop ip.src in {${"x, ".repeat(200_000)}}`,
  "many matches": `drop ${"ip.scr == 1 and ".repeat(100_000)}`,
  "many words": `flow-type tcp4 ${"src-prot 1 ".repeat(100_000)}`,
  "rules in one line of JSON": `{"kefir":1,"rules":[${'{"action":"x"},'.repeat(100_000)}{}]}`,
  "rules of libkefir in one line": `{"libkefir_version":[0,1,0],"libkefir_filter":{"rules":[${
    "{},".repeat(100_000)
  }{}]}}`,
  "a key and white space": `{"libkefir_version"${" ".repeat(2_000_000)}}`,
  "a long string of JSON": `{"kefir":1,"rules":["${"\\\\".repeat(1_000_000)}"]}`,
};

for (const [name, text] of Object.entries(LARGE)) {
  Deno.test(`parseFilter() takes ${name} in linear time and stack`, () => {
    const start = performance.now();
    assert.throws(() => parseFilter(text), FilterSyntaxError);
    // Quadratic time would be minutes.
    assert.ok(performance.now() - start < 10_000);
  });
}

function onlySyntaxErrors(text: string, call: () => unknown): void {
  try {
    call();
  } catch (error) {
    assert.ok(error instanceof FilterSyntaxError, `it threw ${String(error)}`);
    assert.ok(error.diagnostics.length > 0);
    for (const { span, severity } of error.diagnostics) {
      assert.equal(severity, "error");
      assert.ok(span !== undefined && span.offset + span.length <= text.length);
      const lines = text.split("\n");
      assert.equal(span.lineText, lines[span.line - 1]?.replace(/\r$/, ""));
      assert.ok(span.column - 1 + span.length <= (lines[span.line - 1]?.length ?? 0));
    }
  }
}
