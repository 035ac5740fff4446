import assert from "node:assert/strict";
import { CompileError, UnavailableError } from "../../lib/diagnostics/errors.ts";
import { compileC } from "../../lib/toolchain/compile.ts";
import { compileElsewhere, withDirectory, writeFakeClang, xdpProgram } from "./programs.ts";
import { testWith } from "./tool.ts";

const UNCACHED = { cache: false };

testWith("clang", "compileC() makes a relocatable BPF object with BTF", async () => {
  const { elf, cached, command } = await compileC(xdpProgram(), UNCACHED);
  const view = new DataView(elf.buffer);
  assert.equal(view.getUint32(0), 0x7f454c46);
  assert.equal(view.getUint16(16, true), 1, "e_type is ET_REL");
  assert.equal(view.getUint16(18, true), 247, "e_machine is EM_BPF");
  assert(new TextDecoder("latin1").decode(elf).includes(".BTF\0"));
  assert.equal(cached, false);
  assert(command[0]?.endsWith("/clang"));
});

testWith("clang", "compileC() gives the same bytes in every directory", async () => {
  const here = await compileC(xdpProgram(), UNCACHED);
  const there = await compileElsewhere(xdpProgram(), { cwd: "/", options: UNCACHED });
  assert.equal(there.elf, here.elf.toHex());
});

testWith("clang", "compileC() hands quotes, backslashes and percent signs over unchanged", async () => {
  const text = `"%s %d %%" '$HOME' \`id\` \\n ;&|<> é`;
  const literal = `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
  const { elf } = await compileC(`const char text[] __attribute__((used, section("note"))) = ${literal};`, UNCACHED);
  assert(new TextDecoder().decode(elf).includes(`${text}\0`));
});

testWith("clang", "compileC() passes a source larger than a pipe holds", async () => {
  const comment = "// padding\n".repeat(200_000);
  assert.deepEqual((await compileC(xdpProgram() + comment, UNCACHED)).elf.subarray(0, 4), elfMagic());
});

testWith("clang", "compileC() optimises as told", async () => {
  const source = xdpProgram("({ int sum = 0; for (int i = 0; i < 8; i++) sum += context->rx_queue_index >> i; sum; })");
  const fast = await compileC(source, { ...UNCACHED, optimisation: "2" });
  const small = await compileC(source, { ...UNCACHED, optimisation: "s" });
  assert.notDeepEqual(fast.elf, small.elf);
});

testWith("clang", "compileC() passes extra arguments, which win", async () => {
  const source = xdpProgram("VERDICT");
  const pass = await compileC(source, { ...UNCACHED, extraArguments: ["-DVERDICT=XDP_PASS"] });
  const drop = await compileC(source, { ...UNCACHED, extraArguments: ["-DVERDICT=XDP_DROP"] });
  assert.notDeepEqual(pass.elf, drop.elf);
  const unused = { ...UNCACHED, extraArguments: ["-Wno-unused-variable"] };
  await compileC(xdpProgram("({ int unused = 0; XDP_PASS; })"), unused);
});

testWith("clang", "compileC() throws a CompileError with everything clang said", async () => {
  const source = xdpProgram("nonsense") + "int 7up;\n";
  await assert.rejects(compileC(source, UNCACHED), (error: unknown) => {
    assert(error instanceof CompileError);
    assert.equal(error.exitCode, 1);
    assert.equal(error.source, source);
    assert.equal(error.messages.length, 2);
    assert.match(error.messages[0] ?? "", /^<stdin>:3:\d+: error: .*'nonsense'/);
    assert.match(error.stderr, /2 errors generated/);
    assert.equal(error.command.at(-1), "-");
    return true;
  });
});

testWith("clang", "compileC() refuses a source with a warning", async () => {
  await assert.rejects(compileC(xdpProgram("({ int unused = 0; XDP_PASS; })"), UNCACHED), CompileError);
});

testWith("clang", "compileC() throws a CompileError for an argument that clang does not know", async () => {
  const options = { ...UNCACHED, extraArguments: ["--no-such-argument"] };
  await assert.rejects(compileC(xdpProgram(), options), CompileError);
});

for (
  const [header, missing] of [
    ["bpf/no_such_header.h", "libbpf-dev"],
    ["linux/no_such_header.h", "linux-libc-dev"],
    ["asm/no_such_header.h", "linux-libc-dev"],
  ] as const
) {
  testWith("clang", `compileC() says that ${missing} is missing when <${header}> is not found`, async () => {
    await assert.rejects(compileC(`#include <${header}>\n`, UNCACHED), isUnavailable(missing));
  });
}

testWith("clang", "compileC() throws a CompileError when another header is not found", async () => {
  await assert.rejects(compileC(`#include <no_such_header.h>\n`, UNCACHED), CompileError);
});

for (const clang of ["kefir-no-such-clang", "/no/such/clang", "/etc/passwd", "/usr"]) {
  Deno.test(`compileC() says that clang is missing when it is to be ${clang}`, async () => {
    await assert.rejects(compileC(xdpProgram(), { clang }), isUnavailable("clang"));
  });
}

for (
  const [what, script] of [
    ["writes no object", "exit 0"],
    ["has no BPF target", `echo "error: unable to create target: 'No available targets are compatible'" >&2; exit 1`],
  ] as const
) {
  Deno.test(`compileC() says that clang is missing when the compiler ${what}`, () =>
    withDirectory(async (directory) => {
      const clang = await writeFakeClang(directory, script);
      await assert.rejects(compileC(xdpProgram(), { clang, ...UNCACHED }), isUnavailable("clang"));
    }));
}

Deno.test("compileC() throws a CompileError when the compiler is killed before it has read the source", () =>
  withDirectory(async (directory) => {
    const clang = await writeFakeClang(directory, "kill -9 $$");
    const source = xdpProgram() + "// padding\n".repeat(100_000);
    await assert.rejects(compileC(source, { clang, ...UNCACHED }), (error: unknown) => {
      assert(error instanceof CompileError);
      assert.equal(error.exitCode, 137);
      assert.match(error.message, /SIGKILL/);
      return true;
    });
  }));

Deno.test("compileC() names the permission when it may not run clang", () =>
  withDirectory(async (directory) => {
    const clang = await writeFakeClang(directory, "exit 0");
    const { error } = await compileElsewhere("", { permissions: ["--allow-read"], options: { clang } });
    assert.equal(error?.name, "UnavailableError");
    assert.equal(error?.missing, "--allow-run");
    assert.equal(error?.remedy, `deno run --allow-run=${clang}`);
  }));

testWith("clang", "compileC() needs no permission but to run clang", async () => {
  const { cached, elf } = await compileElsewhere(xdpProgram(), { permissions: ["--allow-run=clang"] });
  assert.equal(cached, false);
  assert.equal(elf, (await compileC(xdpProgram(), UNCACHED)).elf.toHex());
});

function isUnavailable(missing: string): (error: unknown) => boolean {
  return (error) => error instanceof UnavailableError && error.missing === missing && error.remedy.includes("apt-get");
}

function elfMagic(): Uint8Array {
  return Uint8Array.of(0x7f, 0x45, 0x4c, 0x46);
}
