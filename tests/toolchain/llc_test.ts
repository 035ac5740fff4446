import assert from "node:assert/strict";
import { CompileError, UnavailableError } from "../../lib/diagnostics/errors.ts";
import { compileC, compileToLlvmIr } from "../../lib/toolchain/compile.ts";
import { withDirectory, writeFakeClang, xdpProgram } from "./programs.ts";
import { testWith } from "./tool.ts";

testWith("llc", "compileC() has llc make the object of clang's LLVM IR", async () => {
  const { elf, command, llcCommand } = await compileC(xdpProgram(), { llc: "llc", cache: false });
  assert.deepEqual(command.slice(-5), ["-S", "-emit-llvm", "-", "-o", "-"]);
  assert.match(llcCommand?.[0] ?? "", /^\/.*\/llc$/);
  assert.equal(new DataView(elf.buffer).getUint16(18, true), 247, "e_machine is EM_BPF");
  assert(new TextDecoder("latin1").decode(elf).includes(".BTF\0"));
});

testWith(
  "clang",
  "compileC() gives llc the IR, and keeps what llc makes of it apart in the cache",
  () =>
    withDirectory(async (directory) => {
      const llc = await writeFakeClang(directory, `cat >${directory}/ir; printf '\\177ELF%s' "$*"`);
      const options = { cache: `${directory}/cache` };
      const direct = await compileC(xdpProgram(), options);
      assert.equal(direct.llcCommand, undefined);
      const first = await compileC(xdpProgram(), { ...options, llc });
      const second = await compileC(xdpProgram(), { ...options, llc });
      assert.deepEqual([first.cached, second.cached], [false, true]);
      assert.deepEqual(second.llcCommand, first.llcCommand);
      const made = new TextDecoder().decode(second.elf).slice(4);
      assert.equal(made, "-march=bpf -mcpu=v3 -O2 -filetype=obj - -o -");
      const { text, command } = await compileToLlvmIr(xdpProgram());
      assert.equal(await Deno.readTextFile(`${directory}/ir`), text);
      assert.deepEqual(command, first.command);
      assert.match(text, /target triple = "bpf"/);
      assert.match(text, /define dso_local i32 @filter\(/);
    }),
);

testWith(
  "clang",
  "compileC() throws a CompileError of llc's when llc refuses the IR",
  () =>
    withDirectory(async (directory) => {
      const llc = await writeFakeClang(directory, "cat >/dev/null; echo 'llc: error: expected type' >&2; exit 1");
      await assert.rejects(compileC(xdpProgram(), { llc, cache: false }), (error: unknown) => {
        assert(error instanceof CompileError);
        assert.equal(error.command[0], llc);
        assert.equal(error.source, xdpProgram());
        assert.deepEqual(error.messages, ["llc: error: expected type"]);
        return true;
      });
    }),
);

testWith("clang", "compileToLlvmIr() throws a CompileError with everything clang said", async () => {
  await assert.rejects(compileToLlvmIr(xdpProgram("nonsense")), (error: unknown) => {
    assert(error instanceof CompileError);
    assert.match(error.messages[0] ?? "", /'nonsense'/);
    return true;
  });
});

for (const llc of ["kefir-no-such-llc", "/no/such/llc"]) {
  testWith("clang", `compileC() says that llc is missing when it is to be ${llc}`, async () => {
    await assert.rejects(compileC(xdpProgram(), { llc }), isUnavailable("llc"));
  });
}

testWith(
  "clang",
  "compileC() says that llc is missing when what stands for it writes no object",
  () =>
    withDirectory(async (directory) => {
      const llc = await writeFakeClang(directory, "cat");
      await assert.rejects(compileC(xdpProgram(), { llc, cache: false }), isUnavailable("llc"));
    }),
);

function isUnavailable(missing: string): (error: unknown) => boolean {
  return (error) => {
    assert(error instanceof UnavailableError);
    assert.equal(error.missing, missing);
    assert.match(error.remedy, /llvm/);
    return true;
  };
}
