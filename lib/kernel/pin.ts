/**
 * Pinning descriptors and opening pins, for programs, maps and links alike.
 *
 * @module
 */

import { KernelError } from "../diagnostics/errors.ts";
import { checkPinName, requireBpffs } from "./bpffs.ts";
import { linkTarget } from "./ffi/directory.ts";
import { libbpf } from "./ffi/libbpf.ts";
import { libc } from "./ffi/libc.ts";
import { cString } from "./ffi/memory.ts";
import type { Layout } from "./ffi/abi.ts";
import { Struct } from "./ffi/struct.ts";
import { checkReturn } from "./gate.ts";

/** What can be pinned. */
export type PinKind = "program" | "map" | "link";

/**
 * Gives what `fd` stands for a name on the BPF file system (bpf_obj_pin).
 *
 * @throws TypeError for a name that cannot be one
 * @throws UnavailableError without a BPF file system there
 * @throws KernelError with EEXIST when the name is taken, ENOENT without the directory
 */
export function pinDescriptor(fd: number, what: string, path: string): void {
  checkPinName(path.slice(path.lastIndexOf("/") + 1));
  requireBpffs(path);
  const name = cString(path);
  checkReturn(libbpf().bpf_obj_pin(fd, name), {
    operation: "bpf_obj_pin",
    action: `pin ${what} as`,
    target: `"${path}"`,
    hints: {
      EEXIST: "the name is taken",
      ENOENT: "the directory does not exist",
      EPERM: "the BPF file system refuses the name or the process",
    },
  });
}

/**
 * Opens a pin of the given kind (bpf_obj_get); the caller owns the descriptor.
 *
 * @throws UnavailableError without a BPF file system there
 * @throws KernelError with ENOENT without such a pin, EINVAL when it is of another kind
 */
export function openPin(kind: PinKind, path: string): number {
  const name = cString(path);
  const returned = libbpf().bpf_obj_get(name);
  if (returned === -2) requireBpffs(path);
  const call = { operation: "bpf_obj_get", action: `open the pinned ${kind}`, target: `"${path}"` };
  const fd = checkReturn(returned, { ...call, hints: { ENOENT: "there is no such pin" } });
  const found = kindOf(fd);
  if (found === undefined || found === kind) return fd;
  libc().close(fd);
  const hint = `it is a ${found}`;
  throw new KernelError(`Cannot ${call.action} ${call.target}: ${hint}`, {
    operation: call.operation,
    errno: 22,
    errnoName: "EINVAL",
    target: call.target,
    hint,
  });
}

/** Fills a struct with what the kernel says about the program, map or link `fd` (bpf_obj_get_info_by_fd). */
export function readObjectInfo<const L extends Layout>(fd: number, layout: L, info = new Struct(layout)): Struct<L> {
  // Both arrays are ours; the kernel writes them before the call returns, as far as it knows the struct.
  const length = new Uint32Array([layout.size]);
  checkReturn(libbpf().bpf_obj_get_info_by_fd(fd, info.bytes, length), {
    operation: "bpf_obj_get_info_by_fd",
    action: "ask the kernel about",
    target: `descriptor ${fd}`,
  });
  return info;
}

/** What a BPF descriptor stands for, by the name the kernel shows in /proc; undefined where /proc does not tell. */
function kindOf(fd: number): PinKind | undefined {
  const target = linkTarget(`/proc/self/fd/${fd}`);
  const name = typeof target === "string" ? /^anon_inode:\[?bpf[-_](\w+)/.exec(target)?.[1] : undefined;
  if (name === "prog") return "program";
  return name === "map" || name === "link" ? name : undefined;
}
