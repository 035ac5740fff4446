import assert from "node:assert/strict";
import { FilterError, FilterSyntaxError } from "../../lib/diagnostics/errors.ts";
import type { Progress } from "../../lib/diagnostics/progress.ts";
import { Filter } from "../../lib/model/filter.ts";
import { printFilter, printRule } from "../../lib/syntax/print.ts";
import { parseFilter, parseRule } from "../../lib/syntax/rule_file.ts";
import type { SyntaxName } from "../../lib/syntax/syntax.ts";
import { errorsOf, refusals } from "./findings_of.ts";

Deno.test("parseFilter() recognises each line's syntax by its first word", () => {
  const { filter } = parseFilter(
    [
      "# rules of three tools",
      "default drop",
      "",
      "web: pass tcp.dstport == 80 # kefir",
      "flow-type udp4 dst-port 53 action 0\t# ethtool",
      "protocol arp flower action pass\r",
      "   ",
    ].join("\r\n"),
    { sourceName: "rules.txt" },
  );
  assert.equal(filter.defaultAction, "drop");
  assert.deepEqual(filter.rules.map((rule) => rule.source), [
    { text: "web: pass tcp.dstport == 80", file: "rules.txt", line: 4 },
    { text: "flow-type udp4 dst-port 53 action 0", file: "rules.txt", line: 5 },
    { text: "protocol arp flower action pass", file: "rules.txt", line: 6 },
  ]);
});

Deno.test("parseFilter() reads every line in the syntax that is asked for", () => {
  assert.equal(parseFilter("flow-type ether action -1\ndefault drop", { syntax: "ethtool" }).filter.size, 1);
  const read = (syntax: SyntaxName) => errorsOf(() => parseFilter("pass\nflow-type ether action 0", { syntax }));
  assert.deepEqual(read("ethtool"), ["1:1+4 unknown-rule"]);
  assert.deepEqual(read("tc-flower"), ["1:1+4 unknown-rule", "2:1+9 unknown-rule"]);
  assert.deepEqual(read("kefir"), ["2:1+9 bad-action"]);
  assert.deepEqual(read("json"), ["1:1+1 bad-json"]);
});

Deno.test("parseFilter() takes a text without rules as a filter that always passes", () => {
  for (const text of ["", "\n\n", "# nothing", "\uFEFF", " \\\n \\\n"]) {
    const { filter, warnings } = parseFilter(text);
    assert.deepEqual([filter.size, filter.defaultAction, warnings.length], [0, "pass", 0]);
  }
});

Deno.test("parseFilter() keeps positions right on continued lines", () => {
  const text = "drop \\\n  ip.src == 10.0.0.0/8 \\  # why\n  and ip.scr == 1 \\\r\n\tand tcp.dstport == 99999\npass x";
  assert.deepEqual(refusals(text), ["3:7+6 unknown-field", "4:21+5 out-of-range", "5:6+1 unknown-field"]);
  const { filter } = parseFilter("pass\ndrop \\\n  ip.ttl == 1 \\\n");
  assert.deepEqual(filter.at(1)?.source, { text: "drop ip.ttl == 1", line: 2 });
  assert.deepEqual(refusals("drop ip.ttl == \\\n"), ["1:15+0 missing-word"]);
});

Deno.test("parseFilter() keeps # and a last backslash within quotes", () => {
  const { filter } = parseFilter('drop ip.src in @"a#b\\\\" # c\ndrop');
  assert.deepEqual(filter.at(0)?.matches[0]?.operand, { kind: "list", file: "a#b\\" });
  assert.equal(filter.size, 2);
  assert.deepEqual(refusals('drop ip.src in @"a\\\nb"'), ["1:16+4 open-quote", "2:1+2 unknown-rule"]);
});

Deno.test("parseFilter() reports every error of a file in the order of the text", () => {
  const text = "dorp\ndefault\ndefault drop pass\ndefault drop\nflow-type x\nprotocol ip\ntc filter\nDROP";
  assert.deepEqual(refusals(text), [
    "1:1+4 unknown-rule",
    "2:8+0 bad-action",
    "3:1+7 second-default",
    "3:14+4 unexpected-word",
    "4:1+7 second-default",
    "5:11+1 unknown-flow-type",
    "6:12+0 missing-action",
    "7:10+0 unsupported-command",
    "8:1+4 unknown-rule",
  ]);
});

Deno.test("parseFilter() names the source, the offset and what was expected", () => {
  try {
    parseFilter("pass\ndrop ip.scr == 1", { sourceName: "x.txt" });
    assert.fail("it threw nothing");
  } catch (error) {
    assert.ok(error instanceof FilterSyntaxError);
    const { source, line, column, offset, expected } = error;
    assert.deepEqual([source, line, column, offset, expected], ["x.txt", 2, 6, 10, 'did you mean "ip.src"?']);
    assert.equal(error.diagnostics[0]?.span?.lineText, "drop ip.scr == 1");
    assert.equal(error.diagnostics[0]?.rule, 1);
  }
});

Deno.test("parseFilter() says so when one line has more problems than it lists, and hides no error behind warnings", () => {
  const many = refusals(`drop ip.ttl in {${Array.from({ length: 500 }, () => "x").join(", ")}}`);
  assert.equal(many.length, 100);
  assert.equal(many.at(-1)?.split(" ")[1], "too-many-problems");
  const cleared = Array.from({ length: 200 }, () => "10.0.0.1/8").join(", ");
  assert.deepEqual(refusals(`drop ip.src in {${cleared}, x}`).map((one) => one.split(" ")[1]), ["bad-value"]);
});

Deno.test("parseRule() takes exactly one rule", () => {
  assert.deepEqual(errorsOf(() => parseRule("")), ["1:1+0 missing-word"]);
  assert.deepEqual(errorsOf(() => parseRule(["", " "])), ["1:1+0 missing-word"]);
  assert.deepEqual(errorsOf(() => parseRule("pass\ndrop # x")), ["2:1+4 second-rule"]);
  assert.deepEqual(errorsOf(() => parseRule("default drop")), ["1:1+7 not-a-rule"]);
  assert.equal(parseRule("pass # why").rule.source?.text, "pass");
});

Deno.test("parseFilter() and printRule() refuse a syntax that does not exist", () => {
  const name = "__proto__" as SyntaxName;
  assert.throws(() => parseFilter("", { syntax: name }), RangeError);
  assert.throws(() => printRule(parseRule("pass").rule, name), RangeError);
});

Deno.test("printFilter() names each rule that the syntax cannot say", () => {
  const { filter } = parseFilter(
    ["drop ip.src == 1.1.1.1", "drop tcp.dstport == 80", "drop ip.ttl < 5", "drop ip.src in @x", "drop"].join("\n"),
  );
  for (const syntax of ["ethtool", "tc-flower"] as const) {
    assert.throws(() => printFilter(filter, syntax), (error) => {
      assert.ok(error instanceof FilterError);
      assert.deepEqual(error.diagnostics.map(({ code, rule }) => [code, rule]), [
        ["cannot-express", 1],
        ["cannot-express", 2],
        ["cannot-express", 3],
      ]);
      return true;
    });
  }
});

Deno.test("printFilter() keeps the default, and a name in a comment where the syntax has no place for it", () => {
  const filter = new Filter({ rules: [parseRule("web: drop eth.type == ip").rule], defaultAction: "drop" });
  assert.equal(printFilter(filter, "ethtool"), "default drop\n# web\nflow-type ip4 action -1\n");
  assert.equal(printFilter(filter, "tc-flower"), "default drop\n# web\nprotocol ip flower action drop\n");
  assert.equal(printFilter(filter, "kefir"), "default drop\nweb: drop eth.type == ip\n");
});

Deno.test("parseFilter() takes 100 000 lines in linear time", () => {
  const text = (lines: number) =>
    Array.from({ length: lines }, (_, i) => `drop ip.src == 10.${i >> 16}.${i >> 8 & 255}.${i & 255}`).join("\n");
  assert.equal(parseFilter(text(100_000)).filter.size, 100_000);
  assert.equal(refusals(text(100_000).replaceAll("src", "scr")).length, 100_000);
});

const MANY: Readonly<Record<string, (count: number) => string>> = {
  "lines": (count) => "drop ip.ttl == 1\n".repeat(count),
  "a document": (count) =>
    `{"kefir":1,"rules":[${new Array(count).fill('{"action":"drop","matches":[]}').join(",\n")}]}`,
};

for (const [form, text] of Object.entries(MANY)) {
  Deno.test(`parseFilter() tells how far it is with many rules as ${form}`, () => {
    const told: Progress[] = [];
    const whole = text(5_000);
    parseFilter(whole, { sourceName: "many", onProgress: (progress) => told.push(progress) });
    assert.equal(told.length, 4);
    assert.ok(told.every(({ what, total }) => what === "reading many" && total === whole.length));
    const done = told.map((progress) => progress.done);
    assert.deepEqual(done, done.toSorted((a, b) => a - b));
    assert.ok(done.at(0)! > whole.length / 6 && done.at(-1)! > whole.length / 1.5 && done.at(-1)! < whole.length);
  });
}

Deno.test("parseFilter() names line and column of errors among a hundred thousand lines", () => {
  const text = `${"drop ip.ttl == 1\n".repeat(99_999)}drop ip.tt == 1\n`;
  assert.throws(() => parseFilter(text), (error: FilterSyntaxError) => {
    assert.deepEqual(error.diagnostics.map(({ code, span }) => [code, span?.line, span?.column]), [
      ["unknown-field", 100_000, 6],
    ]);
    return true;
  });
});
