/**
 * The BPF file system: where programs, maps and links live on after their process, under a name.
 *
 * Goes through libc: Deno's own functions want every permission for a path under /sys.
 *
 * @module
 */

import { UnavailableError } from "../diagnostics/errors.ts";
import { STATFS } from "./ffi/abi.ts";
import { BPF_FS_MAGIC } from "./ffi/constants.ts";
import { directoryEntries } from "./ffi/directory.ts";
import { libc, orErrno } from "./ffi/libc.ts";
import { cString } from "./ffi/memory.ts";
import { Struct } from "./ffi/struct.ts";
import { checkReturn } from "./gate.ts";

/** Where the BPF file system is mounted by convention. */
export const BPFFS_ROOT = "/sys/fs/bpf";

const REMEDY = `mount -t bpf bpf ${BPFFS_ROOT}; inside "ip netns exec" it is hidden, ` +
  `"nsenter --net=/run/netns/NAME" keeps it`;

/** Whether `path` exists and lies on a BPF file system (statfs(2), BPF_FS_MAGIC). */
export function isBpffs(path: string): boolean {
  const name = cString(path);
  const info = new Struct(STATFS);
  return libc().statfs(name, info.bytes) === 0 && info.get("f_type") === BPF_FS_MAGIC;
}

/**
 * Makes sure that `path`, or its nearest ancestor that exists, lies on a BPF file system.
 *
 * @throws UnavailableError that says how to mount one
 */
export function requireBpffs(path: string = BPFFS_ROOT): void {
  for (let at = path; at !== ""; at = parentOf(at)) {
    const name = cString(at);
    const info = new Struct(STATFS);
    const returned = orErrno(libc().statfs(name, info.bytes));
    if (returned === 0 && info.get("f_type") === BPF_FS_MAGIC) return;
    // A directory that cannot be searched hides what is below it, and bpffs is root's own: pinning says so itself.
    if (returned === -13) return;
    if (returned === 0) break;
  }
  throw new UnavailableError(`Cannot pin below "${path}": there is no BPF file system (${REMEDY})`, {
    missing: "bpffs",
    neededBy: "pinning",
    remedy: REMEDY,
  });
}

/**
 * Makes sure that the last part of a path can be the name of a pin: 1 to 255 bytes without a dot, which the BPF file
 * system reserves, without a slash, a space or a control character.
 *
 * @throws TypeError when it cannot
 */
export function checkPinName(name: string): void {
  // deno-lint-ignore no-control-regex
  if (new TextEncoder().encode(name).length <= 255 && /^[^\x00-\x20\x7f./]+$/.test(name)) return;
  throw new TypeError(
    `Cannot use ${JSON.stringify(name)} as the name of a pin: it has 1 to 255 bytes, no ".", "/", spaces or controls`,
  );
}

/** Creates a directory for pins, with its parents, readable by its owner only; one that exists is left as it is. */
export function makePinDirectory(path: string): void {
  requireBpffs(path);
  if (parentOf(path) !== "" && !isBpffs(parentOf(path))) makePinDirectory(parentOf(path));
  const name = cString(path);
  const returned = orErrno(libc().mkdir(name, 0o700));
  if (returned !== -17) checkReturn(returned, { operation: "mkdir", action: "create", target: `"${path}"` });
}

/** One entry of a directory of pins. */
export interface PinEntry {
  /** Last part of its path. */
  readonly name: string;
  /** Whether it is a directory, and else a pin. */
  readonly isDirectory: boolean;
}

/**
 * The entries of a directory of pins, sorted by name; an empty list when there is no such directory.
 *
 * @throws KernelError, UnavailableError when it cannot be read
 */
export function listPinDirectory(path: string): readonly PinEntry[] {
  const entries = directoryEntries(path);
  if (typeof entries !== "number") return entries.sort((a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  if (entries === -2) return [];
  checkReturn(entries, { operation: "opendir", action: "list", target: `"${path}"` });
  return [];
}

/**
 * Removes a pin; what it named lives on while something else holds it.
 *
 * @returns false when there was none
 * @throws KernelError, UnavailableError when it is there and cannot be removed
 */
export function removePin(path: string): boolean {
  const name = cString(path);
  return removed(orErrno(libc().unlink(name)), "unlink", path);
}

/**
 * Removes an empty directory of pins.
 *
 * @returns false when there was none
 * @throws KernelError such as ENOTEMPTY
 */
export function removePinDirectory(path: string): boolean {
  const name = cString(path);
  return removed(orErrno(libc().rmdir(name)), "rmdir", path);
}

function removed(returned: number, operation: string, path: string): boolean {
  if (returned === -2) return false;
  checkReturn(returned, { operation, action: "remove", target: `"${path}"` });
  return true;
}

function parentOf(path: string): string {
  const trimmed = path.replace(/\/+$/, "");
  const slash = trimmed.lastIndexOf("/");
  return slash > 0 ? trimmed.slice(0, slash) : slash === 0 && trimmed.length > 1 ? "/" : "";
}
