/**
 * Every version of clang and llc on this machine makes programs that the kernel takes, and that decide the same.
 *
 * @module
 */

import assert from "node:assert/strict";
import { STRATEGIES } from "../../lib/classify/plan.ts";
import { type CprogOptions, createCprog } from "../../lib/cprog.ts";
import { loadCprog } from "../../lib/load.ts";
import { FIELDS } from "../../lib/model/fields.ts";
import { Filter } from "../../lib/model/filter.ts";
import { createMatch } from "../../lib/model/match.ts";
import { createRule } from "../../lib/model/rule.ts";
import type { Packet } from "../../lib/semantics/dissect.ts";
import { evaluate, type Verdict } from "../../lib/semantics/evaluate.ts";
import { parseFilter } from "../../lib/syntax/rule_file.ts";
import { compileC, type CompileOptions } from "../../lib/toolchain/compile.ts";
import { replayCounted } from "../judges/kernel.ts";
import { tierTest } from "../judges/tiers.ts";
import { ah, ethernet, fragment, frame, hopByHop, ipv4, ipv6, payload, tcp, udp, vlan } from "../packets/build.ts";
import { installedVersions, isUsualClang, requiredVersions } from "./installed_tools.ts";

/** Sets that are looked up, the walk through IPv6's extension headers, both tags, ranges, masks and negations. */
const { filter: FILTER } = parseFilter(`
  drop ip.src in { 10.0.0.0/8, 192.0.2.7 } and tcp.dstport in { ${list(40, (index) => `${index * 3}`)} }
  pass vlan.id == 5 and udp.port != 53
  drop ipv6.src in { ${list(300, (index) => `2001:db8:${index.toString(16)}::/48`)} } and udp.dstport in 50..60
  pass ah.spi == 0x100
  drop l3.ttl < 5 and ip.dsfield == 0xb8/0xfc
`);

const PACKETS: readonly Packet[] = [
  frame(ethernet(), ipv4({ src: "10.1.2.3" }), tcp({ dst: 30 })),
  frame(ethernet(), ipv4({ src: "10.1.2.3" }), tcp({ dst: 31 })),
  frame(ethernet(), ipv4({ src: "192.0.2.7", options: new Array<number>(8).fill(1) }), tcp({ dst: 117 })),
  frame(ethernet(), ipv4({ src: "11.0.0.1", ttl: 4, tos: 0xb8 }), udp({ dst: 7 })),
  frame(ethernet(), vlan({ id: 5 }), ipv4(), udp({ dst: 54 })),
  frame(ethernet(), vlan({ id: 5 }), vlan({ id: 6 }), ipv4({ src: "10.0.0.1" }), tcp({ dst: 0 })),
  frame(ethernet(), ipv6({ src: "2001:db8:12b::1" }), hopByHop(), udp({ dst: 53 })),
  frame(ethernet(), ipv6({ src: "2001:db8:12c::1" }), hopByHop(), udp({ dst: 53 })),
  frame(ethernet(), ipv6({ src: "2001:db8::1" }), fragment({ offset: 8 }), udp({ dst: 53 })),
  frame(ethernet(), ipv6(), hopByHop(), ah({ spi: 0x100 }), udp()),
  frame(ethernet(), payload(new Array<number>(50).fill(0xff))),
];
const EXPECTED = PACKETS.map((packet) => evaluate(FILTER, packet));

/** Less, so that it also fits where loops are unrolled. */
const { filter: SMALL } = parseFilter(`
  drop ip.src in 10.0.0.0/8 and tcp.dstport in { 22, 30..40 }
  pass vlan.id == 5 and udp.port != 53
  drop ipv6.src == 2001:db8:12b::/48 and udp.dstport == 53
`);

const clangs = installedVersions("clang");
/** What all other tests do not run with already. */
const unusual = clangs.filter((version) => !isUsualClang(version));
const llcs = installedVersions("llc");

Deno.test("the packets meet every rule and the default", () => {
  assert.deepEqual([...new Set(EXPECTED.map(({ rule }) => rule))].sort(), [0, 1, 2, 3, 4, null]);
});

Deno.test("every version of clang and llc that KEFIR_REQUIRE lists is installed", () => {
  assert.deepEqual(requiredVersions("clang").filter((one) => !clangs.includes(one)), []);
  assert.deepEqual(requiredVersions("llc").filter((one) => !llcs.includes(one)), []);
});

for (const version of clangs) {
  tierTest(
    "kernel",
    `programs of clang-${version} load and decide as the model says, with every strategy`,
    async () => {
      for (const strategy of STRATEGIES) {
        for (const hook of ["xdp", "tc-ingress"] as const) {
          const verdicts = await judge({ clang: `clang-${version}` }, { strategy, hook });
          assert.deepEqual(verdicts, EXPECTED, `${strategy} at ${hook}`);
        }
      }
    },
  );
}
/** A rule for each field, so that the program has all that reads packets. */
const EVERY_FIELD = new Filter({
  rules: FIELDS.map(({ name }) => createRule({ action: "drop", matches: [createMatch({ field: name, value: 1n })] })),
});

for (const version of unusual) {
  tierTest("kernel", `a program of clang-${version} that reads every field loads`, async () => {
    for (const hook of ["xdp", "tc-ingress"] as const) {
      const cprog = createCprog(EVERY_FIELD, { hook, strategy: "linear", warnings: false });
      const object = await compileC(cprog.text, { clang: `clang-${version}`, cache: false });
      using loaded = loadCprog(cprog, object);
      assert.ok(loaded.program.verifiedInstructions() > FIELDS.length, hook);
    }
  });
}
for (const version of unusual) {
  tierTest(
    "kernel",
    `programs of clang-${version} without calls or without loops decide as the model says`,
    async () => {
      const expected = PACKETS.map((packet) => evaluate(SMALL, packet));
      // What tuple looks up may take long: it needs the callback of bpf_loop.
      for (const strategy of STRATEGIES.filter((one) => one !== "tuple")) {
        for (const flags of [{ inlineFunctions: true }, { inlineFunctions: true, noLoops: true }]) {
          const verdicts = await judge({ clang: `clang-${version}` }, { strategy, hook: "xdp", ...flags }, SMALL);
          assert.deepEqual(verdicts, expected, `${strategy} ${Object.keys(flags)}`);
        }
      }
    },
  );
}
if (clangs.length < 2) {
  Deno.test.ignore(
    `programs of several versions of clang decide the same [skipped: there is ${clangs.length}]`,
    () => {},
  );
}

for (const version of llcs.filter((one) => clangs.includes(one))) {
  tierTest(
    "kernel",
    `llc-${version} makes programs of the LLVM IR of clang-${version} that decide the same`,
    async () => {
      const tools = { clang: `clang-${version}`, llc: `llc-${version}` };
      for (const strategy of STRATEGIES) {
        assert.deepEqual(await judge(tools, { strategy, hook: "xdp" }), EXPECTED, strategy);
      }
    },
  );
}
if (llcs.length === 0) Deno.test.ignore("llc makes programs of LLVM IR [skipped: no llc-N is installed]", () => {});

async function judge(tools: CompileOptions, options: CprogOptions, filter = FILTER): Promise<readonly Verdict[]> {
  const cprog = createCprog(filter, options);
  using loaded = loadCprog(cprog, await compileC(cprog.text, { ...tools, cache: false }));
  const verdicts = await replayCounted(loaded, PACKETS);
  return verdicts.map(({ engine, action, rule }) => {
    assert.equal(engine, "kernel");
    return { action, rule };
  });
}

function list(count: number, entry: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => entry(index)).join(", ");
}
