/**
 * Numbers of the kernel and libc interfaces, under their C names. A test compares them with what clang says, where the
 * installed headers know them.
 *
 * @module
 */

/** `enum bpf_map_type` (linux/bpf.h), the types that kefir creates or reads. */
export const BPF_MAP_TYPE = {
  hash: 1,
  array: 2,
  progArray: 3,
  percpuHash: 5,
  percpuArray: 6,
  lruHash: 9,
  lpmTrie: 11,
  arrayOfMaps: 12,
  hashOfMaps: 13,
  lruPercpuHash: 10,
  ringbuf: 27,
} as const;

/** Flags of map creation (linux/bpf.h). */
export const BPF_MAP_FLAG = {
  /** A hash takes memory entry by entry (BPF_F_NO_PREALLOC); an LPM trie must have it. */
  noPrealloc: 1,
  /** Programs may not write (BPF_F_RDONLY_PROG). */
  readOnlyForPrograms: 0x80,
  /** An array may be mapped into user space (BPF_F_MMAPABLE). */
  mmapable: 0x400,
  /** Arrays of several lengths may take turns in one map-in-map (BPF_F_INNER_MAP). */
  innerMap: 0x1000,
} as const;

/** `enum bpf_prog_type` (linux/bpf.h). */
export const BPF_PROG_TYPE = { schedCls: 3, xdp: 6 } as const;

/** `enum bpf_link_type` (linux/bpf.h). */
export const BPF_LINK_TYPE = { xdp: 6, tcx: 11 } as const;

/** `enum bpf_attach_type` (linux/bpf.h). Headers before 6.6 lack the two TCX values. */
export const BPF_ATTACH_TYPE = { xdp: 37, tcxIngress: 46, tcxEgress: 47 } as const;

/** `BPF_F_REPLACE` (linux/bpf.h): a link update names the program that it expects. */
export const BPF_F_REPLACE = 4;

/** Mode flags of an XDP attachment (linux/if_link.h). */
export const XDP_FLAGS = { skbMode: 2, drvMode: 4, hwMode: 8 } as const;

/** How an interface runs its XDP program (`enum` around `XDP_ATTACHED_NONE`, linux/if_link.h). */
export const XDP_ATTACHED = { none: 0, drv: 1, skb: 2, hw: 3, multi: 4 } as const;

/** `enum bpf_tc_attach_point` (bpf/libbpf.h); both together mean the whole qdisc. */
export const BPF_TC = { ingress: 1, egress: 2 } as const;

/** `BPF_TC_F_REPLACE` (bpf/libbpf.h). */
export const BPF_TC_F_REPLACE = 1;

/** `TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS)` and the same for egress (linux/pkt_sched.h). */
export const CLSACT_PARENT = { ingress: 0xfffffff2, egress: 0xfffffff3 } as const;

/** `TC_H_CLSACT`, which is `TC_H_INGRESS`: the parent of either qdisc (linux/pkt_sched.h). */
export const TC_H_CLSACT = 0xfffffff1;

/** `BPF_FS_MAGIC` (linux/magic.h). */
export const BPF_FS_MAGIC = 0xcafe4a11;

/** Interface ioctls (linux/sockios.h). */
export const SIOC = { getMtu: 0x8921, getHardwareAddress: 0x8927 } as const;

/** `AF_INET`, `AF_NETLINK` (sys/socket.h). */
export const AF = { inet: 2, netlink: 16 } as const;

/** `SOCK_DGRAM`, `SOCK_RAW`, `SOCK_CLOEXEC` (sys/socket.h). */
export const SOCK = { datagram: 2, raw: 3, closeOnExec: 0x80000 } as const;

/** rtnetlink message types and flags (linux/rtnetlink.h, linux/netlink.h). */
export const NETLINK = {
  newFilter: 44,
  getFilter: 46,
  getQdisc: 38,
  error: 2,
  done: 3,
  request: 1,
  dump: 0x300,
  attributeKind: 1,
} as const;

/** `F_DUPFD_CLOEXEC` (fcntl.h). */
export const F_DUPFD_CLOEXEC = 1030;

/** `CLONE_NEWNET` (sched.h). */
export const CLONE_NEWNET = 0x40000000;

/** System call numbers that libc has no function for (asm/unistd.h). */
export const MEMBARRIER_CALL = { x86_64: 324, aarch64: 283 } as const;

/** `MEMBARRIER_CMD_GLOBAL` (linux/membarrier.h). */
export const MEMBARRIER_CMD_GLOBAL = 1;

/** `_LINUX_CAPABILITY_VERSION_3` (linux/capability.h). */
export const CAPABILITY_VERSION_3 = 0x20080522;

/** Capability numbers (linux/capability.h). */
export const CAPABILITY = { netAdmin: 12, sysAdmin: 21, bpf: 39 } as const;

/** `PROT_READ | PROT_WRITE` and `MAP_SHARED` (asm-generic/mman-common.h, linux/mman.h). */
export const PROT_READ_WRITE = 3;
export const MAP_SHARED = 1;
