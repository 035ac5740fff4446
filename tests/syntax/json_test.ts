import assert from "node:assert/strict";
import { parseFilter, parseRule } from "../../lib/syntax/rule_file.ts";
import { printFilter, printRule } from "../../lib/syntax/print.ts";
import { errorsOf, refusals } from "./findings_of.ts";

const DOCUMENT = `{
  "kefir": 1,
  "default": "drop",
  "rules": [
    {"name":"web","action":"pass","matches":[{"field":"tcp.dstport","operator":"in","set":["80","8000..8080"]}]},
    {"action":"drop","matches":[{"field":"ip.dsfield","operator":"==","value":"0xb8","mask":"0xfc"},{"field":"ip.src","operator":"not in","list":"a b.txt","mask":"8"}],"source":{"text":"x","file":"f","line":3}},
    {"action":"drop","matches":[{"field":"ip.addr","operator":"in","set":["10.0.0.0/8","2001:db8::/32"]}]}
  ]
}
`;

Deno.test("printFilter() prints the JSON that parseFilter() reads, to the byte", () => {
  const { filter, warnings } = parseFilter(DOCUMENT);
  assert.equal(printFilter(filter, "json"), DOCUMENT);
  assert.equal(warnings.length, 0);
  assert.equal(
    printFilter(filter, "kefir"),
    "default drop\nweb: pass tcp.dstport in { 80, 8000..8080 }\n" +
      'drop ip.dsfield == 0xb8/0xfc and ip.src & 8 not in @"a b.txt"\n' +
      "drop ip.addr in { 10.0.0.0/8, 2001:db8::/32 }\n",
  );
});

Deno.test("parseRule() and printRule() have a rule as a JSON object", () => {
  const { rule } = parseRule("web: drop ip.ttl < 5");
  assert.deepEqual(parseRule(printRule(rule, "json")).rule, rule);
  assert.deepEqual(parseRule(printRule(rule, "json"), { syntax: "json" }).rule, rule);
});

Deno.test("parseFilter() takes keys in any order, escapes, and what may be left out", () => {
  const { filter } = parseFilter(' \n{"rules":[{"matches":[],"action":"dr\\u006fp"},{"action":"pass"}],"kefir":1.0}');
  assert.deepEqual(filter.rules, [{ matches: [], action: "drop" }, { matches: [], action: "pass" }]);
  assert.equal(filter.defaultAction, "pass");
  assert.equal(parseFilter('{"kefir":1,"rules":[]}').filter.size, 0);
});

const REFUSED: readonly (readonly [text: string, ...found: string[]])[] = [
  ["{", "1:2+0 bad-json"],
  ["{}", "1:1+1 missing-key", "1:1+1 missing-key"],
  ['{"kefir":1}', "1:1+1 missing-key"],
  ['{"kefir":2,"rules":[]}', "1:10+1 bad-version"],
  ['{"kefir":"1","rules":[]}', "1:10+3 bad-version"],
  ['{"kefir":1,"rules":{}}', "1:20+2 bad-type"],
  ['{"kefir":1,"rules":[],"rule":1}', "1:23+6 unknown-key"],
  ['{"kefir":1,"rules":[],"__proto__":1,"toString":2}', "1:23+11 unknown-key", "1:37+10 unknown-key"],
  ['{"kefir":1,"kefir":1,"rules":[]}', "1:12+7 duplicate-key"],
  ['{"kefir":1,"rules":[],}', "1:23+1 bad-json"],
  ['{"kefir":1,"rules":[1,]}', "1:23+1 bad-json"],
  ['{"kefir":1,"rules":[]} x', "1:24+1 bad-json"],
  ['{"kefir":1 "rules":[]}', "1:12+1 bad-json"],
  ['{"kefir" 1}', "1:10+1 bad-json"],
  ['{"kefir":01}', "1:11+1 bad-json"],
  ['{"kefir":tru}', "1:10+1 bad-json"],
  ["{'kefir':1}", "1:2+1 bad-json"],
  ['{"kefir":1, // one\n"rules":[]}', "1:13+1 bad-json"],
  ['{"a\nb":1}', "1:2+1 bad-json"],
  ['{"a', "1:2+1 bad-json"],
  ['{"a\\x":1}', "1:4+1 bad-json"],
  ['{"a\\\\\\u12":1}', "1:6+1 bad-json"],
  [`{"a":${"[".repeat(40)}`, "1:37+1 bad-json"],
  ['{"kefir":1,"default":"dorp","rules":[]}', "1:22+6 bad-action"],
  ['{"kefir":1,"default":null,"rules":[]}', "1:22+4 bad-type"],
];

for (const [text, ...found] of REFUSED) {
  Deno.test(`parseFilter() refuses the JSON ${JSON.stringify(text.slice(0, 60))}`, () => {
    assert.deepEqual(refusals(text), found);
  });
}

/** Rules, each refused at a place counted from its own start. */
const REFUSED_RULES: readonly (readonly [rule: string, ...found: string[]])[] = [
  ["[]", "1:1+2 bad-type"],
  ["{}", "1:1+1 missing-key"],
  ['{"action":"drop","name":"a b"}', "1:25+5 bad-name"],
  ['{"action":"drop","name":1}', "1:25+1 bad-type"],
  ['{"action":"drop","matches":null}', "1:28+4 bad-type"],
  ['{"action":"drop","matches":[{}]}', "1:29+1 missing-key", "1:29+1 missing-key"],
  ['{"action":"drop","source":{"file":1,"line":0}}', "1:27+1 missing-key", "1:35+1 bad-type", "1:44+1 bad-type"],
  ['{"action":"drop","source":{"text":"","line":1.5}}', "1:45+3 bad-type"],
];

for (const [rule, ...found] of REFUSED_RULES) {
  Deno.test(`parseRule() refuses the JSON ${rule}`, () => {
    assert.deepEqual(errorsOf(() => parseRule(rule, { syntax: "json" })), found);
  });
}

/** Matches, each refused at a place counted from its own start. */
const REFUSED_MATCHES: readonly (readonly [match: string, ...found: string[]])[] = [
  ['{"field":"ip.scr","operator":"~","value":"1"}', "10+8 unknown-field", "30+3 unknown-operator"],
  ['{"field":"ip.ttl","operator":"=="}', "1+34 bad-operand"],
  ['{"field":"ip.ttl","operator":"==","set":["1"]}', "35+5 bad-operand"],
  ['{"field":"ip.ttl","operator":"in","value":"1"}', "35+7 bad-operand"],
  ['{"field":"ip.ttl","operator":"in","set":["1"],"list":"x"}', "35+5 bad-operand"],
  ['{"field":"ip.ttl","operator":"==","value":1}', "43+1 bad-type"],
  ['{"field":"ip.ttl","operator":"==","value":"999"}', "43+5 out-of-range"],
  ['{"field":"ip.ttl","operator":"==","value":"1","mask":"x"}', "54+3 bad-value"],
  ['{"field":"ip.ttl","operator":"==","value":"1/1","mask":"1"}', "43+5 two-masks"],
  ['{"field":"ip.ttl","operator":"in","set":["1",2,"x"]}', "46+1 bad-type"],
  ['{"field":"ip.ttl","operator":"in","set":["1","2..1","x"]}', "46+6 reversed-range", "53+3 bad-value"],
  ['{"field":"ip.src","operator":"in","list":""}', "42+2 bad-file"],
  ['{"field":"constructor","operator":"==","value":"1"}', "10+13 unknown-field"],
];

for (const [match, ...found] of REFUSED_MATCHES) {
  Deno.test(`parseFilter() refuses the JSON match ${match}`, () => {
    const text = `{"kefir":1,"rules":[{"action":"drop","matches":[\n${match}]}]}`;
    assert.deepEqual(refusals(text), found.map((one) => `2:${one}`));
  });
}

Deno.test("parseFilter() reports every error of a JSON document", () => {
  const text =
    '{"kefir":3,"rules":[{"action":"x"},\n{"action":"drop","matches":[{"field":"y","operator":"=="}]}],"z":1}';
  assert.deepEqual(refusals(text), [
    "1:10+1 bad-version",
    "1:31+3 bad-action",
    "2:29+29 bad-operand",
    "2:38+3 unknown-field",
    "2:62+3 unknown-key",
  ]);
});
