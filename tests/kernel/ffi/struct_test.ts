import assert from "node:assert/strict";
import { LINK_UPDATE_OPTS, TC_OPTS, TEST_RUN_OPTS } from "../../../lib/kernel/ffi/abi.ts";
import { Struct } from "../../../lib/kernel/ffi/struct.ts";

Deno.test("Struct writes integers little-endian at their offsets, and its own size", () => {
  const opts = new Struct(LINK_UPDATE_OPTS).set("flags", 4).set("old_prog_fd", 0x01020304);
  assert.deepEqual(opts.bytes, Uint8Array.of(16, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 4, 3, 2, 1));
  assert.equal(opts.get("old_prog_fd"), 0x01020304);
});

Deno.test("Struct reads i32 signed and u32 unsigned", () => {
  const opts = new Struct(TC_OPTS).set("prog_fd", -1).set("handle", 0xffffffff);
  assert.equal(opts.get("prog_fd"), -1);
  assert.equal(opts.get("handle"), 0xffffffff);
});

Deno.test("Struct.point() writes an address, and null for an empty array", { permissions: { ffi: true } }, () => {
  const opts = new Struct(TEST_RUN_OPTS).point("data_in", new Uint8Array(4)).point("data_out", new Uint8Array(0));
  assert.notEqual(opts.get("data_in"), 0);
  assert.equal(opts.get("data_out"), 0);
});
