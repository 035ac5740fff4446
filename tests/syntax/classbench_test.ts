import assert from "node:assert/strict";
import { FilterError } from "../../lib/diagnostics/errors.ts";
import { printFilter, printRule } from "../../lib/syntax/print.ts";
import { parseFilter, parseRule } from "../../lib/syntax/rule_file.ts";
import { meaning, refusals, warningsOf } from "./findings_of.ts";

/** The columns of a line, then what it means. */
const LINES: readonly (readonly [columns: readonly string[], rule: string])[] = [
  [
    ["@17.45.243.142/31", "17.45.245.28/32", "53 : 53", "1024 : 65535", "0x11/0xFF", "0x0200/0x1200"],
    "drop ip.src == 17.45.243.142/31 and ip.dst == 17.45.245.28 and l4.srcport == 53 and " +
    "l4.dstport in 1024..65535 and ip.proto == udp",
  ],
  [["@0.0.0.0/0", "0.0.0.0/0", "0 : 65535", "0 : 65535", "0x00/0x00", "0x0000/0x0000"], "drop ip.src == 0.0.0.0/0"],
  [["@0.0.0.0/0", "10.0.0.0/8", "0 : 65535", "0 : 65535", "0x00/0x00"], "drop ip.dst == 10.0.0.0/8"],
  [["@10.0.0.0/8", "0.0.0.0/0", "0 : 65535", "0 : 0", "0x00/0x00"], "drop ip.src == 10.0.0.0/8 and l4.dstport == 0"],
  [["@0.0.0.0/0", "0.0.0.0/0", "0 : 65535", "0 : 65535", "0x2f/0xff"], "drop ip.proto == gre"],
  [
    ["@0.0.0.0/0", "0.0.0.0/0", "1 : 2", "0 : 65535", "0x00/0x00"],
    "drop ip.src == 0.0.0.0/0 and l4.srcport in 1..2",
  ],
  [["@0.0.0.0/0", "0.0.0.0/0", "0 : 65535", "0 : 65535", "0x06/0xFE"], "drop ip.proto == tcp/0xfe"],
];

for (const [columns, rule] of LINES) {
  Deno.test(`parseRule() reads ${columns.join(" ")} of ClassBench`, () => {
    assert.equal(meaning(columns.join("\t")), rule);
    assert.equal(meaning(`  ${columns.join("   ")}\r`), rule);
  });

  Deno.test(`printRule() gives back ${columns.join(" ")}`, () => {
    const printed = printRule(parseRule(rule).rule, "classbench");
    assert.equal(meaning(printed), rule);
    assert.equal(printed.split("\t").length, 6);
  });
}

const LINE = "@10.0.0.0/8\t0.0.0.0/0\t0 : 65535\t80 : 80\t0x06/0xFF\t0x0000/0x0000\t";

Deno.test("parseFilter() lets the lines of ClassBench drop and pass in turn, counted over rules alone", () => {
  const { filter } = parseFilter(`# a set\n${LINE}\n\n${LINE}\ndefault drop\n# more\n${LINE}\n`, {
    syntax: "classbench",
  });
  assert.deepEqual(filter.rules.map((rule) => rule.action), ["drop", "pass", "drop"]);
  assert.deepEqual(filter.rules.map((rule) => rule.source?.line), [2, 4, 7]);
  assert.equal(filter.defaultAction, "drop");
});

Deno.test("parseFilter() counts the rules of other syntaxes too when they stand among those of ClassBench", () => {
  const { filter } = parseFilter(`drop ip.ttl == 1\n${LINE}\n${LINE}\n`);
  assert.deepEqual(filter.rules.map((rule) => rule.action), ["drop", "pass", "drop"]);
});

/** A line, and what is said about it. */
const REFUSED: readonly (readonly [line: string, findings: readonly string[]])[] = [
  ["@10.0.0/8 0.0.0.0/0 0 : 1 0 : 1 0x06/0xFF", ["1:1+9 bad-value"]],
  ["@10.0.0.0 0.0.0.0/0 0 : 1 0 : 1 0x06/0xFF", ["1:1+9 bad-value"]],
  ["@10.0.0.0/8 1.2.3.4/33 0 : 1 0 : 1 0x06/0xFF", ["1:13+10 bad-prefix"]],
  ["@10.0.0.0/8 1.2.3.4/x 0 : 1 0 : 1 0x06/0xFF", ["1:13+9 bad-prefix"]],
  ["@10.0.0.0/8 1.2.3.4/32 5 : 4 0 : 65536 0x06/0xFF", ["1:24+5 reversed-range", "1:30+9 out-of-range"]],
  ["@10.0.0.0/8 1.2.3.4/32 0-1 0 : 1 0x06/0xFF 0 0 0", [
    "1:24+7 bad-value",
    "1:32+13 bad-value",
    "1:46+1 bad-value",
    "1:48+1 bad-value",
  ]],
  ["@10.0.0.0/8 1.2.3.4/32 0 : 1 0 : 1 6/0xFF", ["1:36+6 bad-value"]],
  ["@10.0.0.0/8 1.2.3.4/32 0 : 1 0 : 1 0x06/0xFF 0x0/0x10000", ["1:46+11 bad-value"]],
  ["@10.0.0.0/8 1.2.3.4/32 0 : 1 0 : 1 0x06/0xFF 0x0/0x0 drop", ["1:54+4 unexpected-word"]],
  ["@10.0.0.0/8 1.2.3.4/32 0 : 1 0 :", ["1:33+0 missing-word"]],
  ["@10.0.0.0/8", ["1:12+0 missing-word"]],
];

for (const [line, findings] of REFUSED) {
  Deno.test(`parseFilter() refuses "${line}" at its place`, () => {
    assert.deepEqual(refusals(line, "classbench"), findings);
    assert.deepEqual(refusals(line), findings);
  });
}

Deno.test("parseFilter() finds the errors of every line of ClassBench, also where columns repeat", () => {
  const line = "@10.0.0.0/8 1.2.3.4/32 5 : 4 0 : 1 0x06/0xFF";
  assert.deepEqual(refusals(`${line}\n${LINE}\n${line}\n`, "classbench"), [
    "1:24+5 reversed-range",
    "3:24+5 reversed-range",
  ]);
  assert.deepEqual(refusals("drop ip.ttl == 1", "classbench").slice(0, 1), ["1:1+4 unknown-rule"]);
});

Deno.test("parseRule() warns of bits that a prefix or a mask of ClassBench leaves out", () => {
  assert.deepEqual(warningsOf("@10.0.0.1/8 1.2.3.4/32 0 : 1 0 : 1 0x07/0xFE"), [
    "1:1+11 host-bits",
    "1:36+9 host-bits",
  ]);
});

/** Rules that no line says, whatever their action. */
const UNSAYABLE: readonly string[] = [
  "drop",
  "drop l4.dstport == 80",
  "drop ip.src == 10.0.0.0/8 and ip.ttl == 1",
  "drop ip.src != 10.0.0.0/8",
  "drop ip.src == 10.0.0.0/255.0.0.255",
  "drop ip.src == 10.0.0.0/8 and ip.src == 10.1.0.0/16",
  "drop ip.src == 10.0.0.0/8 and l4.dstport in {1, 3}",
  "drop ip.src == 10.0.0.0/8 and l4.dstport == 1/0x1",
  "drop ip.src == 10.0.0.0/8 and l4.dstport in {0..65535}",
  "drop ip.src == 10.0.0.0/8 and tcp.dstport == 80",
  "drop ip.src in {10.0.0.0/8, 2001:db8::/32}",
];

for (const text of UNSAYABLE) {
  Deno.test(`printRule() does not say "${text}" in ClassBench`, () => {
    assert.throws(() => printRule(parseRule(text).rule, "classbench"), cannotExpress);
  });
}

Deno.test("printFilter() prints ClassBench where the actions take turns, and refuses the rules that do not", () => {
  const { filter } = parseFilter(`${LINE}\n${LINE}\n${LINE}\n`);
  assert.deepEqual(
    parseFilter(printFilter(filter, "classbench")).filter.rules.map(({ matches, action }) => [matches, action]),
    filter.rules.map(({ matches, action }) => [matches, action]),
  );
  filter.delete(0);
  assert.throws(() => printFilter(filter, "classbench"), (error: unknown) => {
    assert.ok(error instanceof FilterError);
    assert.deepEqual(error.diagnostics.map(({ code, rule }) => [code, rule]), [["cannot-express", 0], [
      "cannot-express",
      1,
    ]]);
    return true;
  });
});

function cannotExpress(error: unknown): boolean {
  return error instanceof FilterError && error.diagnostics.every(({ code }) => code === "cannot-express");
}
