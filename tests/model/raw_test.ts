import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import {
  checkFilter,
  createCprog,
  createMatch,
  createRule,
  dissect,
  dumpFilter,
  evaluate,
  Filter,
  FilterError,
  type FilterInput,
  listReferences,
  type Match,
  matchHolds,
  type MatchInput,
  parseRule,
  planChange,
  printFilter,
  printMatch,
  printRule,
  resolveLists,
  type Rule,
  ruleHolds,
  ruleId,
  type RuleInput,
} from "../../mod.ts";
import { ethernet, frame, ipv4, tcp } from "../packets/build.ts";
import { anyFilter } from "../syntax/arbitrary.ts";

/** Made by hand, as libkefir's structures may be: no function of kefir has seen it. */
const RAW: RuleInput = { matches: [{ field: "tcp.dstport", value: 22 }], action: "drop" };
const TEXT = "drop tcp.dstport == 22";
const SSH = frame(ethernet(), ipv4(), tcp({ dst: 22 }));
const WEB = frame(ethernet(), ipv4(), tcp({ dst: 80 }));

/** Each function that takes a rule, with what it is to say of {@link RAW}. */
const TAKES_RULE: Readonly<Record<string, (rule: RuleInput) => unknown>> = {
  "createRule()": (rule) => createRule(rule),
  "new Filter()": (rule) => new Filter({ rules: [rule] }).at(0),
  "filter.add()": (rule) => new Filter().add(rule).at(0),
  "filter.set()": (rule) => new Filter({ rules: [{ action: "pass" }] }).set(0, rule).at(0),
  "printRule()": (rule) => printRule(rule, "kefir"),
  "printFilter()": (rule) => printFilter(new Filter({ rules: [rule] }), "kefir"),
  "ruleId()": (rule) => ruleId(rule),
  "ruleHolds()": (rule) => [SSH, WEB].map((packet) => ruleHolds(rule, dissect(packet))),
  "evaluate()": (rule) => [SSH, WEB].map((packet) => evaluate(new Filter({ rules: [rule] }), packet)),
  "createCprog()": (rule) => createCprog(new Filter({ rules: [rule] })).text,
};

/** Each function that takes a match. */
const TAKES_MATCH: Readonly<Record<string, (match: Match | MatchInput) => unknown>> = {
  "createMatch()": (match) => createMatch(match),
  "createRule() for a match": (match) => createRule({ matches: [match], action: "drop" }),
  "printMatch()": (match) => printMatch(match),
  "matchHolds()": (match) => [SSH, WEB].map((packet) => matchHolds(match, dissect(packet))),
};

/** Each function that takes a filter and needs nothing of the host. */
const TAKES_FILTER: Readonly<Record<string, (filter: FilterInput) => unknown>> = {
  "evaluate()": (filter) => [SSH, WEB].map((packet) => evaluate(filter, packet)),
  "checkFilter()": (filter) => checkFilter(filter),
  "printFilter()": (filter) => printFilter(filter, "json"),
  "dumpFilter()": (filter) => dumpFilter(filter),
  "createCprog()": (filter) => createCprog(filter).text,
  "planChange()": (filter) => planChange(createCprog(new Filter(), { strategy: "tuple" }), filter).tier,
  "listReferences()": (filter) => listReferences(filter),
  "resolveLists()": (filter) => resolveLists(filter, () => "").filter.rules,
};

for (const [name, call] of Object.entries(TAKES_FILTER)) {
  Deno.test(`${name} takes the options of a filter as it takes the filter`, () => {
    const rules = [
      RAW,
      { matches: [{ field: "ip.ttl", operator: "<" as const, value: 5 }], action: "pass" as const },
      RAW,
    ];
    for (const defaultAction of ["pass", "drop"] as const) {
      const options = { rules, defaultAction };
      assert.deepEqual(call(options), call(new Filter(options)));
    }
    assert.deepEqual(call({}), call(new Filter()));
    for (const bad of [{ rule: [] }, { rules: [{}] }, undefined, null, [RAW], 1]) {
      assert.ok(codesOf(() => call(bad as FilterInput)).length > 0);
    }
  });
}

const BUILT = parseRule(TEXT).rule;

for (const [name, call] of Object.entries(TAKES_RULE)) {
  Deno.test(`${name} takes a raw structure as it takes a built rule`, () => {
    const { source: _, ...bare } = BUILT;
    const expected = call(createRule(bare));
    for (const raw of [RAW, bare, structuredClone(bare), { ...createRule(bare) }]) {
      assert.deepEqual(call(raw), expected);
    }
  });
}

for (const [name, call] of Object.entries(TAKES_MATCH)) {
  Deno.test(`${name} takes a raw structure as it takes a built match`, () => {
    const [built] = BUILT.matches as [Match];
    const expected = call(built);
    for (const raw of [RAW.matches?.[0] as MatchInput, structuredClone(built), { ...built }]) {
      assert.deepEqual(call(raw), expected);
    }
  });
}

Deno.test("ruleHolds() and matchHolds() tell the packets of a raw structure from others", () => {
  assert.deepEqual(TAKES_RULE["ruleHolds()"]?.(RAW), [true, false]);
  assert.deepEqual(TAKES_MATCH["matchHolds()"]?.({ field: "tcp.dstport", value: 22 }), [true, false]);
});

const OPERAND = { kind: "value", value: 22n };
const SET = { kind: "set", ranges: [{ lo: 1n, hi: 2n }] };

/** What is no match, and how it is refused. */
const BAD_MATCHES: readonly (readonly [code: string, match: unknown])[] = [
  ["bad-type", null],
  ["bad-type", undefined],
  ["bad-type", 22],
  ["bad-type", "tcp.dstport == 22"],
  ["bad-type", []],
  ["bad-type", () => 0],
  ["unknown-key", { field: "tcp.dstport", value: 22, maks: "0xff" }],
  ["unknown-key", { field: "tcp.dstport", value: 22, toString: 1 }],
  ["unknown-key", { field: "tcp.dstport", operator: "==", value: 22, operand: OPERAND }],
  ["unknown-field", {}],
  ["unknown-field", { field: 7, value: 22 }],
  ["unknown-field", { field: 7n, value: 22 }],
  ["unknown-field", { field: {}, value: 22 }],
  ["unknown-field", { field: Symbol("x"), value: 22 }],
  ["unknown-field", { field: "constructor", value: 22 }],
  ["unknown-operator", { field: "tcp.dstport", operator: "=", value: 22 }],
  ["unknown-operator", { field: "tcp.dstport", operator: null, value: 22 }],
  ["unknown-operator", { field: "tcp.dstport", operator: 1n, value: 22 }],
  ["bad-value", { field: "tcp.dstport" }],
  ["bad-value", { field: "tcp.dstport", value: null }],
  ["bad-value", { field: "tcp.dstport", value: {} }],
  ["bad-value", { field: "tcp.dstport", value: Object.create(null) }],
  ["bad-value", { field: "tcp.dstport", value: new Set([22]) }],
  ["bad-value", { field: "tcp.dstport", value: Symbol("x") }],
  ["bad-value", { field: "tcp.dstport", value: 22.5 }],
  ["bad-value", { field: "tcp.dstport", value: [null] }],
  ["bad-value", { field: "tcp.dstport", value: [{ lo: 1 }] }],
  ["unknown-key", { field: "tcp.dstport", value: [{ lo: 1, hi: 2, step: 1 }] }],
  ["reversed-range", { field: "tcp.dstport", value: [{ lo: 2, hi: 1 }] }],
  ["out-of-range", { field: "tcp.dstport", value: 65536 }],
  ["bad-length", { field: "tcp.dstport", value: Uint8Array.of(22) }],
  ["bad-operand", { field: "tcp.dstport", operator: "==", operand: null }],
  ["bad-operand", { field: "tcp.dstport", operator: "==", operand: 22 }],
  ["bad-operand", { field: "tcp.dstport", operator: "==", operand: {} }],
  ["bad-operand", { field: "tcp.dstport", operator: "==", operand: { kind: "constructor", value: 22n } }],
  ["unknown-key", { field: "tcp.dstport", operator: "==", operand: { ...OPERAND, ranges: [] } }],
  ["unknown-field", { operator: "==", operand: OPERAND }],
  ["unknown-operator", { field: "tcp.dstport", operator: "=", operand: OPERAND }],
  ["bad-value", { field: "tcp.dstport", operator: "==", operand: { kind: "value" } }],
  ["out-of-range", { field: "tcp.dstport", operator: "==", operand: { kind: "value", value: 1n << 16n } }],
  ["out-of-range", { field: "tcp.dstport", operator: "==", operand: { ...OPERAND, mask: 1n << 16n } }],
  ["set-needs-in", { field: "tcp.dstport", operator: "==", operand: SET }],
  ["bad-operand", { field: "tcp.dstport", operator: "in", operand: { kind: "set" } }],
  ["bad-operand", { field: "tcp.dstport", operator: "in", operand: { kind: "set", ranges: 1 } }],
  ["bad-operand", { field: "ip.src", operator: "in", operand: { ...SET, ipv6Ranges: 1 } }],
  ["bad-value", { field: "tcp.dstport", operator: "in", operand: { kind: "set", ranges: [null] } }],
  ["bad-value", { field: "tcp.dstport", operator: "in", operand: { kind: "set", ranges: [{}] } }],
  ["bad-length", { field: "tcp.dstport", operator: "in", operand: { ...SET, ipv6Ranges: [{ lo: 1n, hi: 2n }] } }],
  ["bad-length", { field: "ip.src", operator: "in", operand: { ...SET, ipv6Ranges: [{ lo: 1n, hi: 2n }], mask: 1n } }],
  ["out-of-range", { field: "ip.src", operator: "in", operand: { ...SET, ipv6Ranges: [{ lo: 1n, hi: 1n << 128n }] } }],
  ["bad-value", { field: "ip.src", operator: "in", operand: { ...SET, ipv6Ranges: [null] } }],
  ["bad-file", { field: "ip.src", operator: "in", operand: { kind: "list" } }],
  ["bad-file", { field: "ip.src", operator: "in", operand: { kind: "list", file: "" } }],
  ["list-needs-in", { field: "ip.src", operator: "==", operand: { kind: "list", file: "a" } }],
  ["out-of-range", { field: "ip.src", operator: "in", operand: { kind: "list", file: "a", mask: 1n << 32n } }],
];

for (const [code, match] of BAD_MATCHES) {
  Deno.test(`what takes a match refuses with ${code}: ${Deno.inspect(match, { compact: true, breakLength: Infinity })}`, () => {
    const given = match as MatchInput;
    for (const call of Object.values(TAKES_MATCH)) assert.equal(codesOf(() => call(given))[0], code);
    for (const call of Object.values(TAKES_RULE)) {
      assert.equal(codesOf(() => call({ matches: [given], action: "drop" }))[0], code);
    }
  });
}

const SOURCE = { text: "x" };

/** What is no rule. */
const BAD_RULES: readonly (readonly [code: string, rule: unknown])[] = [
  ["bad-type", null],
  ["bad-type", undefined],
  ["bad-type", TEXT],
  ["bad-type", [RAW]],
  ["bad-action", {}],
  ["bad-action", { action: 0 }],
  ["bad-action", { action: 1n }],
  ["bad-action", { action: {} }],
  ["unknown-key", { action: "drop", match: RAW.matches }],
  ["unknown-key", { action: "drop", defaultAction: "pass" }],
  ["bad-name", { action: "drop", name: 7 }],
  ["bad-name", { action: "drop", name: ["web"] }],
  ["bad-type", { action: "drop", matches: null }],
  ["bad-type", { action: "drop", matches: RAW.matches?.[0] }],
  ["bad-type", { action: "drop", matches: "tcp.dstport == 22" }],
  ["bad-type", { action: "drop", source: "x" }],
  ["bad-source", { action: "drop", source: {} }],
  ["bad-source", { action: "drop", source: { text: 1 } }],
  ["bad-source", { action: "drop", source: { ...SOURCE, file: 1 } }],
  ["bad-source", { action: "drop", source: { ...SOURCE, line: 0 } }],
  ["unknown-key", { action: "drop", source: { ...SOURCE, column: 1 } }],
];

for (const [code, rule] of BAD_RULES) {
  Deno.test(`what takes a rule refuses with ${code}: ${Deno.inspect(rule, { compact: true, breakLength: Infinity })}`, () => {
    for (const call of Object.values(TAKES_RULE)) assert.equal(codesOf(() => call(rule as RuleInput))[0], code);
  });
}

Deno.test("new Filter() says all that is wrong, with the index of each rule and match", () => {
  const bad = { matches: [{ field: "ip.ttl", value: 1 }, { field: "ip.ttl", value: 256 }, {}], action: "accept" };
  assert.throws(
    () => new Filter({ rules: [RAW, bad as unknown as RuleInput, {} as RuleInput] }),
    (error: FilterError) => {
      assert.deepEqual(error.diagnostics.map((one) => [one.code, one.rule]), [
        ["bad-action", 1],
        ["out-of-range", 1],
        ["unknown-field", 1],
        ["bad-action", 2],
      ]);
      assert.match(error.diagnostics[1]?.message ?? "", /^rules\[1\]: matches\[1\]: /);
      return true;
    },
  );
});

for (
  const options of [null, [RAW], { rule: [RAW] }, { rules: RAW }, { rules: 1 }, { rules: TEXT }, { defaultAction: 1 }]
) {
  Deno.test(`new Filter() refuses ${Deno.inspect(options, { compact: true, breakLength: Infinity })}`, () => {
    assert.ok(codesOf(() => new Filter(options as ConstructorParameters<typeof Filter>[0])).length > 0);
  });
}

Deno.test("a filter's default action is pass or drop, and stays what it was otherwise", () => {
  const filter = new Filter({ defaultAction: "drop" });
  assert.deepEqual(codesOf(() => filter.defaultAction = "accept" as "pass"), ["bad-action"]);
  assert.equal(filter.defaultAction, "drop");
  filter.defaultAction = "pass";
  assert.equal(filter.defaultAction, "pass");
});

Deno.test("a raw structure that changes later changes nothing", () => {
  const raw = {
    matches: [{ field: "tcp.dstport", value: 22 }],
    action: "drop" as "drop" | "pass",
    source: { text: "a" },
  };
  const filter = new Filter({ rules: [raw] });
  raw.matches.pop();
  raw.action = "pass";
  raw.source.text = "b";
  assert.deepEqual(filter.at(0), createRule({ ...RAW, source: { text: "a" } }));
});

Deno.test("createRule() gives any built rule back as it is, and any copy of it as an equal one", () => {
  fc.assert(
    fc.property(anyFilter, ({ rules }) => {
      for (const rule of rules) {
        assert.equal(createRule(rule), rule);
        assert.deepEqual(createRule(structuredClone(rule) as Rule), rule);
      }
    }),
    { numRuns: 1000 },
  );
});

const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withTypedArray: true,
  withNullPrototype: true,
});

Deno.test("whatever takes a rule, a match or the options of a filter takes it or throws a FilterError, given anything at all", () => {
  const filters = [(given: never) => new Filter(given), (given: never) => new Filter({ rules: given })];
  const rules = [...Object.values(TAKES_MATCH), ...Object.values(TAKES_RULE)] as ((given: never) => unknown)[];
  const calls = [...filters, ...rules];
  fc.assert(
    fc.property(
      anything,
      fc.constantFrom(...calls),
      (given, call) => void onlyFilterErrors(() => call(given as never)),
    ),
    { numRuns: 3000 },
  );
});

Deno.test("createRule() takes a rule of which any part was exchanged, or throws a FilterError, and then changes nothing", () => {
  const changed = fc.tuple(anyFilter.filter(({ size }) => size > 0), fc.array(fc.nat(), { maxLength: 5 }), anything);
  let refused = 0;
  fc.assert(
    fc.property(changed, ([filter, path, part]) => {
      const raw = exchange(structuredClone(filter.at(0)), path, part);
      const [count] = [filter.size];
      if (!onlyFilterErrors(() => filter.add(raw as RuleInput))) {
        refused++;
        assert.equal(filter.size, count);
        return;
      }
      // What was taken is a rule like any other.
      const added = filter.at(count) as Rule;
      assert.deepEqual(createRule(structuredClone(added) as Rule), added);
      printRule(added, "json");
    }),
    { numRuns: 3000 },
  );
  assert.ok(refused > 500, `${refused} were refused`);
});

/** The value with one part of it in place of what a path of numbers leads to. */
function exchange(value: unknown, path: readonly number[], part: unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined || typeof value !== "object" || value === null || value instanceof Uint8Array) return part;
  const keys = Object.keys(value);
  const key = keys[first % Math.max(1, keys.length)];
  if (key === undefined) return part;
  const changed = exchange((value as Record<string, unknown>)[key], rest, part);
  return Array.isArray(value) ? value.with(Number(key), changed) : { ...value, [key]: changed };
}

/** Whether it threw nothing; fails when it threw something else than it may. */
function onlyFilterErrors(call: () => unknown): boolean {
  try {
    call();
    return true;
  } catch (error) {
    assert.ok(error instanceof FilterError, `it threw ${error instanceof Error ? error.stack : String(error)}`);
    return false;
  }
}

function codesOf(call: () => unknown): string[] {
  try {
    call();
  } catch (error) {
    assert.ok(error instanceof FilterError, `it threw ${String(error)}`);
    return error.diagnostics.map(({ code }) => code);
  }
  assert.fail("it threw nothing");
}
