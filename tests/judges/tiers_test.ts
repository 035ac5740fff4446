import assert from "node:assert/strict";
import { type Requirement, TIERS, whyMissing } from "./tiers.ts";

const TIERS_MODULE = new URL("tiers.ts", import.meta.url).href;

/** Runs a file with one test of the tier clang where no clang is found, and gives what `deno test` says. */
async function runWithoutClang(required: string): Promise<{ success: boolean; output: string }> {
  const directory = await Deno.makeTempDir();
  try {
    const file = `${directory}/one_test.ts`;
    await Deno.writeTextFile(
      file,
      `import { tierTest } from "${TIERS_MODULE}";\ntierTest("clang", "compiles", () => {});\ntierTest("pure", "is", () => {});`,
    );
    // Only a shell is found, so that the probe runs and clang does not.
    await Deno.symlink("/bin/sh", `${directory}/sh`);
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "-A", "--no-check", "--no-config", file],
      env: { PATH: directory, KEFIR_REQUIRE: required, NO_COLOR: "1" },
    }).output();
    return { success, output: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("tierTest() skips by name when a tool is missing", async () => {
  const { success, output } = await runWithoutClang("");
  assert.equal(success, true, output);
  assert.match(output, /compiles \[skipped: clang .*\] \.\.\. ignored/);
  assert.match(output, /1 passed \| 0 failed \| 1 ignored/);
});

Deno.test("tierTest() fails when a tool is missing that KEFIR_REQUIRE lists", async () => {
  const { success, output } = await runWithoutClang("bpf, clang");
  assert.equal(success, false);
  assert.match(output, /KEFIR_REQUIRE lists "clang", but clang/);
  assert.match(output, /1 passed \| 1 failed/);
});

Deno.test("tierTest() does not mind what is missing and not asked for", async () => {
  const { success } = await runWithoutClang("libbpf,bpf");
  assert.equal(success, true);
});

Deno.test("whyMissing() gives a reason or undefined for every requirement of every tier", () => {
  const requirements = new Set<Requirement>(Object.values(TIERS).flat());
  for (const requirement of requirements) assert.notEqual(whyMissing(requirement), "");
});
