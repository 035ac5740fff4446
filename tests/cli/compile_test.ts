import assert from "node:assert/strict";
import { STRATEGIES } from "../../lib/classify/plan.ts";
import { openObject } from "../../lib/kernel/object.ts";
import { tierTest } from "../judges/tiers.ts";
import { runCli } from "./run_cli.ts";
import { Scratch } from "./scratch.ts";

const MIXED = "tests/cli/fixtures/mixed.kefir";

Deno.test("compile -o writes the C whole, readable by others and writable by nobody else", async () => {
  using scratch = new Scratch();
  const out = `${scratch.path}/out.c`;
  const printed = await runCli(["compile", MIXED]);
  const { code, stdout, stderr } = await runCli(["compile", MIXED, "-o", out]);
  assert.deepEqual([code, stdout, stderr], [0, "", ""]);
  assert.equal(Deno.readTextFileSync(out), printed.stdout);
  assert.equal((Deno.statSync(out).mode ?? 0) & 0o133, 0);
  assert.deepEqual(scratch.names(), ["out.c"]);
});

Deno.test("compile --hook and --strategy change the C as they say", async () => {
  const plain = (await runCli(["compile", MIXED])).stdout;
  const egress = (await runCli(["compile", MIXED, "--hook", "tc-egress"])).stdout;
  const linear = (await runCli(["compile", MIXED, "--strategy", "linear"])).stdout;
  assert.match(plain, /SEC\("xdp/);
  assert.match(egress, /SEC\("tc"\)/);
  assert.doesNotMatch(plain, /kefir_rules/);
  assert.match(linear, /kefir_rules/);
});

Deno.test("compile --inline-functions, --no-loops, --no-vlan and --printk change the C as they say", async () => {
  const plain = (await runCli(["compile", MIXED])).stdout;
  const differences: readonly (readonly [option: string, has: RegExp, hasNot?: RegExp])[] = [
    ["--inline-functions", /#define KEFIR_GLOBAL static __always_inline/, /noinline/],
    ["--no-loops", /unroll\(full\)/, /bpf_loop\(|xdp\.frags/],
    ["--no-vlan", /kefir_dissect_ipv4/, /tpid/],
    ["--printk", /bpf_trace_printk\(/],
  ];
  for (const [option, has, hasNot] of differences) {
    const { code, stdout } = await runCli(["compile", MIXED, option]);
    assert.equal(code, 0);
    assert.notEqual(stdout, plain);
    assert.match(stdout, has);
    if (hasNot !== undefined) assert.doesNotMatch(stdout, hasNot);
  }
});

Deno.test("compile --no-counters leaves the counters out, and nothing else", async () => {
  const counting = (await runCli(["compile", MIXED])).stdout;
  const { code, stdout } = await runCli(["compile", MIXED, "--no-counters"]);
  assert.equal(code, 0);
  assert.match(counting, /kefir_counters/);
  assert.doesNotMatch(stdout, /kefir_count/);
  const kept = new Set(counting.split("\n"));
  assert.deepEqual(stdout.split("\n").filter((line) => !kept.has(line)), []);
});

tierTest("clang", "compile writes LLVM IR for --emit llvm-ir and for a name in .ll", async () => {
  using scratch = new Scratch();
  const out = `${scratch.path}/out.ll`;
  const printed = await runCli(["compile", MIXED, "--emit", "llvm-ir"]);
  assert.match(printed.stdout, /^; ModuleID = /);
  assert.match(printed.stdout, /define dso_local i32 @kefir\(/);
  assert.equal((await runCli(["compile", MIXED, "-o", out])).code, 0);
  assert.equal(Deno.readTextFileSync(out), printed.stdout);
  assert.deepEqual(scratch.names(), ["out.ll"]);
});

Deno.test("compile --llc is for objects, and a missing one is named", async () => {
  const refused = await runCli(["compile", MIXED, "--emit", "llvm-ir", "--llc", "llc"]);
  assert.deepEqual([refused.code, refused.stdout], [1, ""]);
  const missing = await runCli(["compile", MIXED, "--emit", "object", "--no-cache", "--llc", "/no/llc"]);
  assert.deepEqual([missing.code, missing.stdout], [5, ""]);
  assert.match(missing.stderr, /"\/no\/llc" is not an executable file/);
});

Deno.test("compile -o replaces a file, and leaves it alone when the rules are wrong", async () => {
  using scratch = new Scratch();
  const out = scratch.write("out.c", "before");
  assert.equal((await runCli(["compile", "-", "-o", out], { stdin: "dorp" })).code, 2);
  assert.equal(Deno.readTextFileSync(out), "before");
  assert.equal((await runCli(["compile", MIXED, "-o", out])).code, 0);
  assert.match(Deno.readTextFileSync(out), /^\/\/ SPDX/);
  assert.deepEqual(scratch.names(), ["out.c"]);
});

Deno.test("compile -o follows no link and replaces nothing that is no file", async () => {
  using scratch = new Scratch();
  const target = scratch.write("target", "before");
  Deno.symlinkSync(target, `${scratch.path}/link`);
  for (const out of [`${scratch.path}/link`, scratch.path, "/dev/null", `${scratch.path}/no/such/directory.c`]) {
    const { code, stderr } = await runCli(["compile", MIXED, "-o", out]);
    assert.equal(code, 1, stderr);
  }
  assert.equal(Deno.readTextFileSync(target), "before");
  assert.ok(Deno.statSync("/dev/null").isCharDevice);
  assert.deepEqual(scratch.names(), ["link", "target"]);
});

Deno.test("compile --dry-run writes nothing", async () => {
  using scratch = new Scratch();
  const { code, stderr } = await runCli(["compile", MIXED, "-o", `${scratch.path}/out.c`, "--dry-run"]);
  assert.equal(code, 0);
  assert.match(stderr, /^Would write \d+ bytes of C/);
  assert.deepEqual(scratch.names(), []);
});

for (const strategy of STRATEGIES) {
  tierTest("kernel", `compile writes an object that any loader takes as it is, ${strategy}`, async () => {
    using scratch = new Scratch();
    const { code } = await runCli(["compile", MIXED, "--strategy", strategy, "-o", `${scratch.path}/a.o`]);
    assert.equal(code, 0);
    using open = openObject(Deno.readFileSync(`${scratch.path}/a.o`), { name: "alone" });
    using object = open.load();
    assert.equal(object.program().name, "kefir");
  });
}

tierTest("clang", "compile writes an object for a name in .o, as with --emit object", async () => {
  using scratch = new Scratch();
  const names = ["a.o", "b.bin"];
  await runCli(["compile", MIXED, "-o", `${scratch.path}/a.o`]);
  await runCli(["compile", MIXED, "--emit", "object", "-o", `${scratch.path}/b.bin`]);
  const [one, other] = names.map((name) => Deno.readFileSync(`${scratch.path}/${name}`));
  assert.deepEqual([...one!.subarray(0, 4)], [0x7f, 0x45, 0x4c, 0x46]);
  assert.deepEqual(one, other);
});

tierTest("clang", "compile keeps the object in the cache, and not with --no-cache", async () => {
  using scratch = new Scratch();
  // Deno's own cache would move with XDG_CACHE_HOME.
  const denoDir = JSON.parse(new TextDecoder().decode(
    new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).outputSync().stdout,
  )).denoDir;
  const env = { XDG_CACHE_HOME: scratch.path, DENO_DIR: denoDir };
  await runCli(["compile", MIXED, "-o", "/nowhere/x.o", "--dry-run", "--no-cache"], { env });
  assert.deepEqual(scratch.names(), []);
  await runCli(["compile", MIXED, "-o", "/nowhere/x.o", "--dry-run"], { env });
  assert.deepEqual(scratch.names(), ["kefir"]);
});
