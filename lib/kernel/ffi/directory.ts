/**
 * Reading a directory and a symbolic link through libc.
 *
 * @module
 */

import { DIRENT } from "./abi.ts";
import { lastErrno, libc, orErrno } from "./libc.ts";
import { cString, readForeignByteAt, readForeignStringAt } from "./memory.ts";

const DT_DIR = 4;

/** Entries of a directory without `.` and `..`, or -errno (opendir(3), readdir(3)). */
export function directoryEntries(path: string): { name: string; isDirectory: boolean }[] | number {
  const name = cString(path);
  const directory = libc().opendir(name);
  if (directory === null) return lastErrno();
  try {
    const entries: { name: string; isDirectory: boolean }[] = [];
    // The entry belongs to libc until the next readdir: it is copied at once.
    for (let entry = libc().readdir(directory); entry !== null; entry = libc().readdir(directory)) {
      const name = readForeignStringAt(entry, DIRENT.fields.d_name[0]);
      const isDirectory = readForeignByteAt(entry, DIRENT.fields.d_type[0]) === DT_DIR;
      if (name !== "." && name !== "..") entries.push({ name, isDirectory });
    }
    return entries;
  } finally {
    libc().closedir(directory);
  }
}

/** The target of a symbolic link, or -errno (readlink(2)). */
export function linkTarget(path: string): string | number {
  const name = cString(path);
  const target = new Uint8Array(4096);
  const length = orErrno(libc().readlink(name, target, BigInt(target.length)));
  return length < 0 ? length : new TextDecoder().decode(target.subarray(0, length));
}
