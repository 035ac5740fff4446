import assert from "node:assert/strict";
import { KernelError } from "../../lib/diagnostics/errors.ts";
import { createMap, openMapById, openPinnedMap, u32Bytes } from "../../lib/kernel/map.ts";
import { perCpuStride, perCpuValue, possibleCpus, sumPerCpu } from "../../lib/kernel/per_cpu.ts";
import { openPinnedProgram } from "../../lib/kernel/program.ts";
import { BPF_MAP_FLAG } from "../../lib/kernel/map.ts";
import { kernelTest, loadC, openDescriptors, testFrame, TestPins, XDP_COUNT } from "./support.ts";

kernelTest("BpfMap of type hash adds, overwrites, lists and deletes", () => {
  using map = createMap({ type: "hash", name: "pairs", keySize: 4, valueSize: 4, maxEntries: 2 });
  assert.equal(map.lookup(u32Bytes(1)), undefined);
  map.update(u32Bytes(1), u32Bytes(10));
  map.update(u32Bytes(2), u32Bytes(20), "new");
  map.update(u32Bytes(2), u32Bytes(21), "existing");
  assert.deepEqual(map.lookup(u32Bytes(2)), u32Bytes(21));
  assert.deepEqual([...map.keys()].map((key) => key[0]).sort(), [1, 2]);
  assert.throws(() => map.update(u32Bytes(1), u32Bytes(0), "new"), { errnoName: "EEXIST" });
  assert.throws(() => map.update(u32Bytes(3), u32Bytes(0)), { errnoName: "E2BIG" });
  assert.equal(map.delete(u32Bytes(1)), true);
  assert.equal(map.delete(u32Bytes(1)), false);
  assert.throws(() => map.update(u32Bytes(1), u32Bytes(0), "existing"), { errnoName: "ENOENT" });
});

kernelTest("BpfMap of type lpmTrie finds the longest prefix", () => {
  const flags = BPF_MAP_FLAG.noPrealloc;
  using map = createMap({ type: "lpmTrie", name: "prefixes", keySize: 8, valueSize: 4, maxEntries: 8, flags });
  map.update(Uint8Array.of(8, 0, 0, 0, 10, 0, 0, 0), u32Bytes(8));
  map.update(Uint8Array.of(16, 0, 0, 0, 10, 1, 0, 0), u32Bytes(16));
  assert.deepEqual(map.lookup(Uint8Array.of(32, 0, 0, 0, 10, 1, 2, 3)), u32Bytes(16));
  assert.deepEqual(map.lookup(Uint8Array.of(32, 0, 0, 0, 10, 2, 2, 3)), u32Bytes(8));
});

kernelTest("BpfMap.writeAll() and readAll() move a whole array", () => {
  using map = createMap({ type: "array", name: "table", keySize: 4, valueSize: 12, maxEntries: 1000 });
  const values = Uint8Array.from({ length: 12_000 }, (_, index) => index % 251);
  map.writeAll(values);
  assert.deepEqual(map.readAll(), values);
  assert.deepEqual(map.lookup(u32Bytes(999)), values.subarray(999 * 12));
  map.writeAll(new Uint8Array(24));
  assert.deepEqual(map.readAll().subarray(0, 25), Uint8Array.of(...new Array(24).fill(0), values[24]!));
  assert.throws(() => map.writeAll(new Uint8Array(13)), /13 bytes are not at most 1000 values of 12 bytes/);
  assert.throws(() => map.writeAll(new Uint8Array(12_012)), RangeError);
});

kernelTest("BpfMap.updateAll() falls back to single updates where the type has no batches", () => {
  for (const type of ["hash", "percpuHash"] as const) {
    using map = createMap({ type, name: "many", keySize: 4, valueSize: 8, maxEntries: 100 });
    const keys = new Uint8Array(Uint32Array.from({ length: 100 }, (_, index) => index).buffer);
    map.updateAll(keys, new Uint8Array(100 * map.lookupSize).fill(7));
    assert.deepEqual(map.lookup(u32Bytes(99)), new Uint8Array(map.lookupSize).fill(7));
    assert.throws(() => map.updateAll(keys, new Uint8Array(8)), RangeError);
  }
});

kernelTest("BpfMap.updateAll() says when the map is full", () => {
  using map = createMap({ type: "hash", name: "full", keySize: 4, valueSize: 4, maxEntries: 2 });
  const keys = new Uint8Array(Uint32Array.of(1, 2, 3).buffer);
  assert.throws(() => map.updateAll(keys, new Uint8Array(12)), { errnoName: "E2BIG" });
});

kernelTest("BpfMap.readPerCpu() gives one aligned value for each possible CPU", () => {
  using map = createMap({ type: "percpuArray", name: "counts", keySize: 4, valueSize: 12, maxEntries: 3 });
  assert.equal(map.lookupSize, 16 * possibleCpus());
  const values = new Uint8Array(map.lookupSize);
  for (let cpu = 0; cpu < possibleCpus(); cpu++) values[cpu * 16] = cpu + 1;
  map.update(u32Bytes(2), values);
  const read = map.readPerCpu(2);
  assert.deepEqual({ ...read, bytes: 0 }, { bytes: 0, entries: 1, cpus: possibleCpus(), strideBytes: 16 });
  assert.equal(perCpuValue(read, { index: 0, cpu: possibleCpus() - 1 })[0], possibleCpus());
  const all = map.readAllPerCpu();
  assert.deepEqual(perCpuValue(all, { index: 2, cpu: 0 }), perCpuValue(read, { index: 0, cpu: 0 }));
  const total = BigInt(possibleCpus() * (possibleCpus() + 1) / 2);
  assert.deepEqual([...sumPerCpu(all)], [0n, 0n, 0n, 0n, total, 0n]);
  assert.throws(() => map.readPerCpu(3), /Cannot read index 3 of map "counts": it has 3 entries/);
});

kernelTest("sumPerCpu() adds what a program counted", () => {
  using object = loadC(XDP_COUNT);
  object.program().testRun({ data: testFrame(), repeat: 1000 });
  assert.deepEqual([...sumPerCpu(object.map("seen").readAllPerCpu())], [1000n]);
});

Deno.test("perCpuStride() rounds up to 8 bytes", () => {
  assert.deepEqual([1, 8, 9, 16].map(perCpuStride), [8, 8, 16, 16]);
});

kernelTest("BpfMap refuses keys and values of another size before the kernel reads past them", () => {
  using map = createMap({ type: "array", name: "sizes", keySize: 4, valueSize: 8, maxEntries: 1 });
  assert.throws(() => map.lookup(new Uint8Array(3)), /the key for map "sizes": 3 bytes, should be 4/);
  assert.throws(() => map.update(u32Bytes(0), new Uint8Array(9)), /the value for map "sizes": 9 bytes, should be 8/);
  assert.throws(() => map.readPerCpu(0), /it is of type array, should be percpuArray/);
  using hash = createMap({ type: "hash", name: "hash", keySize: 4, valueSize: 8, maxEntries: 1 });
  assert.throws(() => hash.readAll(), /it is of type hash, should be an array/);
});

kernelTest("BpfMap.freeze() stops writes from user space", () => {
  using map = createMap({ type: "array", name: "fixed", keySize: 4, valueSize: 4, maxEntries: 1 });
  map.freeze();
  assert.throws(() => map.update(u32Bytes(0), u32Bytes(1)), /returned EPERM, it is frozen/);
});

kernelTest("openMapById() and duplicate() give the same map, each with its own descriptor", () => {
  const before = openDescriptors();
  {
    const first = createMap({ type: "array", name: "same", keySize: 4, valueSize: 4, maxEntries: 1 });
    using second = openMapById(first.id);
    using third = second.duplicate();
    first.update(u32Bytes(0), u32Bytes(5));
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    assert.throws(() => first.lookup(u32Bytes(0)), /Cannot use map "same": it is closed/);
    assert.deepEqual(third.lookup(u32Bytes(0)), u32Bytes(5));
    assert.equal(second.name, "same");
  }
  assert.deepEqual(openDescriptors(), before);
});

kernelTest("openMapById() throws ENOENT without such a map", () => {
  assert.throws(() => openMapById(0x7fffffff), { errnoName: "ENOENT", operation: "bpf_map_get_fd_by_id" });
});

kernelTest("createMap() says which map the kernel refuses", () => {
  assert.throws(
    () => createMap({ type: "array", name: "odd", keySize: 8, valueSize: 4, maxEntries: 1 }),
    /^KernelError: Cannot create map "odd": bpf_map_create returned EINVAL, the kernel refuses array with keys of 8/,
  );
});

kernelTest("openPinnedMap() opens what pin() left, and refuses what is not a map", () => {
  const before = openDescriptors();
  {
    using pins = new TestPins();
    {
      using object = loadC(XDP_COUNT);
      object.map("seen").pin(`${pins.path}/seen`);
      object.program().pin(`${pins.path}/count`);
      object.program().testRun({ data: testFrame(), repeat: 3 });
      assert.throws(() => object.program().pin(`${pins.path}/count`), /returned EEXIST, the name is taken/);
    }
    using map = openPinnedMap(`${pins.path}/seen`);
    assert.deepEqual([...sumPerCpu(map.readPerCpu(0))], [3n]);
    using program = openPinnedProgram(`${pins.path}/count`);
    assert.equal(program.name, "count");
    assert.deepEqual(program.mapIds(), [map.id]);
    assert.throws(() => openPinnedMap(`${pins.path}/count`), /Cannot open the pinned map ".*count": it is a program/);
    assert.throws(() => openPinnedProgram(`${pins.path}/seen`), /it is a map/);
    assert.throws(() => openPinnedMap(`${pins.path}/none`), (error: KernelError) => error.errnoName === "ENOENT");
  }
  assert.deepEqual(openDescriptors(), before);
});
