/**
 * Every struct that crosses the FFI: byte offsets and widths, for 64-bit little-endian Linux (x86_64 and aarch64, the
 * only Linux machines that Deno runs on). A test compares this table with what clang says about the installed headers.
 *
 * @module
 */

/** Width and kind of a field; `ptr` is the address of a typed array. */
export type FieldKind = "u8" | "u16" | "i32" | "u32" | "u64" | "ptr";

/** One struct: its C name, its size in bytes and the offset and kind of each field that kefir uses. */
export interface Layout {
  /** C tag, such as `bpf_tc_hook`. */
  readonly struct: string;
  /** Size in bytes, as kefir hands it over; a newer header may have a larger one. */
  readonly size: number;
  /** C name (members of unions with their path) to `[offset in bytes, kind]`. */
  readonly fields: Readonly<Record<string, readonly [offset: number, kind: FieldKind]>>;
}

/** Options of `bpf_object__open_mem` (bpf/libbpf.h). */
export const OBJECT_OPEN_OPTS = {
  struct: "bpf_object_open_opts",
  size: 80,
  fields: { sz: [0, "u64"], object_name: [8, "ptr"] },
} as const;

/** Options of `bpf_map_create` (bpf/bpf.h). */
export const MAP_CREATE_OPTS = {
  struct: "bpf_map_create_opts",
  size: 48,
  fields: { sz: [0, "u64"], inner_map_fd: [24, "i32"], map_flags: [28, "u32"], map_extra: [32, "u64"] },
} as const;

/** Options of `bpf_prog_test_run_opts` (bpf/bpf.h). */
export const TEST_RUN_OPTS = {
  struct: "bpf_test_run_opts",
  size: 80,
  fields: {
    sz: [0, "u64"],
    data_in: [8, "ptr"],
    data_out: [16, "ptr"],
    data_size_in: [24, "u32"],
    data_size_out: [28, "u32"],
    ctx_in: [32, "ptr"],
    ctx_out: [40, "ptr"],
    ctx_size_in: [48, "u32"],
    ctx_size_out: [52, "u32"],
    retval: [56, "i32"],
    repeat: [60, "i32"],
    duration: [64, "u32"],
  },
} as const;

/** Options of `bpf_link_create` (bpf/bpf.h). */
export const LINK_CREATE_OPTS = {
  struct: "bpf_link_create_opts",
  size: 64,
  fields: { sz: [0, "u64"], flags: [8, "u32"] },
} as const;

/** Options of `bpf_link_update` (bpf/bpf.h). */
export const LINK_UPDATE_OPTS = {
  struct: "bpf_link_update_opts",
  size: 16,
  fields: { sz: [0, "u64"], flags: [8, "u32"], old_prog_fd: [12, "u32"] },
} as const;

/** Options of `bpf_xdp_query` (bpf/libbpf.h). */
export const XDP_QUERY_OPTS = {
  struct: "bpf_xdp_query_opts",
  size: 32,
  fields: {
    sz: [0, "u64"],
    prog_id: [8, "u32"],
    drv_prog_id: [12, "u32"],
    hw_prog_id: [16, "u32"],
    skb_prog_id: [20, "u32"],
    attach_mode: [24, "u8"],
  },
} as const;

/** A place for tc filters (bpf/libbpf.h). */
export const TC_HOOK = {
  struct: "bpf_tc_hook",
  size: 24,
  fields: { sz: [0, "u64"], ifindex: [8, "i32"], attach_point: [12, "u32"], parent: [16, "u32"] },
} as const;

/** One tc filter (bpf/libbpf.h). */
export const TC_OPTS = {
  struct: "bpf_tc_opts",
  size: 32,
  fields: {
    sz: [0, "u64"],
    prog_fd: [8, "i32"],
    flags: [12, "u32"],
    prog_id: [16, "u32"],
    handle: [20, "u32"],
    priority: [24, "u32"],
  },
} as const;

/** What the kernel says about a map (linux/bpf.h); the kernel takes any size from its first version's on. */
export const MAP_INFO = {
  struct: "bpf_map_info",
  size: 88,
  fields: {
    type: [0, "u32"],
    id: [4, "u32"],
    key_size: [8, "u32"],
    value_size: [12, "u32"],
    max_entries: [16, "u32"],
    map_flags: [20, "u32"],
    name: [24, "u8"],
  },
} as const;

/** What the kernel says about a program (linux/bpf.h). */
export const PROG_INFO = {
  struct: "bpf_prog_info",
  size: 232,
  fields: {
    type: [0, "u32"],
    id: [4, "u32"],
    tag: [8, "u8"],
    load_time: [40, "u64"],
    nr_map_ids: [52, "u32"],
    map_ids: [56, "ptr"],
    name: [64, "u8"],
    run_time_ns: [192, "u64"],
    run_cnt: [200, "u64"],
    verified_insns: [216, "u32"],
  },
} as const;

/**
 * What the kernel says about a link (linux/bpf.h). A TCX link has `ifindex` and `attach_type` where older headers only
 * know `netns`, whose second member is at the same place.
 */
export const LINK_INFO = {
  struct: "bpf_link_info",
  size: 64,
  fields: {
    type: [0, "u32"],
    id: [4, "u32"],
    prog_id: [8, "u32"],
    "xdp.ifindex": [16, "u32"],
    "netns.attach_type": [20, "u32"],
  },
} as const;

/** The request of interface ioctls (linux/if.h). */
export const IFREQ = {
  struct: "ifreq",
  size: 40,
  fields: { ifr_name: [0, "u8"], "ifr_hwaddr.sa_family": [16, "u16"], ifr_mtu: [16, "i32"] },
} as const;

/** Head of a netlink message (linux/netlink.h). */
export const NLMSGHDR = {
  struct: "nlmsghdr",
  size: 16,
  fields: {
    nlmsg_len: [0, "u32"],
    nlmsg_type: [4, "u16"],
    nlmsg_flags: [6, "u16"],
    nlmsg_seq: [8, "u32"],
    nlmsg_pid: [12, "u32"],
  },
} as const;

/** Body of a tc netlink message (linux/rtnetlink.h). */
export const TCMSG = {
  struct: "tcmsg",
  size: 20,
  fields: {
    tcm_family: [0, "u8"],
    tcm_ifindex: [4, "i32"],
    tcm_handle: [8, "u32"],
    tcm_parent: [12, "u32"],
    tcm_info: [16, "u32"],
  },
} as const;

/** What statfs(2) says about a file system (sys/statfs.h). */
export const STATFS = { struct: "statfs", size: 120, fields: { f_type: [0, "u64"] } } as const;

/** What a file is, statx(2) (linux/stat.h): the same on every architecture. */
export const STATX = {
  struct: "statx",
  size: 256,
  fields: {
    stx_mask: [0, "u32"],
    stx_uid: [20, "u32"],
    stx_mode: [28, "u16"],
    stx_ino: [32, "u64"],
    stx_dev_major: [136, "u32"],
    stx_dev_minor: [140, "u32"],
  },
} as const;

/** A directory entry of readdir(3) (dirent.h); the name ends with a zero byte. */
export const DIRENT = { struct: "dirent", size: 280, fields: { d_type: [18, "u8"], d_name: [19, "u8"] } } as const;

/** Head of capget(2) (linux/capability.h). */
export const CAP_HEADER = {
  struct: "__user_cap_header_struct",
  size: 8,
  fields: { version: [0, "u32"], pid: [4, "i32"] },
} as const;

/** One of the two words of capget(2) (linux/capability.h). */
export const CAP_DATA = {
  struct: "__user_cap_data_struct",
  size: 12,
  fields: { effective: [0, "u32"], permitted: [4, "u32"], inheritable: [8, "u32"] },
} as const;

/** All layouts, for the test. */
export const LAYOUTS: readonly Layout[] = [
  OBJECT_OPEN_OPTS,
  MAP_CREATE_OPTS,
  TEST_RUN_OPTS,
  LINK_CREATE_OPTS,
  LINK_UPDATE_OPTS,
  XDP_QUERY_OPTS,
  TC_HOOK,
  TC_OPTS,
  MAP_INFO,
  PROG_INFO,
  LINK_INFO,
  IFREQ,
  NLMSGHDR,
  TCMSG,
  STATFS,
  STATX,
  DIRENT,
  CAP_HEADER,
  CAP_DATA,
];
