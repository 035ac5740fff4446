/**
 * Locks between processes, on a directory, so that no file is left behind.
 *
 * @module
 */

import { Descriptor } from "./descriptor.ts";
import { isStillAt } from "./directory_owner.ts";
import { libc, orErrno } from "./ffi/libc.ts";
import { cString } from "./ffi/memory.ts";
import { checkReturn } from "./gate.ts";
import { sleepMs } from "./readers.ts";

/** O_RDONLY, O_DIRECTORY and O_CLOEXEC of asm-generic/fcntl.h; aarch64 has another O_DIRECTORY. */
const OPEN_DIRECTORY = Deno.build.arch === "aarch64" ? 0o2040000 : 0o2200000;
const LOCK_EX = 2;
const LOCK_NB = 4;
const RETRY_MS = 20;

/**
 * Takes the lock of a directory (flock(2)) and waits while another process has it. The kernel gives it back when the
 * process ends, however it ends. Undefined when the directory was removed meanwhile, and the lock is of nothing.
 *
 * @throws KernelError with EAGAIN when another process kept it for `timeoutMs`, ENOENT without the directory
 */
export function lockDirectory(path: string, timeoutMs = 30_000): Disposable | undefined {
  const name = cString(path);
  const fd = checkReturn(orErrno(libc().open(name, OPEN_DIRECTORY)), {
    operation: "open",
    action: "open",
    target: `"${path}"`,
  });
  const descriptor = new Descriptor(fd, `lock of "${path}"`);
  for (let waitedMs = 0;; waitedMs += RETRY_MS) {
    const returned = orErrno(libc().flock(fd, LOCK_EX | LOCK_NB));
    if (returned === 0) {
      if (isStillAt(fd, path)) return { [Symbol.dispose]: () => descriptor.close() };
      descriptor.close();
      return undefined;
    }
    if (returned !== -11 || waitedMs >= timeoutMs) {
      descriptor.close();
      checkReturn(returned, {
        operation: "flock",
        action: "lock",
        target: `"${path}"`,
        hints: { EAGAIN: `another kefir command has had it for ${timeoutMs / 1000} s` },
      });
    }
    sleepMs(RETRY_MS);
  }
}
