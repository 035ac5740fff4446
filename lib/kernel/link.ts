/**
 * BPF links: attachments that exist as long as somebody holds their descriptor or pin.
 *
 * @module
 */

import { KernelError } from "../diagnostics/errors.ts";
import { Descriptor } from "./descriptor.ts";
import { LINK_INFO, LINK_UPDATE_OPTS } from "./ffi/abi.ts";
import { BPF_ATTACH_TYPE, BPF_F_REPLACE, BPF_LINK_TYPE } from "./ffi/constants.ts";
import { libbpf } from "./ffi/libbpf.ts";
import { Struct } from "./ffi/struct.ts";
import { checkReturn } from "./gate.ts";
import { openPin, pinDescriptor, readObjectInfo } from "./pin.ts";
import type { BpfProgram } from "./program.ts";

/** The link types that kefir knows by name; anything else is `other`. */
export type LinkType = keyof typeof BPF_LINK_TYPE | "other";

/** What a link attaches where. */
export interface LinkInfo {
  /** The kernel's number of the link. */
  readonly id: number;
  /** What kind of link it is. */
  readonly type: LinkType;
  /** The program that is attached. */
  readonly programId: number;
  /**
   * Interface of an XDP or TCX link, in the network namespace where it was attached, which the kernel does not tell; 0
   * once the link is detached or the interface is gone.
   */
  readonly ifindex: number;
  /** Where a TCX or XDP link attaches. */
  readonly attachType: "xdp" | "ingress" | "egress" | undefined;
}

/**
 * An attachment. Owns a descriptor; disposing closes that. The attachment ends with the last descriptor unless it is
 * pinned: a pinned one stays until {@link BpfLink.detach} or until the pin is removed and nobody holds it.
 */
export class BpfLink implements Disposable {
  /** The kernel's number of the link. */
  readonly id: number;
  /** What kind of link it is. */
  readonly type: LinkType;
  readonly #descriptor: Descriptor;

  /** Takes over a descriptor. Use the attach functions, {@link openLinkById} or {@link openPinnedLink}. */
  constructor(descriptor: Descriptor, info: LinkInfo) {
    this.#descriptor = descriptor;
    this.id = info.id;
    this.type = info.type;
  }

  /** The descriptor, which stays the link's. @throws TypeError when closed */
  get fd(): number {
    return this.#descriptor.fd;
  }

  /** What the link attaches where, now (bpf_obj_get_info_by_fd). */
  info(): LinkInfo {
    return readLinkInfo(this.fd);
  }

  /**
   * Puts another program in place of the attached one, without a moment between (bpf_link_update). Programs may still
   * be running the old one when it returns: see {@link waitForReaders}.
   *
   * @param options `expected`: fail unless this is the program that is attached
   * @throws KernelError when the link is detached (ENOLINK) or holds another program than expected
   */
  update(program: BpfProgram, options: { readonly expected?: BpfProgram } = {}): void {
    const { expected } = options;
    const opts = new Struct(LINK_UPDATE_OPTS);
    if (expected !== undefined) opts.set("flags", BPF_F_REPLACE).set("old_prog_fd", expected.fd);
    checkReturn(libbpf().bpf_link_update(this.fd, program.fd, opts.bytes), {
      operation: "bpf_link_update",
      action: `put program "${program.name}" into`,
      target: `link ${this.id}`,
      hints: {
        EPERM: "another program than the expected one is attached",
        ESTALE: "another program than the expected one is attached",
        ENOLINK: "the link is detached",
        EINVAL: "the program is of another type than the attached one",
      },
    });
  }

  /** Ends the attachment whoever else holds the link or its pin (bpf_link_detach); again does nothing. */
  detach(): void {
    checkReturn(libbpf().bpf_link_detach(this.fd), {
      operation: "bpf_link_detach",
      action: "detach",
      target: `link ${this.id}`,
    });
  }

  /** Gives the link a name on the BPF file system, which keeps it; see {@link pinDescriptor} for the errors. */
  pin(path: string): void {
    pinDescriptor(this.fd, `link ${this.id}`, path);
  }

  /** Closes the descriptor; a second call does nothing. */
  [Symbol.dispose](): void {
    this.#descriptor.close();
  }
}

/** Opens a link by its id (bpf_link_get_fd_by_id). @throws KernelError with ENOENT without one */
export function openLinkById(id: number): BpfLink {
  const fd = libbpf().bpf_link_get_fd_by_id(id);
  return adoptLink(checkReturn(fd, { operation: "bpf_link_get_fd_by_id", action: "open", target: `link ${id}` }));
}

/** Opens a pinned link; see {@link openPin} for the errors. */
export function openPinnedLink(path: string): BpfLink {
  return adoptLink(openPin("link", path));
}

/** Takes over the descriptor of a link, closing it should the kernel refuse to say what it is. */
export function adoptLink(fd: number): BpfLink {
  const descriptor = new Descriptor(fd, "the link");
  try {
    return new BpfLink(descriptor, readLinkInfo(fd));
  } catch (error) {
    descriptor.close();
    throw error;
  }
}

/** Ids of all links of the machine, in every network namespace (bpf_link_get_next_id). */
export function* linkIds(): Generator<number> {
  const next = new Uint32Array(1);
  for (let id = 0;; id = next[0]!) {
    const returned = libbpf().bpf_link_get_next_id(id, next);
    if (returned === -2) return;
    checkReturn(returned, { operation: "bpf_link_get_next_id", action: "list", target: "links" });
    yield next[0]!;
  }
}

/** What all links of the machine attach, in every network namespace; one that vanishes meanwhile is left out. */
export function listLinks(): readonly LinkInfo[] {
  const infos: LinkInfo[] = [];
  for (const id of linkIds()) {
    try {
      using link = openLinkById(id);
      infos.push(link.info());
    } catch (error) {
      if (!(error instanceof KernelError && error.errnoName === "ENOENT")) throw error;
    }
  }
  return infos;
}

function readLinkInfo(fd: number): LinkInfo {
  const info = readObjectInfo(fd, LINK_INFO);
  const type = TYPE_NAMES.get(info.get("type")) ?? "other";
  return {
    id: info.get("id"),
    type,
    programId: info.get("prog_id"),
    ifindex: type === "other" ? 0 : info.get("xdp.ifindex"),
    attachType: attachType(type, info.get("netns.attach_type")),
  };
}

function attachType(type: LinkType, number: number): LinkInfo["attachType"] {
  if (type === "xdp") return "xdp";
  if (type === "other") return undefined;
  return number === BPF_ATTACH_TYPE.tcxIngress ? "ingress" : "egress";
}

const TYPE_NAMES: ReadonlyMap<number, LinkType> = new Map(
  Object.entries(BPF_LINK_TYPE).map(([name, type]) => [type, name as keyof typeof BPF_LINK_TYPE]),
);
