import assert from "node:assert/strict";
import { run } from "./support.ts";

const LAYER = new URL("../../lib/kernel/", import.meta.url).pathname;

function modules(folder: string): string[] {
  return [...Deno.readDirSync(folder)].filter((one) => one.name.endsWith(".ts")).map((one) => folder + one.name).sort();
}

Deno.test("importing any module of the layer opens nothing and needs no permission", () => {
  const script = Deno.makeTempFileSync({ suffix: ".ts" });
  try {
    const imports = [...modules(LAYER), ...modules(`${LAYER}ffi/`)].map((path) => `import "${path}";`);
    Deno.writeTextFileSync(script, `${imports.join("\n")}\nconsole.log("imported");`);
    const flags = ["run", "-q", "--no-prompt", "--no-check", "--deny-ffi", script];
    const { stdout, stderr } = run(Deno.execPath(), flags);
    assert.equal(stderr, "");
    assert.equal(new TextDecoder().decode(stdout), "imported\n");
  } finally {
    Deno.removeSync(script);
  }
});

Deno.test("the layer imports diagnostics, net and node: only, and pointers stay in ffi/", () => {
  for (const path of [...modules(LAYER), ...modules(`${LAYER}ffi/`)]) {
    const text = Deno.readTextFileSync(path);
    for (const [, target] of text.matchAll(/from "([^"]+)"/g)) {
      assert.match(
        target!,
        /^(\.\/|\.\.\/(diagnostics|net)\/|\.\.\/\.\.\/(diagnostics|net)\/|node:)/,
        `${path}: ${target}`,
      );
    }
    if (path.startsWith(`${LAYER}ffi/`)) continue;
    assert.doesNotMatch(text, /Deno\.(dlopen|Unsafe|Pointer)/, path);
  }
});
