import assert from "node:assert/strict";
import { pruneCache, readEntry, writeEntry } from "../../lib/toolchain/cache.ts";
import { compileC } from "../../lib/toolchain/compile.ts";
import { compileElsewhere, withDirectory, writeFakeClang, xdpProgram } from "./programs.ts";
import { testWith } from "./tool.ts";

const ELF = Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 1, 2, 3);

testWith(
  "clang",
  "compileC() takes the object from the cache the second time, byte for byte",
  () =>
    withDirectory(async (cache) => {
      const first = await compileC(xdpProgram(), { cache });
      const second = await compileC(xdpProgram(), { cache });
      assert.deepEqual([first.cached, second.cached], [false, true]);
      assert.deepEqual(second.elf, first.elf);
      assert.deepEqual(second.command, first.command);
      assert.equal(second.elf.byteOffset, 0);
    }),
);

testWith(
  "clang",
  "compileC() compiles anew when the source, an argument or the optimisation differs",
  () =>
    withDirectory(async (cache) => {
      await compileC(xdpProgram(), { cache });
      assert.equal((await compileC(xdpProgram("XDP_DROP"), { cache })).cached, false);
      assert.equal((await compileC(xdpProgram(), { cache, extraArguments: ["-DX"] })).cached, false);
      assert.equal((await compileC(xdpProgram(), { cache, extraArguments: ["-DX"] })).cached, true);
      assert.equal((await compileC(xdpProgram(), { cache, optimisation: "s" })).cached, false);
      assert.equal((await compileC(xdpProgram(), { cache: false })).cached, false);
    }),
);

testWith(
  "clang",
  "compileC() never caches what depends on files that may change",
  () =>
    withDirectory(async (cache) => {
      await Deno.writeTextFile(`${cache}/verdict.h`, "#define VERDICT XDP_PASS\n");
      const include = { cache, extraArguments: ["-I", cache] };
      for (const source of [`#include "verdict.h"\n${xdpProgram("VERDICT")}`, xdpProgram()]) {
        await compileC(source, include);
        assert.equal((await compileC(source, include)).cached, false);
      }
    }),
);

Deno.test("compileC() does not start clang when the object is cached, and does when clang has changed", () =>
  withDirectory(async (directory) => {
    const cache = `${directory}/cache`;
    const script = `cat >/dev/null; echo run >>${directory}/runs; printf '\\177ELF'`;
    const clang = await writeFakeClang(directory, script);
    for (let i = 0; i < 3; i++) await compileC("", { clang, cache });
    assert.equal(await Deno.readTextFile(`${directory}/runs`), "run\n");
    await writeFakeClang(directory, `${script} # newer`);
    assert.equal((await compileC("", { clang, cache })).cached, false);
  }));

testWith(
  "clang",
  "compileC() survives compiling the same source many times at once",
  () =>
    withDirectory(async (cache) => {
      const objects = await Promise.all(Array.from({ length: 8 }, () => compileC(xdpProgram(), { cache })));
      assert.equal(new Set(objects.map(({ elf }) => elf.toHex())).size, 1);
      assert.equal((await compileC(xdpProgram(), { cache })).cached, true);
      assert.equal((await fileNames(cache)).length, 1, "no temporary file is left");
    }),
);

testWith("clang", "compileC() shares the cache with other processes", () =>
  withDirectory(async (directory) => {
    const cache = `${directory}/not/there/yet`;
    const both = await Promise.all([1, 2].map(() => compileElsewhere(xdpProgram(), { options: { cache } })));
    assert.equal(both[0]?.elf, both[1]?.elf);
    const here = await compileC(xdpProgram(), { cache });
    assert.deepEqual([here.cached, here.elf.toHex()], [true, both[0]?.elf]);
    assert.equal((await fileNames(cache)).length, 1);
  }));

for (
  const [what, damage] of [
    ["truncated", (entry: Uint8Array) => entry.subarray(0, entry.length - 1)],
    ["cut within its header", (entry: Uint8Array) => entry.subarray(0, 20)],
    ["empty", (_entry: Uint8Array) => new Uint8Array(0)],
    ["changed in one bit", (entry: Uint8Array) => entry.with(entry.length - 5, (entry.at(-5) ?? 0) ^ 1)],
    ["of another format", (entry: Uint8Array) => entry.with(7, 0x30)],
    ["another key's", (entry: Uint8Array) => entry.with(8, (entry[8] ?? 0) ^ 1)],
  ] as const
) {
  testWith("clang", `compileC() ignores and rewrites an entry that is ${what}`, () =>
    withDirectory(async (cache) => {
      const { elf } = await compileC(xdpProgram(), { cache });
      const [name] = await fileNames(cache);
      await Deno.writeFile(`${cache}/${name}`, damage(await Deno.readFile(`${cache}/${name}`)));
      const again = await compileC(xdpProgram(), { cache });
      assert.deepEqual([again.cached, again.elf], [false, elf]);
      assert.equal((await compileC(xdpProgram(), { cache })).cached, true);
    }));
}

Deno.test("readEntry() returns what writeEntry() wrote, under its own key only", () =>
  withDirectory(async (directory) => {
    await writeEntry({ directory, key: key(1) }, ELF);
    assert.deepEqual(await readEntry({ directory, key: key(1) }), ELF);
    assert.equal(await readEntry({ directory, key: key(2) }), undefined);
    const info = await Deno.stat(`${directory}/${key(1)}.o`);
    assert.equal((info.mode ?? 0) & 0o777, 0o600);
  }));

Deno.test("pruneCache() removes the entries unused for longest when there are too many", () =>
  withDirectory(async (directory) => {
    await fill(directory, 5);
    await readEntry({ directory, key: key(1) }); // used just now, though the oldest
    await pruneCache(directory, { entries: 3, totalBytes: 1e6 });
    assert.deepEqual(await fileNames(directory), [1, 4, 5].map((index) => `${key(index)}.o`));
  }));

Deno.test("pruneCache() removes the entries unused for longest when they are too large together", () =>
  withDirectory(async (directory) => {
    await fill(directory, 5);
    const { size } = await Deno.stat(`${directory}/${key(1)}.o`);
    await pruneCache(directory, { entries: 100, totalBytes: 2 * size });
    assert.deepEqual(await fileNames(directory), [4, 5].map((index) => `${key(index)}.o`));
  }));

Deno.test("pruneCache() removes stale temporary files only, and nothing that is not its own", () =>
  withDirectory(async (directory) => {
    const names = ["notes.txt", `${crypto.randomUUID()}.tmp`, `${crypto.randomUUID()}.tmp`] as const;
    for (const name of names) await Deno.writeTextFile(`${directory}/${name}`, "");
    await Deno.utime(`${directory}/${names[0]}`, 0, 0);
    await Deno.utime(`${directory}/${names[1]}`, 0, 0);
    await pruneCache(directory, { entries: 0, totalBytes: 0 });
    assert.deepEqual(await fileNames(directory), [names[2], names[0]].sort());
  }));

/** Writes entries 1 to count, each a minute younger than the one before. */
async function fill(directory: string, count: number): Promise<void> {
  for (let index = 1; index <= count; index++) {
    await writeEntry({ directory, key: key(index) }, ELF);
    const minutes = new Date(2020, 0, 1, 0, index);
    await Deno.utime(`${directory}/${key(index)}.o`, minutes, minutes);
  }
}

function key(index: number): string {
  return index.toString(16).padStart(64, "0");
}

async function fileNames(directory: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(directory))).map(({ name }) => name).sort();
}
