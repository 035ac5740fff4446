/**
 * Names of error numbers.
 *
 * @module
 */

import { constants } from "node:os";

// Not in node:os: the kernel's own ENOTSUPP (include/linux/errno.h), and enum libbpf_errno (bpf/libbpf_legacy.h).
const EXTRAS: readonly (readonly [number, string, string])[] = [
  [524, "ENOTSUPP", "operation not supported"],
  [4000, "LIBBPF_ERRNO__LIBELF", "something is wrong in libelf"],
  [4001, "LIBBPF_ERRNO__FORMAT", "not a valid BPF object"],
  [4002, "LIBBPF_ERRNO__KVERSION", "the version section is missing or wrong"],
  [4003, "LIBBPF_ERRNO__ENDIAN", "the object has the other byte order"],
  [4004, "LIBBPF_ERRNO__INTERNAL", "internal error in libbpf"],
  [4005, "LIBBPF_ERRNO__RELOC", "relocation failed"],
  [4006, "LIBBPF_ERRNO__LOAD", "program load failed for an unknown reason"],
  [4007, "LIBBPF_ERRNO__VERIFY", "the kernel's verifier refused the program"],
  [4008, "LIBBPF_ERRNO__PROG2BIG", "the program is too big"],
  [4009, "LIBBPF_ERRNO__KVER", "wrong kernel version"],
  [4010, "LIBBPF_ERRNO__PROGTYPE", "the kernel does not have this program type"],
  [4011, "LIBBPF_ERRNO__WRNGPID", "wrong process id in a netlink message"],
  [4012, "LIBBPF_ERRNO__INVSEQ", "wrong sequence number in a netlink message"],
  [4013, "LIBBPF_ERRNO__NLPARSE", "netlink message cannot be read"],
];

const NAMES = new Map<number, string>();
// The first name of a number is its usual one, but for EWOULDBLOCK and EOPNOTSUPP, whose twins POSIX lists.
for (const [name, errno] of Object.entries(constants.errno)) if (!NAMES.has(errno)) NAMES.set(errno, name);
NAMES.set(11, "EAGAIN").set(95, "EOPNOTSUPP");
for (const [errno, name] of EXTRAS) NAMES.set(errno, name);

/** The name of a positive error number, such as `EBUSY`, or `errno N` for one that has none. */
export function errnoName(errno: number): string {
  return NAMES.get(errno) ?? `errno ${errno}`;
}

/** What a number means, where the C library does not know it: ENOTSUPP and libbpf's own. */
export function extraErrnoText(errno: number): string | undefined {
  return EXTRAS.find(([number]) => number === errno)?.[2];
}
