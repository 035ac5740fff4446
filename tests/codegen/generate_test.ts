import assert from "node:assert/strict";
import { STRATEGIES } from "../../lib/classify/plan.ts";
import { type CprogOptions, createCprog } from "../../lib/cprog.ts";
import { FIELDS, sidesOf } from "../../lib/model/fields.ts";
import { Filter } from "../../lib/model/filter.ts";
import { type HookName, HOOKS } from "../../lib/model/hooks.ts";
import type { MatchInput } from "../../lib/model/match.ts";
import { allOnes } from "../../lib/net/bytes.ts";
import { VERSION } from "../../lib/version.ts";
import { compileC } from "../../lib/toolchain/compile.ts";
import { tierTest } from "../judges/tiers.ts";

const HOOK_NAMES = Object.keys(HOOKS) as HookName[];

function dropping(...matches: MatchInput[]): Filter {
  return new Filter({ rules: [{ action: "drop", matches }] });
}

function textOf(filter: Filter, options: CprogOptions = {}): string {
  return createCprog(filter, options).text;
}

/** A rule for every field. */
const ALL_FIELDS = new Filter({
  rules: FIELDS.map(({ name }) => ({ action: "drop", matches: [{ field: name, value: 1n }] })),
});

const WEB = dropping({ field: "tcp.dstport", value: 80 });

Deno.test("generateC() gives the same text for the same filter, built twice or cloned", () => {
  for (const hook of HOOK_NAMES) {
    for (const strategy of ["inline", "linear"] as const) {
      const build = () =>
        dropping({ field: "ip.src", value: ["10.0.0.0/8", "2001:db8::/32"] }, { field: "l4.port", value: 53 });
      const text = textOf(build(), { hook, strategy });
      assert.equal(textOf(build(), { hook, strategy }), text);
      assert.equal(textOf(build().clone(), { hook, strategy }), text);
    }
  }
});

Deno.test("generateC() writes version, name, hook, strategy and rule, but no date and no path", () => {
  const text = textOf(WEB, { name: "web", hook: "tc-egress", strategy: "inline" });
  for (const part of [`kefir ${VERSION}`, "do not edit", "web", "tc-egress", "inline", "drop tcp.dstport == 80"]) {
    assert.ok(text.includes(part), part);
  }
  assert.doesNotMatch(text, /\b20\d\d\b|\/work\/|\/home\/|file:/);
});

Deno.test("generateC() fills every hole and leaves no directive", () => {
  for (const hook of HOOK_NAMES) {
    for (const strategy of ["inline", "linear"] as const) {
      const text = textOf(ALL_FIELDS, { hook, strategy });
      assert.doesNotMatch(text, /\/\*=|\/\/%|undefined|NaN|\[object/);
    }
  }
});

Deno.test("generateC() binds what its templates ask for and no more, whatever single field a filter asks for", () => {
  const families = ["mpls[2].label", "l3[0:2]", "ip[8:1]", "ipv6[8:16]", "udp[8:4]", "payload[0:1]", "geneve[8:3]"];
  for (const name of [undefined, ...FIELDS.map(({ name }) => name), ...families]) {
    const matches = name === undefined ? [] : [{ field: name, value: 1 }];
    const filter = new Filter({ rules: [{ action: "drop", matches }] });
    for (const strategy of STRATEGIES) {
      createCprog(filter, { strategy, hook: "xdp", frags: false, warnings: false });
      createCprog(filter, { strategy, hook: "xdp", counts: false, warnings: false });
      createCprog(filter, { strategy, hook: "tc-ingress", warnings: false });
    }
  }
});

Deno.test("generateC() reads only the headers that the filter asks for", () => {
  const parts = {
    ipv4: /kefir_dissect_ipv4/,
    ipv6: /kefir_dissect_ipv6/,
    chain: /KEFIR_LOOP\(8/,
    vlan: /kefir_is_tpid/,
    l4: /kefir_dissect_l4/,
    ports: /kefir_has_ports/,
    ah: /kefir_dissect_ah/,
    u128: /u128/,
    bytes: /kefir_bytes/,
  };
  const cases: readonly (readonly [MatchInput[], (keyof typeof parts)[]])[] = [
    [[], []],
    [[{ field: "eth.src", value: "02:00:00:00:00:01" }], ["bytes"]],
    [[{ field: "eth.type", value: "arp" }], ["bytes", "vlan"]],
    [[{ field: "svlan.id", value: 5 }], ["bytes", "vlan"]],
    [[{ field: "ip.src", value: "10.0.0.1" }], ["bytes", "vlan", "ipv4"]],
    [[{ field: "ip.proto", value: 6 }], ["bytes", "vlan", "ipv4"]],
    [[{ field: "ip.l4.srcport", value: 6 }], ["bytes", "vlan", "ipv4", "l4", "ports"]],
    [[{ field: "ip.l4.data", value: 6 }], ["bytes", "vlan", "ipv4", "l4"]],
    [[{ field: "ipv6.hlim", value: 6 }], ["bytes", "vlan", "ipv6"]],
    [[{ field: "ipv6.src", value: "::1" }], ["bytes", "vlan", "ipv6", "u128"]],
    [[{ field: "ipv6.l4.proto", value: 6 }], ["bytes", "vlan", "ipv6", "chain"]],
    [[{ field: "ah.spi", value: 6 }], ["bytes", "vlan", "ipv4", "ipv6", "chain", "ah"]],
    [[{ field: "l4.proto", value: 6 }], ["bytes", "vlan", "ipv4", "ipv6", "chain"]],
    [[{ field: "tcp.port", value: 6 }], ["bytes", "vlan", "ipv4", "ipv6", "chain", "l4", "ports"]],
  ];
  for (const [matches, wanted] of cases) {
    const text = textOf(dropping(...matches), { strategy: "inline" });
    const present = Object.entries(parts).filter(([, pattern]) => pattern.test(text)).map(([name]) => name);
    assert.deepEqual(present.sort(), [...wanted].sort(), matches.map(({ field }) => field).join());
  }
});

Deno.test("generateC() notes tags only where a field of theirs is asked for", () => {
  const outer = textOf(dropping({ field: "svlan.id", value: 5 }), { hook: "tc-ingress", strategy: "inline" });
  assert.match(outer, /kefir_note_svlan/);
  assert.doesNotMatch(outer, /kefir_note_cvlan/);
  const inner = textOf(dropping({ field: "cvlan.id", value: 5 }), { hook: "tc-ingress", strategy: "inline" });
  assert.match(inner, /kefir_note_cvlan/);
  assert.doesNotMatch(inner, /kefir_note_svlan/);
});

Deno.test("generateC() looks for a tag in metadata at TC only", () => {
  const filter = dropping({ field: "vlan.id", value: 5 });
  for (const hook of HOOK_NAMES) assert.equal(/vlan_present/.test(textOf(filter, { hook })), hook !== "xdp");
});

Deno.test("generateC() reads packets in several buffers at XDP when frags is on, and only then", () => {
  assert.match(textOf(WEB), /SEC\("xdp\.frags"\)[\s\S]*/);
  assert.match(textOf(WEB), /bpf_xdp_load_bytes/);
  const without = textOf(WEB, { frags: false });
  assert.match(without, /SEC\("xdp"\)/);
  assert.doesNotMatch(without, /bpf_xdp_load_bytes|bpf_xdp_get_buff_len/);
  assert.equal(textOf(WEB, { hook: "tc-ingress", frags: false }), textOf(WEB, { hook: "tc-ingress" }));
});

Deno.test("generateC() has no counter in it when counts is off, whatever the strategy", () => {
  for (const hook of HOOK_NAMES) {
    for (const strategy of STRATEGIES) {
      for (const filter of [WEB, new Filter()]) {
        assert.match(textOf(filter, { hook, strategy }), /kefir_counters SEC/);
        assert.doesNotMatch(textOf(filter, { hook, strategy, counts: false }), /kefir_count/);
      }
    }
  }
});

Deno.test("generateC() leaves out what can never decide: rules that hold for nothing, and those behind one that holds for all", () => {
  const filter = new Filter({
    rules: [
      { action: "drop", matches: [{ field: "ip.ttl", operator: "<", value: 0 }], source: { text: "never" } },
      { action: "pass", source: { text: "always" } },
      { action: "drop", matches: [{ field: "tcp.dstport", value: 80 }], source: { text: "behind" } },
    ],
  });
  const text = textOf(filter, { strategy: "inline" });
  assert.doesNotMatch(text, /never|behind|\/\* default \*\//);
  assert.match(text, /rule 1: always/);
});

Deno.test("generateC() names each rule above its condition, in order, with the index of its counter", () => {
  const rules = [22, 80, 443].map((value) => ({ action: "drop" as const, matches: [{ field: "tcp.dstport", value }] }));
  const text = textOf(new Filter({ rules }), { strategy: "inline" });
  const found = [
    ...text.matchAll(
      /rule (\d+): drop tcp\.dstport == (\d+) \*\/\n\tif [^{}]*== (\d+)\)\n\t\treturn .*XDP_DROP, (\d+)/g,
    ),
  ];
  assert.deepEqual(found.map((one) => one.slice(1)), [
    ["0", "22", "22", "0"],
    ["1", "80", "80", "1"],
    ["2", "443", "443", "2"],
  ]);
});

Deno.test("the C of linear does not depend on the rules' values, order or actions", () => {
  const build = (values: number[], action: "pass" | "drop") =>
    new Filter({
      rules: values.map((value) => ({ action, matches: [{ field: "tcp.dstport", value }] })),
      defaultAction: action,
    });
  assert.equal(
    textOf(build([1, 2, 3], "drop"), { strategy: "linear" }),
    textOf(build([70, 9, 443], "pass"), { strategy: "linear" }),
  );
});

for (const hook of HOOK_NAMES) {
  tierTest("clang", `the C of every field alone compiles without a warning at ${hook}`, async () => {
    const programs = FIELDS.flatMap((field) => {
      const all = allOnes(field.widthBits);
      // A width that C's types have not, an end of the range, a mask with a hole.
      const rules = [
        { operator: "==", value: all },
        { operator: "<=", value: all },
        { operator: ">", value: all - 1n },
        { operator: "!=", value: 0n, mask: all & 0x5555_5555_5555_5555_5555_5555_5555_5555n },
        ...(field.widthBits < 3 ? [] : [
          { operator: "in", value: [0n, 2n, { lo: 5n, hi: 6n }], mask: all - 2n },
          { operator: "not in", value: [{ lo: 1n, hi: all - 1n }] },
        ]),
      ];
      const filter = new Filter({
        rules: rules.map((rule) => ({ action: "drop", matches: [{ field: field.name, ...rule } as MatchInput] })),
      });
      return (["inline", "linear"] as const).map((strategy) =>
        // Without counters other functions have nobody who calls them.
        textOf(filter, { hook, strategy, counts: strategy === "inline" })
      );
    });
    assert.equal(programs.length, 2 * FIELDS.length);
    await Promise.all([0, 1].map(async (half) => {
      // -Wextra as well: what it finds is worth knowing; unused parameters are the callbacks' of bpf_loop.
      const options = { cache: false, extraArguments: ["-Wextra", "-Wno-unused-parameter"] };
      for (let index = half; index < programs.length; index += 2) await compileC(programs[index]!, options);
    }));
  });
}

Deno.test("every concrete field has a place in the C, and fields of one place share it", () => {
  const text = textOf(dropping({ field: "tcp.srcport", value: 1 }, { field: "l4.srcport", value: 1 }), {
    strategy: "inline",
  });
  assert.equal([...text.matchAll(/__u16 \w*srcport;/g)].length, 1);
  assert.ok(FIELDS.every((field) => sidesOf(field).length > 0));
});
