import assert from "node:assert/strict";
import { FilterError } from "../../lib/diagnostics/errors.ts";
import { FIELDS } from "../../lib/model/fields.ts";
import { evaluate } from "../../lib/semantics/evaluate.ts";
import { layOutJson } from "../../lib/syntax/libkefir_print.ts";
import { printFilter, printRule } from "../../lib/syntax/print.ts";
import { parseFilter, parseRule } from "../../lib/syntax/rule_file.ts";
import { ethernet, frame, ipv4, udp } from "../packets/build.ts";
import { errorsOf, refusals, short, warningsOf } from "./findings_of.ts";

const KEFIR = `drop ip.src == 10.20.0.0/15 and l4.dstport == 8080
pass vlan.id != 5
drop ipv6.src < 2001:db8:: and ip.dsfield == 0xb8/0xfc
pass
`;

const DOCUMENT = `{
    "libkefir_version": [ 0,1,0 ],
    "libkefir_filter": {
        "rules": [ {
                "matches": [ {
                        "match_type": 5,
                        "comp_operator": 0,
                        "value": [ 10,20,0,0 ],
                        "mask": [ 255,254,0,0,0,0,0,0,0,0,0,0,0,0,0,0 ],
                        "flags": 1
                    },{
                        "match_type": 30,
                        "comp_operator": 0,
                        "value": [ 31,144 ],
                        "mask": 0,
                        "flags": 0
                    } ],
                "action_code": 0
            },{
                "matches": [ {
                        "match_type": 32,
                        "comp_operator": 5,
                        "value": [ 0,5 ],
                        "mask": 0,
                        "flags": 0
                    } ],
                "action_code": 1
            },{
                "matches": [ {
                        "match_type": 15,
                        "comp_operator": 1,
                        "value": [ 32,1,13,184,0,0,0,0,0,0,0,0,0,0,0,0 ],
                        "mask": 0,
                        "flags": 0
                    },{
                        "match_type": 8,
                        "comp_operator": 0,
                        "value": [ 184 ],
                        "mask": [ 252,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0 ],
                        "flags": 1
                    } ],
                "action_code": 0
            },{
                "matches": [ ],
                "action_code": 1
            } ]
    }
}
`;

Deno.test("printFilter() prints the JSON of libkefir's own writer, and parseFilter() reads it, to the byte", () => {
  assert.equal(printFilter(parseFilter(KEFIR).filter, "libkefir"), DOCUMENT);
  const { filter, warnings } = parseFilter(DOCUMENT);
  assert.equal(printFilter(filter, "kefir"), KEFIR);
  assert.equal(warnings.length, 0);
  assert.deepEqual(parseFilter(DOCUMENT, { syntax: "libkefir" }).filter.rules, filter.rules);
  assert.equal(printFilter(parseFilter("").filter, "libkefir").replace(/\s+/g, " "), `{ ${EMPTY} } `);
});

const EMPTY = '"libkefir_version": [ 0,1,0 ], "libkefir_filter": { "rules": [ ] }';

Deno.test("docs/syntax-libkefir.md shows a file that is read, and laid out as files are", () => {
  const page = Deno.readTextFileSync(new URL("../../docs/syntax-libkefir.md", import.meta.url));
  const file = /\n( {4}\{\n.*?\n {4}\}\n)/s.exec(page)?.[1]?.replace(/^ {4}/gm, "") ?? "";
  const { filter, warnings } = parseFilter(file, { syntax: "libkefir" });
  assert.equal(printFilter(filter, "libkefir"), file);
  assert.deepEqual([printFilter(filter, "kefir"), warnings], ["drop ip.src == 10.0.0.0/8\n", []]);
});

Deno.test("layOutJson() lays out as the writer does that libkefir took from iproute2", () => {
  for (const args of [["-d", "address", "show", "lo"], ["route", "show", "table", "all"]]) {
    const { code, stdout } = new Deno.Command("ip", { args: ["-j", "-p", ...args] }).outputSync();
    assert.equal(code, 0);
    const text = new TextDecoder().decode(stdout);
    assert.equal(`${layOutJson(JSON.parse(text))}\n`, text);
  }
});

Deno.test("parseRule() and printRule() have a rule as an object of libkefir's JSON", () => {
  const { rule } = parseRule("drop ip.ttl < 5");
  const text = printRule(rule, "libkefir");
  const match = '{"match_type":9,"comp_operator":1,"value":[5],"mask":0,"flags":0}';
  assert.equal(text, `{"matches":[${match}],"action_code":0}`);
  assert.deepEqual(parseRule(text).rule.matches, rule.matches);
  assert.deepEqual(parseRule(text, { syntax: "libkefir" }).rule.matches, rule.matches);
});

Deno.test("every field that libkefir has comes back by its number, with as many bytes as libkefir writes", () => {
  const numbers = FIELDS.flatMap(({ libkefir }) => libkefir === undefined ? [] : [libkefir.number]);
  assert.deepEqual(numbers.sort((a, b) => a - b), Array.from({ length: 40 }, (_, index) => index + 1));
  const bytes = numbers.map((number) => {
    const field = FIELDS.find(({ libkefir }) => libkefir?.number === number);
    const { filter } = parseFilter(
      `drop ${field?.name} == ${field?.widthBits === 48 ? "0:0:0:0:0:1" : valueOf(field)}`,
    );
    const text = printFilter(filter, "libkefir");
    assert.deepEqual(parseFilter(text).filter.rules[0]?.matches, filter.rules[0]?.matches);
    return JSON.parse(text).libkefir_filter.rules[0].matches[0].value.length;
  });
  assert.deepEqual(bytes, [
    ...[6, 6, 6, 2], // Ethernet
    ...[4, 4, 4, 1, 1, 1, 4, 2, 2, 2], // IPv4
    ...[16, 16, 16, 1, 1, 1, 4, 2, 2, 2], // IPv6
    ...[1, 1, 1, 4, 2, 2, 2], // either
    ...[2, 1, 2, 2, 1, 2, 2, 1, 2], // VLAN: id, priority, type
  ]);
});

function valueOf(field: { readonly format: string } | undefined): string {
  return field?.format === "ipv4" ? "0.0.0.1" : field?.format === "ipv6" ? "::1" : "1";
}

Deno.test("every operator of libkefir comes back by its number, and so does every action", () => {
  for (const [number, operator] of ["==", "<", "<=", ">", ">=", "!="].entries()) {
    for (const [code, action] of ["drop", "pass"].entries()) {
      const { rule } = parseRule(`${action} ip.ttl ${operator} 64`);
      const text = printRule(rule, "libkefir");
      assert.ok(text.includes(`"comp_operator":${number},`) && text.endsWith(`"action_code":${code}}`), text);
      assert.deepEqual(parseRule(text).rule.matches, rule.matches);
      assert.equal(parseRule(text).rule.action, action);
    }
  }
});

Deno.test("a file of libkefir decides packets: bits set in its masks are compared", () => {
  const { filter } = parseFilter(DOCUMENT);
  const action = (src: string, dst: number) => evaluate(filter, frame(ethernet(), ipv4({ src }), udp({ dst }))).action;
  assert.equal(action("10.21.255.255", 8080), "drop");
  assert.equal(action("10.22.0.0", 8080), "pass");
  assert.equal(action("10.21.255.255", 8081), "pass");
});

Deno.test("printRule() to libkefir takes a set of one value or prefix as a comparison", () => {
  for (
    const [set, same] of [
      ["ip.src in 10.0.0.0/8", "ip.src == 10.0.0.0/8"],
      ["ip.src in ::1", "ipv6.src == ::1"],
      ["ip.ttl not in {64}", "ip.ttl != 64"],
      ["l4.port in 80..81", "l4.port == 80/0xfffe"],
    ] as const
  ) {
    const back = parseRule(printRule(parseRule(`drop ${set}`).rule, "libkefir")).rule;
    assert.equal(printRule(back, "kefir"), `drop ${same}`);
  }
});

const CANNOT: readonly (readonly [rule: string, reason: RegExp])[] = [
  ["drop tcp.dstport == 80", /no tcp\.dstport/],
  ["drop ah.spi == 1", /no ah\.spi/],
  ["drop vlan.tci == 1", /no vlan\.tci/],
  ["drop ip.src in {10.0.0.1, 10.0.0.9}", /set/],
  ["drop ip.src not in {10.0.0.1, ::1}", /set/],
  ["drop ip.src not in ::1", /set/],
  ["drop l4.port in 80..82", /set/],
  ["drop ip.ttl & 0xf0 in 0x40", /set/],
  ["drop ip.src in {}", /set/],
  ["drop ip.src in @list", /set/],
  ["drop ip.src == 0.0.0.0/0", /zeros/],
  ["drop ip.src in 0.0.0.0/0", /zeros/],
  ["web: drop l4.port == 80", /name/],
  [`drop ${Array.from({ length: 6 }, () => "ip.ttl == 1").join(" and ")}`, /5 matches/],
];

for (const [rule, reason] of CANNOT) {
  Deno.test(`printFilter() says why libkefir cannot say ${rule.slice(0, 60)}`, () => {
    const { filter } = parseFilter(`pass ip.ttl == 1\n${rule}\npass`);
    assert.throws(() => printFilter(filter, "libkefir"), (error: FilterError) => {
      assert.ok(error instanceof FilterError);
      assert.deepEqual(error.diagnostics.map((one) => [one.code, one.rule]), [["cannot-express", 1]]);
      assert.match(error.diagnostics[0]?.message ?? "", reason);
      return true;
    });
    assert.throws(() => printRule(parseRule(rule).rule, "libkefir"), reason);
  });
}

Deno.test("printFilter() says that libkefir's default is pass, besides what it cannot say of rules", () => {
  const { filter } = parseFilter("default drop\ndrop udp.port == 1\npass\na: pass");
  assert.throws(() => printFilter(filter, "libkefir"), (error: FilterError) => {
    assert.deepEqual(error.diagnostics.map(({ rule }) => rule), [undefined, 0, 2]);
    return true;
  });
});

/** Documents, each refused at the place of what is wrong. */
const REFUSED: readonly (readonly [text: string, ...found: string[]])[] = [
  ['{"libkefir_version":[0,1,0]}', "1:1+1 missing-key"],
  ['{"libkefir_filter":{"rules":[]}}', "1:1+1 missing-key"],
  ['{"libkefir_version":[0,1],"libkefir_filter":{"rules":[]}}', "1:21+5 bad-version"],
  ['{"libkefir_version":[0,1,0,0],"libkefir_filter":{"rules":[]}}', "1:21+9 bad-version"],
  ['{"libkefir_version":"0.1.0","libkefir_filter":{"rules":[]}}', "1:21+7 bad-version"],
  ['{"libkefir_version":[0,"1",0],"libkefir_filter":{"rules":[]}}', "1:21+9 bad-version"],
  ['{"libkefir_version":[0,1.5,0],"libkefir_filter":{"rules":[]}}', "1:21+9 bad-version"],
  ['{"libkefir_version":[0,-1,0],"libkefir_filter":{"rules":[]}}', "1:21+8 bad-version"],
  ['{"libkefir_version":[0,1,0],"libkefir_filter":[]}', "1:47+2 bad-type"],
  ['{"libkefir_version":[0,1,0],"libkefir_filter":{}}', "1:47+1 missing-key"],
  ['{"libkefir_version":[0,1,0],"libkefir_filter":{"rules":{}}}', "1:56+2 bad-type"],
  ['{"libkefir_version":[0,1,0],"libkefir_filter":{"rules":[],"default":0}}', "1:59+9 unknown-key"],
  ['{"libkefir_version":[0,1,0],"libkefir_filter":{"rules":[]},"more":0}', "1:60+6 unknown-key"],
  ['{"libkefir_version":[0,1,0],"libkefir_filter":{"rules":[1]}}', "1:57+1 bad-type"],
  ['{"libkefir_version":[0,1,0],"libkefir_filter":{"rules":[{}]}}', "1:57+1 missing-key", "1:57+1 missing-key"],
  ['{"libkefir_version":[0,1,0],"libkefir_filter":{"rules":[]}', "1:59+0 bad-json"],
  ['{"libkefir_version":[0,1,0],"libkefir_version":[0,1,0],"libkefir_filter":{"rules":[]}}', "1:29+18 duplicate-key"],
  ['{"kefir":1,"libkefir_filter":{"rules":[]}}', "1:1+1 missing-key", "1:2+7 unknown-key"],
  [
    '{"kefir":1,"rules":[{"matches":[],"action_code":0}]}',
    "1:1+1 missing-key",
    "1:1+1 missing-key",
    "1:2+7 unknown-key",
    "1:12+7 unknown-key",
  ],
];

for (const [text, ...found] of REFUSED) {
  Deno.test(`parseFilter() refuses the document ${text}`, () => assert.deepEqual(refusals(text), found));
}

/** Rules, each refused at a place counted from its own start. */
const REFUSED_RULES: readonly (readonly [rule: string, ...found: string[]])[] = [
  ['{"matches":[]}', "1+1 missing-key"],
  ['{"matches":0,"action_code":0}', "12+1 bad-type"],
  ['{"matches":[],"action_code":2}', "29+1 bad-action"],
  ['{"matches":[],"action_code":-1}', "29+2 bad-action"],
  ['{"matches":[],"action_code":"drop"}', "29+6 bad-type"],
  ['{"matches":[],"action_code":0.5}', "29+3 bad-type"],
  ['{"matches":[],"action_code":0,"name":"x"}', "31+6 unknown-key"],
  ['{"matches":[0,0,0,0,0,0],"action_code":0}', "12+13 too-many-matches"],
];

for (const [rule, ...found] of REFUSED_RULES) {
  Deno.test(`parseFilter() refuses libkefir's rule ${rule}`, () => {
    const text = `{"libkefir_version":[0,1,0],"libkefir_filter":{"rules":[\n${rule}]}}`;
    assert.deepEqual(refusals(text), found.map((one) => `2:${one}`));
  });
}

/** Members of an IPv4 source match, each with what is wrong when it takes the place of a right one, and its path. */
const REFUSED_MEMBERS: readonly (readonly [member: string, value: string, code: string, path: string])[] = [
  ["match_type", "0", "unknown-field", "match_type"],
  ["match_type", "41", "unknown-field", "match_type"],
  ["match_type", "1000", "unknown-field", "match_type"],
  ["match_type", "-5", "unknown-field", "match_type"],
  ["match_type", "5.5", "bad-type", "match_type"],
  ["match_type", '"IP_4_SRC"', "bad-type", "match_type"],
  ["match_type", "null", "bad-type", "match_type"],
  ["match_type", "1e300", "bad-type", "match_type"],
  ["comp_operator", "6", "unknown-operator", "comp_operator"],
  ["comp_operator", "-1", "unknown-operator", "comp_operator"],
  ["comp_operator", '"=="', "bad-type", "comp_operator"],
  ["value", "[10,0,0,300]", "bad-byte", "value[3]"],
  ["value", "[10,0,0,-1]", "bad-byte", "value[3]"],
  ["value", "[10,0,0,0.5]", "bad-byte", "value[3]"],
  ["value", '[10,0,"0",1]', "bad-byte", "value[2]"],
  ["value", "[10,[],0,1]", "bad-byte", "value[1]"],
  ["value", "[]", "bad-length", "value"],
  ["value", "[10,0,0]", "bad-length", "value"],
  ["value", "[10,0,0,1,0]", "bad-length", "value"],
  ["value", "1", "bad-type", "value"],
  ["value", '"10.0.0.1"', "bad-type", "value"],
  ["value", '{"format":9,"data":[10,0,0,1]}', "bad-type", "value"],
  ["mask", "[255,256]", "bad-byte", "mask[1]"],
  ["mask", "[]", "bad-length", "mask"],
  ["mask", `[${new Array(17).fill(0)}]`, "bad-length", "mask"],
  ["mask", "[255,255,255,255,255]", "bad-mask", "mask"],
  ["mask", "8", "bad-type", "mask"],
  ["mask", "null", "bad-type", "mask"],
  ["flags", "2", "bad-flags", "flags"],
  ["flags", "1", "bad-flags", "flags"],
  ["flags", "-1", "bad-flags", "flags"],
  ["flags", "[]", "bad-type", "flags"],
];

const SOURCE = { match_type: "5", comp_operator: "0", value: "[10,0,0,1]", mask: "0", flags: "0" };

function withMatch(members: Readonly<Record<string, string>>): string {
  const match = Object.entries(members).map(([key, value]) => `"${key}":${value}`).join();
  const rule = `{"matches":[{${match}}],"action_code":0}`;
  return `{"libkefir_version":[0,1,0],"libkefir_filter":{"rules":[{"matches":[],"action_code":1},${rule}]}}`;
}

for (const [member, value, code, path] of REFUSED_MEMBERS) {
  Deno.test(`parseFilter() refuses libkefir's ${member} ${value}, and says where`, () => {
    const text = withMatch({ ...SOURCE, [member]: value });
    assert.throws(() => parseFilter(text), (error: SyntaxError) => {
      assert.ok(error.message.includes(`libkefir_filter.rules[1].matches[0].${path}: `), error.message);
      return true;
    });
    const [found, ...more] = errorsOf(() => parseFilter(text));
    assert.deepEqual([found?.split(" ")[1], more], [code, []]);
  });
}

Deno.test("parseFilter() refuses bits that a field of libkefir does not have", () => {
  const id = { match_type: "32", comp_operator: "0", value: "[0,5]", mask: "0", flags: "0" };
  const priority = { ...id, match_type: "33", value: "[7]" };
  assert.equal(parseFilter(withMatch(id)).filter.size, 2);
  assert.match(refusals(withMatch({ ...id, value: "[16,5]" })).join(), /^\S+ out-of-range$/);
  assert.match(refusals(withMatch({ ...id, mask: "[255,255]", flags: "1" })).join(), /^\S+ out-of-range$/);
  assert.match(refusals(withMatch({ ...priority, value: "[8]" })).join(), /^\S+ out-of-range$/);
});

for (const key of Object.keys(SOURCE)) {
  Deno.test(`parseFilter() refuses a match of libkefir without ${key}, or with a key more`, () => {
    const { [key as keyof typeof SOURCE]: _left, ...rest } = SOURCE;
    assert.match(refusals(withMatch(rest)).join(), /^\S+ missing-key$/);
    assert.match(refusals(withMatch({ ...SOURCE, [`${key}2`]: "0" })).join(), /^\S+ unknown-key$/);
  });
}

Deno.test("parseFilter() reports every error of a document of libkefir", () => {
  const text = withMatch({ match_type: "1000", comp_operator: "9", value: "[300]", mask: "[1,2,999]", flags: "7" });
  assert.deepEqual(refusals(text).map((one) => one.split(" ")[1]), [
    "unknown-field",
    "unknown-operator",
    "bad-byte",
    "bad-byte",
    "bad-flags",
  ]);
});

Deno.test("parseFilter() takes what libkefir means by 0, by a short mask, and by keys in another order", () => {
  const meaning = (members: Record<string, string>) => printFilter(parseFilter(withMatch(members)).filter, "kefir");
  assert.equal(meaning({ ...SOURCE, value: "0" }), "pass\ndrop ip.src == 0.0.0.0\n");
  assert.equal(
    meaning({ ...SOURCE, mask: "[255]", value: "[10,0,0,0]", flags: "1" }),
    "pass\ndrop ip.src == 10.0.0.0/8\n",
  );
  const reversed = Object.fromEntries(Object.entries(SOURCE).reverse());
  assert.equal(meaning(reversed), "pass\ndrop ip.src == 10.0.0.1\n");
});

Deno.test("parseFilter() warns where a file of libkefir means something else than it looks like", () => {
  const warned = (members: Partial<typeof SOURCE>) => warningsOf(withMatch({ ...SOURCE, ...members })).join();
  assert.match(warned({ mask: "[255,0,0,0]", flags: "1" }), /^\S+ host-bits$/);
  assert.match(warned({ mask: "[255,255,255,255]" }), /^\S+ mask-flag$/);
  assert.match(warned({ mask: "[0,0]" }), /^\S+ zero-mask$/);
  assert.equal(warned({ mask: "[255,255,255,255]", flags: "1" }), "");
  const { filter } = parseFilter(withMatch({ ...SOURCE, mask: "[0,0]" }));
  assert.equal(printFilter(filter, "kefir"), "pass\ndrop ip.src == 10.0.0.1\n");
});

Deno.test("parseFilter() warns about a version that libkefir never had", () => {
  const ofVersion = (version: string) => DOCUMENT.replace("[ 0,1,0 ]", version);
  assert.deepEqual(warningsOf(ofVersion("[0,0,0]")), []);
  assert.deepEqual(warningsOf(ofVersion("[1,0,0]")), ["2:25+7 unknown-version"]);
  assert.deepEqual(parseFilter(ofVersion("[1,0,0]")).filter.rules, parseFilter(DOCUMENT).filter.rules);
});

Deno.test("parseFilter() takes max_value of older versions of libkefir, which compared none", () => {
  assert.equal(parseFilter(withMatch({ ...SOURCE, max_value: "0" })).filter.size, 2);
  assert.match(refusals(withMatch({ ...SOURCE, max_value: "[10,0,0,9]" })).join(), /^\S+ bad-range$/);
});

Deno.test("kefir's own JSON is not taken for libkefir's, whatever its texts say", () => {
  const { filter } = parseFilter('libkefir_version: drop\ndrop ip.src in @"libkefir_filter\\":"');
  const back = parseFilter(printFilter(filter, "json"));
  assert.deepEqual(back.filter.rules, filter.rules);
  assert.deepEqual(back.warnings.map(short), []);
});
