import assert from "node:assert/strict";
import { BPF_MAP_FLAG, createMap, u32Bytes } from "../../lib/kernel/map.ts";
import { mapMemory } from "../../lib/kernel/mapped_memory.ts";
import { openObject } from "../../lib/kernel/object.ts";
import { compileC, kernelTest, testFrame } from "./support.ts";

kernelTest("mapMemory() writes where a program reads, without a system call", () => {
  const source = `
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, __u32); __uint(value_size, 65536);
  __uint(map_flags, BPF_F_MMAPABLE); } table SEC(".maps");
SEC("xdp") int read(struct xdp_md *ctx) {
  __u32 key = 0; __u32 *value = bpf_map_lookup_elem(&table, &key);
  return value ? value[16383] : 0;
}`;
  using open = openObject(compileC(source), { name: "mapped" });
  using object = open.load();
  const map = object.map("table");
  using memory = mapMemory(map);
  assert.equal(memory.length, 65536);
  memory.write(65528, Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0));
  assert.equal(object.program().testRun({ data: testFrame() }).returnValue, 1);
  memory.write(65531, Uint8Array.of(9, 2, 0, 0, 0));
  assert.equal(object.program().testRun({ data: testFrame() }).returnValue, 2);
  assert.deepEqual(map.lookup(u32Bytes(0))?.slice(65530), Uint8Array.of(0, 9, 2, 0, 0, 0));
  assert.deepEqual(memory.read(65530, 6), Uint8Array.of(0, 9, 2, 0, 0, 0));
  memory.write(8, Uint8Array.of(0xfe, 2, 3, 4, 5, 6, 7, 0xff));
  assert.deepEqual(memory.read(7, 10), Uint8Array.of(0, 0xfe, 2, 3, 4, 5, 6, 7, 0xff, 0));
});

kernelTest("mapMemory() refuses other maps, and what is beyond the memory or after its end", () => {
  using plain = createMap({ type: "array", name: "plain", keySize: 4, valueSize: 8, maxEntries: 1 });
  assert.throws(() => mapMemory(plain), { name: "TypeError", message: /"plain": it is no array/ });
  const flags = BPF_MAP_FLAG.mmapable;
  using frozen = createMap({ type: "array", name: "frozen", keySize: 4, valueSize: 8, maxEntries: 1, flags });
  frozen.freeze();
  assert.throws(() => mapMemory(frozen), { name: "KernelError", errnoName: "EPERM" });
  using map = createMap({ type: "array", name: "small", keySize: 4, valueSize: 12, maxEntries: 2, flags });
  using memory = mapMemory(map);
  assert.equal(memory.length, 32);
  for (const offset of [-1, 29, 0.5, Infinity]) assert.throws(() => memory.read(offset, 4), RangeError);
  assert.throws(() => memory.write(31, new Uint8Array(2)), RangeError);
  assert.throws(() => memory.write(32, new Uint8Array(8)), RangeError);
  memory[Symbol.dispose]();
  assert.throws(() => memory.read(0, 1), /it was closed/);
});
