/**
 * The C library: what neither libbpf nor Deno gives, or what Deno gives only with every permission (/proc and /sys).
 *
 * @module
 */

import { type Handle, readForeignInt } from "./memory.ts";
import { openLibrary } from "./library.ts";

/** What is bound, by C name. */
export const LIBC_SYMBOLS = {
  __errno_location: { parameters: [], result: "pointer" },
  capget: { parameters: ["buffer", "buffer"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  closedir: { parameters: ["pointer"], result: "i32" },
  fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
  flock: { parameters: ["i32", "i32"], result: "i32" },
  geteuid: { parameters: [], result: "u32" },
  if_indextoname: { parameters: ["u32", "buffer"], result: "pointer" },
  if_nametoindex: { parameters: ["buffer"], result: "u32" },
  ioctl: { parameters: ["i32", "u64", "buffer"], result: "i32" },
  mkdir: { parameters: ["buffer", "u32"], result: "i32" },
  mmap: { parameters: ["pointer", "u64", "i32", "i32", "i32", "i64"], result: "pointer" },
  munmap: { parameters: ["pointer", "u64"], result: "i32" },
  open: { parameters: ["buffer", "i32"], result: "i32" },
  opendir: { parameters: ["buffer"], result: "pointer" },
  readdir: { parameters: ["pointer"], result: "pointer" },
  readlink: { parameters: ["buffer", "buffer", "usize"], result: "isize" },
  recv: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize" },
  rmdir: { parameters: ["buffer"], result: "i32" },
  send: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize" },
  setns: { parameters: ["i32", "i32"], result: "i32" },
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  statfs: { parameters: ["buffer", "buffer"], result: "i32" },
  statx: { parameters: ["i32", "buffer", "i32", "u32", "buffer"], result: "i32" },
  strerror: { parameters: ["i32"], result: "pointer" },
  syscall: { parameters: ["i64", "i64", "i64", "i64"], result: "i64" },
  unlink: { parameters: ["buffer"], result: "i32" },
  vsnprintf: { parameters: ["buffer", "usize", "pointer", "pointer"], result: "i32" },
} as const;

/** The functions of libc, all synchronous: they run on, and change, the calling thread. */
export type Libc = Deno.DynamicLibrary<typeof LIBC_SYMBOLS>["symbols"];

let opened: { readonly symbols: Libc; readonly errnoLocation: Handle } | undefined;

/**
 * Opens libc on first use.
 *
 * @throws UnavailableError without `--allow-ffi`
 */
export function libc(): Libc {
  return open().symbols;
}

/** Result of a libc call in the kernel's convention: `returned`, or -errno where it is below zero. */
export function orErrno(returned: number | bigint): number {
  // Errno belongs to the thread, the address was fetched at opening: nothing runs between the call and this read.
  return returned < 0 ? -readForeignInt(open().errnoLocation) : Number(returned);
}

/** The current errno, negated: for calls that report failure by a null pointer or by zero. Read it at once. */
export function lastErrno(): number {
  return -readForeignInt(open().errnoLocation);
}

function open(): NonNullable<typeof opened> {
  if (opened === undefined) {
    const symbols = openLibrary("libc.so.6", LIBC_SYMBOLS, {
      neededBy: "talking to the kernel",
      remedy: "run kefir on a Linux with the GNU C library",
    });
    const errnoLocation = symbols.__errno_location();
    if (errnoLocation === null) throw new Error("__errno_location returned null");
    opened = { symbols, errnoLocation };
  }
  return opened;
}
