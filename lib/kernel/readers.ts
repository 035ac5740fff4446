/**
 * Waiting for programs that are still running.
 *
 * @module
 */

import { MEMBARRIER_CALL, MEMBARRIER_CMD_GLOBAL } from "./ffi/constants.ts";
import { libc } from "./ffi/libc.ts";

/** How {@link waitForReaders} waited. */
export type ReaderWait = "membarrier" | "sleep";

/**
 * Waits until no CPU runs a program, or uses a map, that was replaced before the call.
 *
 * membarrier(2) with MEMBARRIER_CMD_GLOBAL is synchronize_rcu() in the kernel, and XDP and TC programs run within an RCU
 * read side; it takes some 10 ms. On kernels without it, or with nohz_full CPUs, where it is refused, sleeps: a program
 * runs for microseconds in softirq context, so that 50 ms is ample unless a virtual CPU is paused meanwhile.
 */
export function waitForReaders(): ReaderWait {
  const number = BigInt(MEMBARRIER_CALL[Deno.build.arch]);
  if (libc().syscall(number, BigInt(MEMBARRIER_CMD_GLOBAL), 0n, 0n) === 0n) return "membarrier";
  sleepMs(50);
  return "sleep";
}

/** Blocks the thread. */
export function sleepMs(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
