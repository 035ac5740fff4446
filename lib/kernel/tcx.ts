/**
 * Attaching to TC by TCX links: no qdisc, no filter, several programs in a row (kernel 6.6).
 *
 * @module
 */

import { BPF_ATTACH_TYPE } from "./ffi/constants.ts";
import { libbpf } from "./ffi/libbpf.ts";
import { checkReturn } from "./gate.ts";
import { formatInterface } from "./interface.ts";
import { adoptLink, type BpfLink } from "./link.ts";
import type { BpfProgram } from "./program.ts";
import type { TcDirection } from "./tc.ts";

/** Where {@link attachTcx} attaches. */
export interface TcxTarget {
  /** Interface in the calling thread's network namespace. */
  readonly ifindex: number;
  /** Which frames the program sees. */
  readonly direction: TcDirection;
}

/**
 * Attaches a program to an interface by a TCX link, behind those that are there (bpf_link_create with BPF_TCX_INGRESS or
 * BPF_TCX_EGRESS). It runs unless one before it returned something other than TC_ACT_UNSPEC (-1). The attachment ends
 * with the link's last descriptor unless it is pinned.
 *
 * @throws KernelError with EINVAL on kernels before 6.6, ENODEV without such an interface
 */
export function attachTcx(program: BpfProgram, target: TcxTarget): BpfLink {
  // Without options, as the struct of libbpf before 1.3 has no member for TCX.
  const fd = libbpf().bpf_link_create(program.fd, target.ifindex, ATTACH_TYPES[target.direction], null);
  return adoptLink(checkReturn(fd, {
    operation: "bpf_link_create",
    action: `attach "${program.name}" to TCX ${target.direction} of`,
    target: formatInterface(target.ifindex),
    hints: {
      ENODEV: "there is no such interface",
      EINVAL: program.type === "schedCls"
        ? "the kernel has no TCX, which came with 6.6"
        : `the program is of type ${program.type}, not schedCls`,
      ERANGE: "64 programs are attached there, and that is the limit",
    },
  }));
}

/** Ids of the programs attached by TCX, in the order in which they run (bpf_prog_query). */
export function queryTcx(target: TcxTarget): readonly number[] {
  // The kernel takes at most 64 programs in a row (BPF_MPROG_MAX). All arrays are ours and filled before it returns.
  const ids = new Uint32Array(64);
  const count = new Uint32Array([ids.length]);
  const flags = new Uint32Array(1);
  const type = ATTACH_TYPES[target.direction];
  const returned = libbpf().bpf_prog_query(target.ifindex, type, 0, flags, ids, count);
  // No program was ever attached there.
  if (returned === -2) return [];
  checkReturn(returned, {
    operation: "bpf_prog_query",
    action: `ask for the TCX ${target.direction} programs of`,
    target: formatInterface(target.ifindex),
    hints: { ENODEV: "there is no such interface", EINVAL: "the kernel has no TCX, which came with 6.6" },
  });
  return [...ids.subarray(0, count[0])];
}

/**
 * Whether the kernel has TCX: asked about an interface that cannot be, one that has it answers ENODEV, one that does not
 * know the attach type EINVAL.
 *
 * @throws UnavailableError without CAP_NET_ADMIN, as the kernel then does not answer
 */
export function isTcxAvailable(): boolean {
  const out = new Uint32Array(1);
  const returned = libbpf().bpf_prog_query(0x7fffffff, BPF_ATTACH_TYPE.tcxIngress, 0, out, null, new Uint32Array(1));
  if (returned === -1) checkReturn(returned, { operation: "bpf_prog_query", action: "probe", target: "TCX" });
  return returned === -19;
}

const ATTACH_TYPES: Readonly<Record<TcDirection, number>> = {
  ingress: BPF_ATTACH_TYPE.tcxIngress,
  egress: BPF_ATTACH_TYPE.tcxEgress,
};
