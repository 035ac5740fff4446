import assert from "node:assert/strict";
import { KernelError } from "../../lib/diagnostics/errors.ts";
import { requireOwnDirectory } from "../../lib/kernel/directory_owner.ts";
import { lockDirectory } from "../../lib/kernel/lock.ts";
import { kernelTest } from "./support.ts";

function inDirectory(body: (path: string) => void): void {
  const path = Deno.makeTempDirSync();
  try {
    body(path);
  } finally {
    Deno.removeSync(path, { recursive: true });
  }
}

kernelTest("requireOwnDirectory() takes a directory of one's own that only the owner writes to", () => {
  inDirectory((path) => requireOwnDirectory(path));
});

kernelTest("requireOwnDirectory() refuses what belongs to somebody else, is open to all, or is a link", () => {
  inDirectory((path) => {
    Deno.chmodSync(path, 0o777);
    assert.throws(() => requireOwnDirectory(path), { name: "KernelError", errnoName: "EPERM" });
    Deno.chmodSync(path, 0o700);
    Deno.chownSync(path, 65534, 65534);
    assert.throws(() => requireOwnDirectory(path), { name: "KernelError", errnoName: "EPERM" });
  });
  inDirectory((path) => {
    // A link has mode 777, whatever it points at.
    Deno.symlinkSync("/root", `${path}/link`);
    assert.throws(() => requireOwnDirectory(`${path}/link`), { name: "KernelError", errnoName: "EPERM" });
  });
});

kernelTest("lockDirectory() waits for the other holder, and says so when it takes too long", () => {
  inDirectory((path) => {
    {
      using lock = lockDirectory(path);
      assert.ok(lock);
      assert.throws(
        () => lockDirectory(path, 40),
        (error) => error instanceof KernelError && error.errnoName === "EAGAIN",
      );
    }
    using again = lockDirectory(path, 40);
    assert.ok(again);
  });
});

kernelTest("lockDirectory() finds no directory where there is none", () => {
  assert.throws(() => lockDirectory("/nonexistent/kefir"), { name: "KernelError", errnoName: "ENOENT" });
});
