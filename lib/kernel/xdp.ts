/**
 * Attaching to XDP: before the kernel has made a packet of the frame.
 *
 * @module
 */

import { LINK_CREATE_OPTS, XDP_QUERY_OPTS } from "./ffi/abi.ts";
import { BPF_ATTACH_TYPE, XDP_ATTACHED, XDP_FLAGS } from "./ffi/constants.ts";
import { libbpf } from "./ffi/libbpf.ts";
import { Struct } from "./ffi/struct.ts";
import { checkReturn, kernelError } from "./gate.ts";
import { formatInterface, interfaceByIndex, interfaceName } from "./interface.ts";
import { adoptLink, type BpfLink, listLinks, openLinkById } from "./link.ts";
import type { BpfProgram } from "./program.ts";

/** Who runs an XDP program: the driver, the network stack on any interface (slower), or the network card. */
export type XdpMode = "native" | "generic" | "offload";

/** Where {@link attachXdp} attaches. */
export interface XdpTarget {
  /** Interface in the calling thread's network namespace. */
  readonly ifindex: number;
  /** Who runs the program. */
  readonly mode: XdpMode;
}

/** The XDP program of an interface. */
export interface XdpStatus {
  /** The program that is attached. */
  readonly programId: number;
  /** Who runs the program. */
  readonly mode: XdpMode;
}

/**
 * Attaches a program to an interface by a link (bpf_link_create with BPF_XDP, kernel 5.9). The attachment ends with the
 * link's last descriptor unless it is pinned.
 *
 * @throws KernelError with EBUSY when the interface has an XDP program, EOPNOTSUPP when its driver does not have the
 * mode, ERANGE or EINVAL when its MTU is too large
 */
export function attachXdp(program: BpfProgram, target: XdpTarget): BpfLink {
  const { ifindex, mode } = target;
  const opts = new Struct(LINK_CREATE_OPTS).set("flags", MODE_FLAGS[mode]);
  const fd = libbpf().bpf_link_create(program.fd, ifindex, BPF_ATTACH_TYPE.xdp, opts.bytes);
  return adoptLink(checkReturn(fd, {
    operation: "bpf_link_create",
    action: `attach "${program.name}" to XDP of`,
    target: formatInterface(ifindex),
    hints: fd < 0 ? attachHints(program, target) : {},
  }));
}

/** The XDP program of an interface, or undefined without one (bpf_xdp_query). */
export function queryXdp(ifindex: number): XdpStatus | undefined {
  const opts = new Struct(XDP_QUERY_OPTS);
  // The struct is ours; libbpf fills it from a netlink answer before it returns.
  const returned = libbpf().bpf_xdp_query(ifindex, 0, opts.bytes);
  const isAttached = returned === 0 && opts.get("attach_mode") !== XDP_ATTACHED.none;
  // libbpf looks through all interfaces, and finds nothing at one that is not there.
  checkReturn(isAttached || returned < 0 || interfaceName(ifindex) !== undefined ? returned : -ENODEV, {
    operation: "bpf_xdp_query",
    action: "ask for the XDP program of",
    target: formatInterface(ifindex),
    hints: NO_INTERFACE,
  });
  if (!isAttached) return undefined;
  // An interface may have programs of several modes at once: the driver sees a frame before the stack does.
  const programs: readonly [XdpMode, number][] = [
    ["offload", opts.get("hw_prog_id")],
    ["native", opts.get("drv_prog_id")],
    ["generic", opts.get("skb_prog_id")],
  ];
  const found = programs.find(([, id]) => id !== 0);
  return found && { mode: found[0], programId: found[1] };
}

/**
 * Removes the XDP program of an interface, whoever attached it: by netlink, or by detaching the link that holds it.
 *
 * @returns what was removed, or undefined when there was nothing
 * @throws KernelError with EBUSY when a link holds it that cannot be told from one of another network namespace
 */
export function detachForeignXdp(ifindex: number): XdpStatus | undefined {
  const status = queryXdp(ifindex);
  if (status === undefined) return undefined;
  const returned = libbpf().bpf_xdp_detach(ifindex, MODE_FLAGS[status.mode], null);
  // EBUSY: a link holds it, and only the link can end it.
  if (returned !== -EBUSY) {
    checkReturn(returned, detachCall("bpf_xdp_detach", ifindex));
    return status;
  }
  detachHoldingLink(ifindex, status);
  return status;
}

const MODE_FLAGS: Readonly<Record<XdpMode, number>> = {
  native: XDP_FLAGS.drvMode,
  generic: XDP_FLAGS.skbMode,
  offload: XDP_FLAGS.hwMode,
};

const EBUSY = 16;
const ENODEV = 19;
const NO_INTERFACE = { ENODEV: "there is no such interface" };

function detachCall(operation: string, ifindex: number): { operation: string; action: string; target: string } {
  return { operation, action: "detach the XDP program of", target: formatInterface(ifindex) };
}

function detachHoldingLink(ifindex: number, status: XdpStatus): void {
  // A link tells its interface by index only, and indices repeat across network namespaces.
  const holders = listLinks().filter((link) =>
    link.type === "xdp" && link.ifindex === ifindex && link.programId === status.programId
  );
  const [holder] = holders;
  if (holder === undefined || holders.length > 1) {
    const hint = holder === undefined
      ? "a link holds it that is not listed"
      : `several links may hold it, of other network namespaces too: ${holders.map((one) => one.id).join(", ")}`;
    throw kernelError(EBUSY, { ...detachCall("bpf_xdp_detach", ifindex), hints: { EBUSY: hint } });
  }
  using link = openLinkById(holder.id);
  link.detach();
}

/** Hints for an attachment that failed; what they say of the interface is what it is now. */
function attachHints(program: BpfProgram, { ifindex, mode }: XdpTarget): Readonly<Record<string, string>> {
  const mtu = interfaceByIndex(ifindex)?.mtu;
  const noMode = mode === "offload"
    ? "the interface's driver does not take programs into its hardware, or this one was not loaded for it"
    : "the interface's driver has no native XDP, or not with these settings (use --mode generic)";
  const mayBeTooLarge = mode === "native" && mtu !== undefined && mtu > LARGEST_COMMON_MTU;
  const tooLarge =
    `the MTU ${mtu === undefined ? "" : `of ${mtu} `}is too large for an XDP program in one buffer, or ` +
    `the peer's is (${LARGEST_COMMON_MTU} fits most drivers, or use --mode generic)`;
  return {
    EBUSY: "another XDP program is attached (use --replace)",
    EEXIST: "an XDP program of another mode is attached (use --replace)",
    ERANGE: tooLarge,
    EOPNOTSUPP: mayBeTooLarge ? `${noMode}; or ${tooLarge}` : noMode,
    // The kernel's one answer to many mistakes, so that the likely one has to be found here.
    EINVAL: mtu === undefined
      ? NO_INTERFACE.ENODEV
      : program.type !== "xdp"
      ? `the program is of type ${program.type}, not xdp`
      : mayBeTooLarge
      ? tooLarge
      : mode === "offload"
      ? noMode
      : "the interface refuses it, or the program was loaded for the hardware of an interface",
  };
}

// A page of 4096 bytes without the headroom for XDP (256), the skb's tail (320) and the Ethernet header: veth's limit.
const LARGEST_COMMON_MTU = 3498;
