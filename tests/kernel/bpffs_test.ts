import assert from "node:assert/strict";
import { KernelError, UnavailableError } from "../../lib/diagnostics/errors.ts";
import {
  checkPinName,
  isBpffs,
  listPinDirectory,
  makePinDirectory,
  removePin,
  removePinDirectory,
  requireBpffs,
} from "../../lib/kernel/bpffs.ts";
import { createMap, openPinnedMap } from "../../lib/kernel/map.ts";
import { kernelTest, TestPins } from "./support.ts";

kernelTest("isBpffs() and requireBpffs() know a BPF file system, by its nearest directory", () => {
  using pins = new TestPins();
  assert.equal(isBpffs(pins.path), true);
  assert.equal(isBpffs("/tmp"), false);
  assert.equal(isBpffs(`${pins.path}/none`), false);
  requireBpffs();
  requireBpffs(`${pins.path}/none/at/all`);
});

kernelTest("requireBpffs() says how to mount one", () => {
  assert.throws(() => requireBpffs("/tmp/kefir/x"), (error: UnavailableError) => {
    assert.ok(error instanceof UnavailableError);
    assert.equal(error.missing, "bpffs");
    assert.match(error.message, /mount -t bpf bpf \/sys\/fs\/bpf.*ip netns exec.*nsenter --net=\/run\/netns\/NAME/);
    return true;
  });
});

kernelTest("pin() and openPinnedMap() say that there is no BPF file system", () => {
  using map = createMap({ type: "array", name: "m", keySize: 4, valueSize: 4, maxEntries: 1 });
  assert.throws(() => map.pin("/tmp/kefir_pin"), UnavailableError);
  assert.throws(() => openPinnedMap("/tmp/kefir_pin"), UnavailableError);
});

kernelTest("makePinDirectory() makes parents, and listPinDirectory() tells pins from directories", () => {
  using pins = new TestPins();
  const inner = `${pins.path}/a/b`;
  makePinDirectory(inner);
  makePinDirectory(inner);
  using map = createMap({ type: "array", name: "m", keySize: 4, valueSize: 4, maxEntries: 1 });
  map.pin(`${inner}/z_map`);
  makePinDirectory(`${inner}/dir`);
  assert.deepEqual(listPinDirectory(inner), [
    { name: "dir", isDirectory: true },
    { name: "z_map", isDirectory: false },
  ]);
  assert.deepEqual(listPinDirectory(`${inner}/none`), []);
  assert.throws(() => removePinDirectory(inner), (error: KernelError) => error.errnoName === "ENOTEMPTY");
  assert.equal(removePin(`${inner}/z_map`), true);
  assert.equal(removePin(`${inner}/z_map`), false);
  for (const path of [`${inner}/dir`, inner, `${pins.path}/a`]) assert.equal(removePinDirectory(path), true);
  assert.equal(removePinDirectory(inner), false);
});

kernelTest("pin() refuses a name with a dot before the kernel does", () => {
  using pins = new TestPins();
  using map = createMap({ type: "array", name: "m", keySize: 4, valueSize: 4, maxEntries: 1 });
  assert.throws(() => map.pin(`${pins.path}/a.b`), TypeError);
  assert.throws(() => map.pin(`${pins.path}/none/x`), /returned ENOENT, the directory does not exist/);
});

Deno.test("checkPinName() takes what the BPF file system takes", () => {
  for (const name of ["a", "kefir-web_1", "größe", "x".repeat(255)]) checkPinName(name);
  for (const name of ["", ".", "a.b", "a/b", "a b", "a\n", "x".repeat(256), "ö".repeat(128)]) {
    assert.throws(() => checkPinName(name), /as the name of a pin/, JSON.stringify(name));
  }
});
