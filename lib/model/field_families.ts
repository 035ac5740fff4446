/**
 * Families of fields, whose names say where they are: slices, `BASE[offset:bytes]`, and entries of the label stack below the
 * top one, `mpls[2].label`.
 *
 * @module
 */

import type { ConcreteField } from "./field.ts";
import { at } from "./field_rows.ts";
import { labelStackEntry } from "./label_stack.ts";
import { sliceName, type SliceStart } from "./layers.ts";
import { MAX_MPLS_ENTRIES } from "./limits.ts";

/** What slices may be counted from. */
export interface SliceBase {
  /** As written before the bracket. */
  readonly name: string;
  /** Where it is. */
  readonly start: SliceStart;
  /** The IP protocol that the packet must be of. */
  readonly protocol?: number;
  /** What it is, in a few words. */
  readonly description: string;
}

/** Every base. */
export const SLICE_BASES: readonly SliceBase[] = Object.freeze(
  [
    { name: "l3", start: "l3", description: "what follows Ethernet and the tags, of any type" },
    { name: "ip", start: "ipv4", description: "the IPv4 header" },
    { name: "ipv6", start: "ipv6", description: "the IPv6 header" },
    { name: "l4", start: "l4", description: "what follows the IP header or chain, of any protocol" },
    { name: "tcp", start: "l4", protocol: 6, description: "the TCP header" },
    { name: "udp", start: "l4", protocol: 17, description: "the UDP header" },
    { name: "sctp", start: "l4", protocol: 132, description: "the SCTP header" },
    { name: "icmp", start: "l4", protocol: 1, description: "the ICMP header" },
    { name: "icmpv6", start: "l4", protocol: 58, description: "the ICMPv6 header" },
    { name: "payload", start: "payload", description: "what follows the header of TCP, UDP or SCTP" },
    { name: "geneve", start: "geneve", description: "the Geneve header, options behind its first 8 bytes" },
  ] as const,
);

/** Bytes of the longest slice: what a value has. */
export const SLICE_BYTES = 16;

/** Where slices end at the latest: no frame is longer, but for those that the kernel has yet to cut. */
const SLICE_END = 0xffff;

/** The field of a family that has this name, always the same object; or undefined. */
export function findFamilyField(name: string): ConcreteField | undefined {
  const known = FOUND.get(name);
  if (known !== undefined) return known;
  const field = sliceField(name) ?? stackField(name);
  if (field !== undefined) FOUND.set(name, field);
  return field;
}

/** How a name that looks like one of a family is written, when it does. */
export function familyHint(name: string): string | undefined {
  if (/^mpls\[/.test(name)) return `mpls[2].label to mpls[${MAX_MPLS_ENTRIES}].label; the top entry is mpls.label`;
  const base = SLICE_BASES.find((one) => name.startsWith(`${one.name}[`));
  return base && `${base.name}[offset:bytes], decimal, 1 to ${SLICE_BYTES} bytes`;
}

const FOUND = new Map<string, ConcreteField>();

function sliceField(name: string): ConcreteField | undefined {
  const parts = /^(\w+)\[(0|[1-9]\d{0,4}):([1-9]\d?)\]$/.exec(name);
  const base = SLICE_BASES.find((one) => one.name === parts?.[1]);
  const offsetBytes = Number(parts?.[2]);
  const bytes = Number(parts?.[3]);
  if (base === undefined || bytes > SLICE_BYTES || offsetBytes + bytes > SLICE_END) return undefined;
  const layer = sliceName({ start: base.start, offsetBytes, bytes });
  const description = `${bytes} bytes from byte ${offsetBytes} of ${base.description}`;
  const extras = base.protocol === undefined ? {} : { protocol: base.protocol };
  return at(name, layer, 0, 8 * bytes, "hex", "bytes of the frame, in packet order", description, extras);
}

function stackField(name: string): ConcreteField | undefined {
  const entry = Number(/^mpls\[([2-9])\]\./.exec(name)?.[1]);
  if (!(entry <= MAX_MPLS_ENTRIES)) return undefined;
  return labelStackEntry(entry).find((field) => field.name === name);
}
