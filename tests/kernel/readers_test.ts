import assert from "node:assert/strict";
import { waitForReaders } from "../../lib/kernel/readers.ts";
import { kernelTest } from "./support.ts";

kernelTest("waitForReaders() waits by membarrier on this kernel", () => {
  assert.equal(waitForReaders(), "membarrier");
});
