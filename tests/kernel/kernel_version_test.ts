import assert from "node:assert/strict";
import { isKernelAtLeast, kernelVersion, parseKernelVersion } from "../../lib/kernel/kernel_version.ts";

Deno.test("parseKernelVersion() reads what distributions call their kernels", () => {
  assert.deepEqual(parseKernelVersion("6.18.44-fc-v595"), { major: 6, minor: 18, patch: 44 });
  assert.deepEqual(parseKernelVersion("5.15-rc1"), { major: 5, minor: 15, patch: 0 });
  assert.throws(() => parseKernelVersion("mainline"), TypeError);
});

Deno.test("isKernelAtLeast() compares numbers, not text", () => {
  const version = parseKernelVersion("5.15.3");
  assert.ok(isKernelAtLeast(5, 15, version) && isKernelAtLeast(5, 9, version) && isKernelAtLeast(4, 20, version));
  assert.ok(!isKernelAtLeast(5, 16, version) && !isKernelAtLeast(6, 1, version));
  assert.ok(isKernelAtLeast(kernelVersion().major, kernelVersion().minor));
});
