/**
 * The two questions to rtnetlink that libbpf has no function for.
 *
 * @module
 */

import { NLMSGHDR, TCMSG } from "./abi.ts";
import { AF, CLSACT_PARENT, NETLINK, SOCK, TC_H_CLSACT } from "./constants.ts";
import { libc, orErrno } from "./libc.ts";
import { readCString } from "./memory.ts";
import { Struct } from "./struct.ts";

/** Whether the clsact qdisc of an interface has a filter in either direction, or -errno. */
export function hasTcFilters(ifindex: number): boolean | number {
  for (const parent of [CLSACT_PARENT.ingress, CLSACT_PARENT.egress]) {
    const filters = dump({ type: NETLINK.getFilter, ifindex, parent });
    if (typeof filters === "number") return filters;
    if (filters.some((one) => one.type === NETLINK.newFilter)) return true;
  }
  return false;
}

/**
 * Kind of the qdisc that holds an interface's filters: `clsact`, or `ingress`, which has no egress; undefined without
 * one, or -errno.
 */
export function filterQdiscKind(ifindex: number): string | undefined | number {
  const qdiscs = dump({ type: NETLINK.getQdisc, ifindex, parent: 0 });
  if (typeof qdiscs === "number") return qdiscs;
  // The kernel answers with the qdiscs of all interfaces.
  return qdiscs.find((one) => one.ifindex === ifindex && one.parent === TC_H_CLSACT)?.kind;
}

/** One tc object of an answer. */
interface TcMessage {
  readonly type: number;
  readonly ifindex: number;
  readonly parent: number;
  /** Its TCA_KIND, such as `bpf` or `clsact`. */
  readonly kind: string;
}

/** Asks for all objects of a type (NLM_F_DUMP) and reads every answer, or gives -errno. */
function dump(query: { type: number; ifindex: number; parent: number }): readonly TcMessage[] | number {
  const head = new Struct(NLMSGHDR)
    .set("nlmsg_len", NLMSGHDR.size + TCMSG.size)
    .set("nlmsg_type", query.type)
    .set("nlmsg_flags", NETLINK.request | NETLINK.dump);
  const body = new Struct(TCMSG).set("tcm_ifindex", query.ifindex).set("tcm_parent", query.parent);
  const request = new Uint8Array([...head.bytes, ...body.bytes]);

  const socket = orErrno(libc().socket(AF.netlink, SOCK.raw | SOCK.closeOnExec, 0));
  if (socket < 0) return socket;
  try {
    // Both arrays are ours; the kernel is done with them when the calls return.
    const sent = orErrno(libc().send(socket, request, BigInt(request.length), 0));
    return sent < 0 ? sent : receive(socket);
  } finally {
    libc().close(socket);
  }
}

function receive(socket: number): readonly TcMessage[] | number {
  // The kernel never sends more than 32 KiB of a dump at once (net/netlink/af_netlink.c).
  const answer = new Uint8Array(1 << 16);
  const found: TcMessage[] = [];
  while (true) {
    const length = orErrno(libc().recv(socket, answer, BigInt(answer.length), 0));
    if (length < 0) return length;
    for (const message of splitMessages(answer.subarray(0, length))) {
      const type = message.getUint16(NLMSGHDR.fields.nlmsg_type[0], true);
      if (type === NETLINK.done) return found;
      // Behind the head is the error number, 0 for a mere acknowledgement.
      if (type === NETLINK.error) return message.getInt32(NLMSGHDR.size, true) || found;
      found.push(readTcMessage(type, message));
    }
  }
}

/** The messages of one datagram, each with its head. */
function* splitMessages(bytes: Uint8Array): Generator<DataView> {
  for (let at = 0; at + NLMSGHDR.size + 4 <= bytes.length;) {
    const rest = new DataView(bytes.buffer, bytes.byteOffset + at, bytes.length - at);
    const length = rest.getUint32(NLMSGHDR.fields.nlmsg_len[0], true);
    if (length < NLMSGHDR.size || length > rest.byteLength) return;
    yield new DataView(rest.buffer, rest.byteOffset, length);
    // Messages begin at multiples of 4.
    at += Math.ceil(length / 4) * 4;
  }
}

function readTcMessage(type: number, message: DataView): TcMessage {
  const fields = NLMSGHDR.size;
  if (message.byteLength < fields + TCMSG.size) return { type, ifindex: 0, parent: 0, kind: "" };
  return {
    type,
    ifindex: message.getInt32(fields + TCMSG.fields.tcm_ifindex[0], true),
    parent: message.getUint32(fields + TCMSG.fields.tcm_parent[0], true),
    kind: readKind(message, fields + TCMSG.size),
  };
}

/** The text of the attribute TCA_KIND; attributes are a length, a type and the value, padded to 4 bytes. */
function readKind(message: DataView, start: number): string {
  for (let at = start; at + 4 <= message.byteLength;) {
    const length = message.getUint16(at, true);
    if (length < 4 || at + length > message.byteLength) return "";
    if (message.getUint16(at + 2, true) === NETLINK.attributeKind) {
      return readCString(new Uint8Array(message.buffer, message.byteOffset + at + 4, length - 4));
    }
    at += Math.ceil(length / 4) * 4;
  }
  return "";
}
