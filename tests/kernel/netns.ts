/**
 * Network namespaces by setns(2).
 *
 * @module
 */

import { libc, orErrno } from "../../lib/kernel/ffi/libc.ts";
import { CLONE_NEWNET } from "../../lib/kernel/ffi/constants.ts";
import { cString } from "../../lib/kernel/ffi/memory.ts";
import { checkReturn } from "../../lib/kernel/gate.ts";

/**
 * Runs `body` with the calling thread, and the commands it starts, in a network namespace that `ip netns add` made.
 * `body` must be synchronous: what comes after an await would run outside, or take others inside.
 */
export function withNetns<T>(name: string, body: () => T): T {
  const before = openNamespace("/proc/thread-self/ns/net");
  try {
    const target = openNamespace(`/run/netns/${name}`);
    try {
      enter(target, name);
      return body();
    } finally {
      libc().close(target);
      enter(before, "the namespace before");
    }
  } finally {
    libc().close(before);
  }
}

function openNamespace(path: string): number {
  const O_CLOEXEC = 0x80000;
  const name = cString(path);
  return checkReturn(orErrno(libc().open(name, O_CLOEXEC)), { operation: "open", action: "open", target: path });
}

function enter(fd: number, target: string): void {
  checkReturn(orErrno(libc().setns(fd, CLONE_NEWNET)), { operation: "setns", action: "enter", target });
}
