import assert from "node:assert/strict";
import { readEntry, writeEntry } from "../../lib/toolchain/cache.ts";
import { openCacheDirectory } from "../../lib/toolchain/cache_directory.ts";
import { compileC } from "../../lib/toolchain/compile.ts";
import { compileElsewhere, withDirectory, xdpProgram } from "./programs.ts";
import { testWith } from "./tool.ts";

const NOBODY = 65534;
const isRoot = Deno.uid() === 0;

Deno.test("openCacheDirectory() creates the directory for this user only", () =>
  withDirectory(async (directory) => {
    assert.equal(openCacheDirectory(`${directory}/a/b`), `${directory}/a/b`);
    assert.equal(((await Deno.stat(`${directory}/a/b`)).mode ?? 0) & 0o777, 0o700);
  }));

for (const mode of [0o720, 0o702, 0o777]) {
  Deno.test(`openCacheDirectory() refuses a directory that others can write (mode ${mode.toString(8)})`, () =>
    withDirectory(async (directory) => {
      await Deno.chmod(directory, mode);
      assert.equal(openCacheDirectory(directory), undefined);
    }));
}

Deno.test("openCacheDirectory() refuses a symbolic link", () =>
  withDirectory(async (directory) => {
    await Deno.mkdir(`${directory}/real`, { mode: 0o700 });
    await Deno.symlink(`${directory}/real`, `${directory}/link`);
    assert.equal(openCacheDirectory(`${directory}/link`), undefined);
  }));

Deno.test("openCacheDirectory() refuses a file", () =>
  withDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/file`, "");
    assert.equal(openCacheDirectory(`${directory}/file`), undefined);
    assert.equal(openCacheDirectory(`${directory}/file/below`), undefined);
  }));

asRoot(
  "openCacheDirectory() refuses another user's directory, and creates none below it",
  () =>
    withDirectory(async (directory) => {
      await Deno.chown(directory, NOBODY, NOBODY);
      assert.equal(openCacheDirectory(directory), undefined);
      assert.equal(openCacheDirectory(`${directory}/.cache/kefir`), undefined);
      assert.deepEqual(await Array.fromAsync(Deno.readDir(directory)), []);
    }),
);

asRoot(
  "readEntry() ignores, and writeEntry() replaces, an entry that another user owns or can write",
  () =>
    withDirectory(async (directory) => {
      const slot = { directory, key: "0".repeat(64) };
      const path = `${directory}/${slot.key}.o`;
      for (const spoil of [() => Deno.chown(path, NOBODY, NOBODY), () => Deno.chmod(path, 0o622)]) {
        await writeEntry(slot, Uint8Array.of(1));
        assert.deepEqual(await readEntry(slot), Uint8Array.of(1));
        await spoil();
        assert.equal(await readEntry(slot), undefined);
      }
    }),
);

testWith("clang", "compileC() compiles without a cache when the directory cannot be written", async () => {
  for (const cache of ["/proc/kefir", "/dev/null/kefir"]) {
    assert.equal((await compileC(xdpProgram(), { cache })).cached, false);
  }
});

testWith(
  "clang",
  "compileC() keeps objects in $XDG_CACHE_HOME, else in $HOME/.cache, else nowhere",
  () =>
    withDirectory(async (directory) => {
      const cases = [
        [{ XDG_CACHE_HOME: `${directory}/xdg`, HOME: directory }, `${directory}/xdg/kefir`],
        [{ XDG_CACHE_HOME: "relative", HOME: `${directory}/home` }, `${directory}/home/.cache/kefir`],
        [{ XDG_CACHE_HOME: "", HOME: "" }, undefined],
      ] as const;
      for (const [variables, expected] of cases) {
        const env = { ...variables, DENO_DIR: denoDirectory() };
        const runs = [await compileElsewhere(xdpProgram(), { env }), await compileElsewhere(xdpProgram(), { env })];
        assert.deepEqual(runs.map(({ cached }) => cached), [false, expected !== undefined]);
        if (expected !== undefined) assert.equal((await Array.fromAsync(Deno.readDir(expected))).length, 1);
      }
    }),
);

/** Without HOME, Deno needs to be told where its own cache is. */
function denoDirectory(): string {
  return Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`;
}

function asRoot(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: isRoot ? name : `${name} [skipped: only root can give files away]`, ignore: !isRoot, fn });
}
