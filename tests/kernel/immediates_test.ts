import assert from "node:assert/strict";
import { setMasks } from "../../lib/kernel/immediates.ts";
import { openObject } from "../../lib/kernel/object.ts";
import { compileC, kernelTest, testFrame } from "./support.ts";

/** Masks the length of the frame, and is refused when the mask is larger than the value. */
const MASKED = `
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, __u32); __uint(value_size, 8); } table SEC(".maps");
SEC("xdp") int at(struct xdp_md *ctx) {
  __u32 key = 0; __u8 *value = bpf_map_lookup_elem(&table, &key);
  __u64 index = ctx->data_end - ctx->data;
  asm("%0 &= 0x12345678" : "+r"(index));
  return value ? value[index] + index : 0;
}`;
const MARK = 0x12345678;

kernelTest("setMasks() sets what a program masks with, and the verifier takes it for what it is", () => {
  const elf = compileC(MASKED);
  const before = elf.slice();
  for (const [mask, size] of [[7, 8], [63, 64], [0x7f_fff0, 0x80_0000]] as const) {
    using open = openObject(setMasks(elf, new Map([[MARK, mask]])), { name: "masked" });
    using object = open.setMapValueSize("table", size).load();
    const data = testFrame();
    assert.equal(object.program().testRun({ data }).returnValue, data.length & mask);
  }
  assert.deepEqual(elf, before);
  using open = openObject(setMasks(elf, new Map([[MARK, 8]])), { name: "masked" });
  assert.throws(() => open.load(), { name: "VerifierError" });
});

kernelTest("setMasks() refuses an object that does not have the number", () => {
  assert.throws(() => setMasks(compileC(MASKED), new Map([[MARK + 1, 7]])), {
    name: "TypeError",
    message: "Cannot set 0x12345679 in the object: no instruction masks with it",
  });
});
