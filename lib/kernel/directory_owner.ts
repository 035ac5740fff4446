/**
 * Whose a directory is: a BPF file system that was mounted by hand lets everyone create files in it.
 *
 * @module
 */

import { KernelError } from "../diagnostics/errors.ts";
import { STATX } from "./ffi/abi.ts";
import { libc, orErrno } from "./ffi/libc.ts";
import { cString } from "./ffi/memory.ts";
import { Struct } from "./ffi/struct.ts";
import { checkReturn } from "./gate.ts";

/** AT_FDCWD, AT_SYMLINK_NOFOLLOW and AT_EMPTY_PATH of linux/fcntl.h. */
const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
const AT_EMPTY_PATH = 0x1000;
/** STATX_TYPE, STATX_MODE, STATX_UID and STATX_INO of linux/stat.h. */
const WANTED = 0x1 | 0x2 | 0x8 | 0x100;
/** S_IWGRP and S_IWOTH. */
const WRITABLE_BY_OTHERS = 0o022;

/**
 * Makes sure that nobody but root and the calling user can change what is in a directory.
 *
 * @throws KernelError EPERM when it belongs to somebody else, or others may write to it
 */
export function requireOwnDirectory(path: string): void {
  const info = statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW);
  if (typeof info === "number") {
    checkReturn(info, { operation: "statx", action: "look at", target: `"${path}"` });
    return;
  }
  const uid = info.get("stx_uid");
  const mode = info.get("stx_mode");
  const isOwn = uid === 0 || uid === libc().geteuid();
  if (isOwn && (mode & WRITABLE_BY_OTHERS) === 0) return;
  const why = isOwn ? `others may write to it (mode ${(mode & 0o7777).toString(8)})` : `it belongs to user ${uid}`;
  throw new KernelError(`Cannot trust "${path}": ${why} (look at what is in it, and remove it)`, {
    operation: "statx",
    errno: 1,
    errnoName: "EPERM",
    target: path,
    hint: "look at what is in it, and remove it",
  });
}

/** Whether a descriptor still is what its path names: a directory may have been removed, and made anew. */
export function isStillAt(fd: number, path: string): boolean {
  const open = statx(fd, "", AT_EMPTY_PATH);
  const named = statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW);
  if (typeof open === "number" || typeof named === "number") return false;
  return (["stx_ino", "stx_dev_major", "stx_dev_minor"] as const).every((field) =>
    open.get(field) === named.get(field)
  );
}

function statx(directory: number, path: string, flags: number): Struct<typeof STATX> | number {
  const name = cString(path);
  const info = new Struct(STATX);
  const returned = orErrno(libc().statx(directory, name, flags, WANTED, info.bytes));
  return returned < 0 ? returned : info;
}
