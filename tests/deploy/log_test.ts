/**
 * Each part reaches the log, with what it is to say.
 *
 * @module
 */

import assert from "node:assert/strict";
import { makePinDirectory } from "../../lib/kernel/bpffs.ts";
import { deploymentPath } from "../../lib/deploy/layout.ts";
import { attachXdp } from "../../lib/kernel/xdp.ts";
import { loadC, XDP_PASS } from "../kernel/support.ts";
import {
  compileC,
  createCprog,
  detach,
  list,
  loadCprog,
  type LogEntry,
  type LogPart,
  openObject,
  parseFilter,
  setLog,
  stats,
} from "../../mod.ts";
import {
  assertNothingLeft,
  FILTER_A,
  FILTER_B,
  kernelTest,
  placeOf,
  PLACES,
  prepare,
  QuietNetwork,
  skipMissingPlaces,
  swapOnLeft,
} from "./support.ts";

const XDP = placeOf("XDP native");

/** What is logged while `body` runs. */
function logged(body: () => void): LogEntry[] {
  const entries: LogEntry[] = [];
  setLog((entry) => entries.push(entry));
  try {
    body();
  } finally {
    setLog(undefined);
  }
  return entries;
}

/** {@link logged} for what takes time. */
async function loggedMeanwhile(body: () => Promise<void>): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  setLog((entry) => entries.push(entry));
  try {
    await body();
  } finally {
    setLog(undefined);
  }
  return entries;
}

/** Makes sure that a part said something of a level that a pattern fits, and gives that. */
function said(entries: readonly LogEntry[], part: LogPart, level: LogEntry["level"], pattern: RegExp): LogEntry {
  const found = entries.find((one) => one.part === part && one.level === level && pattern.test(one.message));
  const all = entries.map((one) => `${one.part} ${one.level} ${one.message.slice(0, 200)}`).join("\n");
  assert.ok(found !== undefined, `no ${level} of ${part} is like ${pattern}:\n${all}`);
  return found;
}

Deno.test("syntax logs warnings and what was read", () => {
  const text = "drop ip.src == 10.1.2.3/8\ndefault drop\n";
  const entries = logged(() => parseFilter(text));
  const { warnings } = parseFilter(text);
  assert.ok(warnings.length > 0);
  for (const warning of warnings) {
    assert.deepEqual(said(entries, "syntax", "warn", new RegExp(warning.code)).details["diagnostic"], warning);
  }
  said(entries, "syntax", "info", /^read filter: 1 rules, default drop$/);
});

Deno.test("analysis logs findings, classify what it tried and chose, codegen what it made", () => {
  const { filter } = parseFilter(`drop tcp.dstport in { ${evenPorts(600)} }\ndrop tcp.dstport == 2`);
  const entries = logged(() => createCprog(filter));
  const warning = said(entries, "analysis", "warn", /\(shadowed-rule\)$/);
  assert.equal((warning.details["diagnostic"] as { rule?: number }).rule, 1);
  said(entries, "analysis", "debug", /^checked 2 rules/);
  assert.equal(said(entries, "classify", "debug", /^inline cannot hold it/).details["refused"], "too-many-comparisons");
  said(entries, "classify", "debug", /^built classes$/);
  const { reason } = createCprog(filter).plan;
  assert.equal(said(entries, "classify", "info", /^chose classes: /).details["reason"], reason);
  said(entries, "codegen", "debug", /^generated C for xdp: \d+ characters$/);
});

kernelTest("toolchain logs the command, whether the cache had the object, and what clang says", async () => {
  const cache = Deno.makeTempDirSync({ prefix: "kefir_log_" });
  try {
    const source = createCprog(parseFilter("drop").filter).text;
    const first = await loggedMeanwhile(async () => void await compileC(source, { cache }));
    said(first, "toolchain", "debug", /not in the cache/);
    const { command } = await compileC(source, { cache });
    assert.deepEqual(said(first, "toolchain", "info", /^running \/.*clang -target bpf /).details["command"], command);
    const second = await loggedMeanwhile(async () => void await compileC(source, { cache }));
    assert.deepEqual(second.map(({ part, level }) => `${part} ${level}`), ["toolchain info"]);
    said(second, "toolchain", "info", /^took the object from the cache/);
    const refused = await loggedMeanwhile(async () => {
      await assert.rejects(compileC("nonsense;", { cache }));
    });
    said(refused, "toolchain", "warn", /^clang says: [^]*error: /);
    // A warning that does not end in an error.
    const options = { cache, extraArguments: ["-Wno-error"] };
    const warned = await loggedMeanwhile(async () => void await compileC("static int unused;", options));
    said(warned, "toolchain", "warn", /^clang says: [^]*warning: unused variable/);
  } finally {
    Deno.removeSync(cache, { recursive: true });
  }
});

kernelTest("kernel logs what libbpf says, what was loaded, maps, calls, and the verifier's log", async () => {
  const { cprog, object } = await prepare(FILTER_A, XDP, "tuple");
  let id = 0;
  const entries = logged(() => {
    using loaded = loadCprog(cprog, object, { logLevel: 1 });
    id = loaded.program.id;
  });
  said(entries, "kernel", "debug", /^libbpf: loading object 'kefir' from buffer/);
  const { details } = said(entries, "kernel", "info", new RegExp(`^loaded program "kefir", id ${id}$`));
  assert.match(String(details["verifierLog"]), /^processed \d+ insns/m);
  said(entries, "kernel", "debug", /^made map "kefir_counters", id \d+$/);
  said(entries, "kernel", "debug", /^filling map "kefir_tables" with \d+ bytes$/);
  said(entries, "kernel", "debug", /^bpf_map_create: /);

  const bad = `int kefir(void *ctx) __attribute__((section("xdp"), used)); int kefir(void *ctx) { return *(int *)0; }`;
  const { elf } = await compileC(bad, { cache: false, extraArguments: ["-Wno-everything"] });
  const refused = logged(() => {
    using open = openObject(elf, { name: "bad" });
    assert.throws(() => open.load(), { name: "VerifierError" });
  });
  assert.ok(
    String(said(refused, "kernel", "warn", /^the verifier refused "kefir"$/).details["verifierLog"]).length > 0,
  );
});

kernelTest("what is thrown is the same with a log and without", async () => {
  const { cprog, object } = await prepare(FILTER_A, XDP);
  using network = new QuietNetwork();
  const failures: readonly (() => unknown)[] = [
    () => openObject(new Uint8Array(8), { name: "no object" }),
    () => loadCprog(cprog, { ...object, elf: object.elf.slice(0, 100) }),
    () => network.attach({ cprog, object }, XDP, { interface: "nope" }),
    () => loadCprog(cprog, object, { offloadIfindex: network.ifindex() }),
  ];
  for (const failure of failures) {
    const thrown = (): unknown => {
      try {
        failure();
      } catch (error) {
        return error instanceof Error ? { ...error, name: error.name, message: error.message } : error;
      }
    };
    const silent = thrown();
    assert.ok(silent !== undefined);
    let aloud: unknown;
    logged(() => aloud = thrown());
    assert.deepEqual(aloud, silent);
  }
});

skipMissingPlaces("deploy logs the lock, generations, attaching, replacing and detaching");
for (const place of PLACES) {
  kernelTest(
    `deploy logs the lock, generations, attaching, replacing and detaching, at ${place.title}`,
    async () => {
      const [a, b] = [await prepare(FILTER_A, place, "tuple"), await prepare(FILTER_B, place, "inline")];
      using network = new QuietNetwork();
      const { name } = network;
      const attached = logged(() => network.attach(a, place));
      said(attached, "deploy", "debug", /^locked \/sys\/fs\/bpf\/kefir$/);
      said(attached, "deploy", "debug", new RegExp(`^pinned generation 1 of "${name}"$`));
      said(attached, "deploy", "info", new RegExp(`^attached "${name}" to ${place.hook} of "left"`));
      said(attached, "deploy", "debug", /^unlocking /);
      const swapped = logged(() => network.inside(() => swapOnLeft(name, FILTER_B, place)));
      said(swapped, "deploy", "info", new RegExp(`^put other tables into "${name}"$`));
      const replaced = logged(() => network.attach(b, place, { replace: true }));
      said(replaced, "deploy", "info", new RegExp(`^replaced "${name}" by "${name}" at ${place.hook}`));
      said(replaced, "deploy", "debug", new RegExp(`^removing generation 2 of "${name}"$`));
      // As a command leaves it that is killed before the manifest is pinned.
      makePinDirectory(`${deploymentPath(name)}/9`);
      const cleared = logged(() => network.inside(list));
      said(cleared, "deploy", "warn", new RegExp(`^clearing generation 9 of "${name}", which does not run$`));
      const detached = logged(() => network.inside(() => detach(name)));
      said(detached, "deploy", "info", new RegExp(`^detached "${name}"$`));
    },
  );
}

kernelTest("deploy warns when it removes a program of somebody else's", async () => {
  const a = await prepare(FILTER_A, XDP);
  using network = new QuietNetwork();
  using foreign = loadC(XDP_PASS);
  using _link = network.inside(() => attachXdp(foreign.program(), { ifindex: network.ifindex(), mode: "native" }));
  const entries = logged(() => network.attach(a, XDP, { force: true }));
  said(entries, "deploy", "warn", new RegExp(`^removed program ${foreign.program().id} from xdp of "left"`));
});

for (const place of PLACES) {
  kernelTest(`a callback that throws leaves nothing half done, at ${place.title}`, async () => {
    using network = new QuietNetwork();
    const { name } = network;
    let calls = 0;
    setLog(() => {
      calls++;
      throw new Error("from the callback");
    });
    try {
      const [a, b] = [await prepare(FILTER_A, place, "tuple"), await prepare(FILTER_B, place, "inline")];
      network.attach(a, place);
      network.inside(() => swapOnLeft(name, FILTER_B, place));
      const last = network.attach(b, place, { replace: true });
      assert.equal(network.inside(() => stats(name)).rules.length, 3);
      network.inside(() => detach(name));
      assertNothingLeft(network, last);
    } finally {
      setLog(undefined);
    }
    assert.ok(calls > 50, `${calls}`);
  });
}

function evenPorts(count: number): string {
  return Array.from({ length: count }, (_, index) => 2 * index).join(", ");
}
