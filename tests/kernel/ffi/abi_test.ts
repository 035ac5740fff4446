import assert from "node:assert/strict";
import { type FieldKind, LAYOUTS } from "../../../lib/kernel/ffi/abi.ts";
import * as constants from "../../../lib/kernel/ffi/constants.ts";
import { kernelTest, run } from "../support.ts";

const WIDTHS: Readonly<Record<FieldKind, number>> = { u8: 1, u16: 2, i32: 4, u32: 4, u64: 8, ptr: 8 };

const HEADERS = [
  "stddef.h",
  "stdio.h",
  "fcntl.h",
  "dirent.h",
  "sched.h",
  "sys/socket.h",
  "sys/syscall.h",
  "sys/vfs.h",
  "net/if.h",
  "linux/bpf.h",
  "linux/capability.h",
  "linux/if_link.h",
  "linux/magic.h",
  "linux/membarrier.h",
  "linux/netlink.h",
  "linux/pkt_sched.h",
  "linux/rtnetlink.h",
  "linux/sockios.h",
  "linux/stat.h",
  "bpf/bpf.h",
  "bpf/libbpf.h",
];

/** Values of C expressions, by the native compiler. */
function evaluateC(expressions: readonly string[]): number[] {
  const dir = Deno.makeTempDirSync();
  try {
    const prints = expressions.map((one) => `printf("%llu\\n", (unsigned long long)(${one}));`).join("\n");
    const includes = HEADERS.map((one) => `#include <${one}>`).join("\n");
    Deno.writeTextFileSync(`${dir}/abi.c`, `#define _GNU_SOURCE\n${includes}\nint main(void) {\n${prints}\n}\n`);
    const { success, stderr } = run("clang", ["-w", `${dir}/abi.c`, "-o", `${dir}/abi`]);
    if (!success) throw new Error(stderr);
    const { stdout } = run(`${dir}/abi`, []);
    return new TextDecoder().decode(stdout).trim().split("\n").map(Number);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

kernelTest("LAYOUTS has the offsets and widths that clang sees", () => {
  const rows = LAYOUTS.flatMap((layout) =>
    Object.entries(layout.fields).map(([field, [offset, kind]]) => ({ struct: layout.struct, field, offset, kind }))
  );
  const offsets = evaluateC(rows.map(({ struct, field }) => `offsetof(struct ${struct}, ${field})`));
  const sizes = evaluateC(rows.map(({ struct, field }) => `sizeof(((struct ${struct} *)0)->${field})`));
  for (const [index, row] of rows.entries()) {
    assert.equal(row.offset, offsets[index], `offset of ${row.struct}.${row.field}`);
    if (row.kind !== "u8") assert.equal(WIDTHS[row.kind], sizes[index], `width of ${row.struct}.${row.field}`);
  }
});

kernelTest("LAYOUTS has sizes that hold every field and that the kernel's headers do not fall below", () => {
  // A member that newer headers add makes their struct larger; ours is passed with its size.
  const growing = ["bpf_map_info", "bpf_prog_info", "bpf_link_info", "bpf_link_create_opts", "bpf_xdp_query_opts"];
  const sizes = evaluateC(LAYOUTS.map(({ struct }) => `sizeof(struct ${struct})`));
  for (const [index, layout] of LAYOUTS.entries()) {
    if (growing.includes(layout.struct)) continue;
    assert.equal(layout.size, sizes[index], `size of ${layout.struct}`);
  }
  for (const layout of LAYOUTS) {
    for (const [field, [offset, kind]] of Object.entries(layout.fields)) {
      assert.ok(offset + WIDTHS[kind] <= layout.size, `${layout.struct}.${field} lies within`);
    }
  }
});

kernelTest("the constants have the values that clang sees", () => {
  const { BPF_MAP_TYPE: map, BPF_MAP_FLAG: flag, SIOC, SOCK, NETLINK, CAPABILITY, XDP_FLAGS, XDP_ATTACHED } = constants;
  const expected: Readonly<Record<string, number>> = {
    BPF_MAP_TYPE_HASH: map.hash,
    BPF_MAP_TYPE_ARRAY: map.array,
    BPF_MAP_TYPE_PROG_ARRAY: map.progArray,
    BPF_MAP_TYPE_PERCPU_HASH: map.percpuHash,
    BPF_MAP_TYPE_PERCPU_ARRAY: map.percpuArray,
    BPF_MAP_TYPE_LRU_HASH: map.lruHash,
    BPF_MAP_TYPE_LRU_PERCPU_HASH: map.lruPercpuHash,
    BPF_MAP_TYPE_LPM_TRIE: map.lpmTrie,
    BPF_MAP_TYPE_ARRAY_OF_MAPS: map.arrayOfMaps,
    BPF_MAP_TYPE_HASH_OF_MAPS: map.hashOfMaps,
    BPF_MAP_TYPE_RINGBUF: map.ringbuf,
    BPF_F_NO_PREALLOC: flag.noPrealloc,
    BPF_F_RDONLY_PROG: flag.readOnlyForPrograms,
    BPF_F_MMAPABLE: flag.mmapable,
    BPF_F_INNER_MAP: flag.innerMap,
    BPF_PROG_TYPE_SCHED_CLS: constants.BPF_PROG_TYPE.schedCls,
    BPF_PROG_TYPE_XDP: constants.BPF_PROG_TYPE.xdp,
    BPF_LINK_TYPE_XDP: constants.BPF_LINK_TYPE.xdp,
    BPF_XDP: constants.BPF_ATTACH_TYPE.xdp,
    BPF_F_REPLACE: constants.BPF_F_REPLACE,
    XDP_FLAGS_SKB_MODE: XDP_FLAGS.skbMode,
    XDP_FLAGS_DRV_MODE: XDP_FLAGS.drvMode,
    XDP_FLAGS_HW_MODE: XDP_FLAGS.hwMode,
    XDP_ATTACHED_NONE: XDP_ATTACHED.none,
    BPF_TC_INGRESS: constants.BPF_TC.ingress,
    BPF_TC_EGRESS: constants.BPF_TC.egress,
    BPF_TC_F_REPLACE: constants.BPF_TC_F_REPLACE,
    "TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS)": constants.CLSACT_PARENT.ingress,
    "TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS)": constants.CLSACT_PARENT.egress,
    TC_H_CLSACT: constants.TC_H_CLSACT,
    RTM_GETQDISC: NETLINK.getQdisc,
    TCA_KIND: NETLINK.attributeKind,
    BPF_FS_MAGIC: constants.BPF_FS_MAGIC,
    SIOCGIFMTU: SIOC.getMtu,
    SIOCGIFHWADDR: SIOC.getHardwareAddress,
    AF_INET: constants.AF.inet,
    AF_NETLINK: constants.AF.netlink,
    SOCK_DGRAM: SOCK.datagram,
    SOCK_RAW: SOCK.raw,
    SOCK_CLOEXEC: SOCK.closeOnExec,
    RTM_NEWTFILTER: NETLINK.newFilter,
    RTM_GETTFILTER: NETLINK.getFilter,
    NLMSG_ERROR: NETLINK.error,
    NLMSG_DONE: NETLINK.done,
    NLM_F_REQUEST: NETLINK.request,
    NLM_F_DUMP: NETLINK.dump,
    F_DUPFD_CLOEXEC: constants.F_DUPFD_CLOEXEC,
    CLONE_NEWNET: constants.CLONE_NEWNET,
    SYS_membarrier: constants.MEMBARRIER_CALL[Deno.build.arch],
    MEMBARRIER_CMD_GLOBAL: constants.MEMBARRIER_CMD_GLOBAL,
    _LINUX_CAPABILITY_VERSION_3: constants.CAPABILITY_VERSION_3,
    CAP_NET_ADMIN: CAPABILITY.netAdmin,
    CAP_SYS_ADMIN: CAPABILITY.sysAdmin,
    CAP_BPF: CAPABILITY.bpf,
  };
  const names = Object.keys(expected);
  const values = evaluateC(names.map((name) => `(unsigned)(${name})`));
  for (const [index, name] of names.entries()) assert.equal(values[index], expected[name], name);
});
