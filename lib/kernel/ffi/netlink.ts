/**
 * The one question to rtnetlink that libbpf has no function for.
 *
 * @module
 */

import { NLMSGHDR, TCMSG } from "./abi.ts";
import { AF, CLSACT_PARENT, NETLINK, SOCK } from "./constants.ts";
import { libc, orErrno } from "./libc.ts";
import { Struct } from "./struct.ts";

/** 1 if the clsact qdisc of an interface has a filter in either direction, 0 if it has none, or -errno. */
export function hasTcFilters(ifindex: number): number {
  const socket = orErrno(libc().socket(AF.netlink, SOCK.raw | SOCK.closeOnExec, 0));
  if (socket < 0) return socket;
  try {
    const ingress = dumpFilters(socket, ifindex, CLSACT_PARENT.ingress);
    return ingress !== 0 ? ingress : dumpFilters(socket, ifindex, CLSACT_PARENT.egress);
  } finally {
    libc().close(socket);
  }
}

/** Asks for all filters below `parent` (RTM_GETTFILTER, NLM_F_DUMP) and reads every answer: 1, 0 or -errno. */
function dumpFilters(socket: number, ifindex: number, parent: number): number {
  const head = new Struct(NLMSGHDR)
    .set("nlmsg_len", NLMSGHDR.size + TCMSG.size)
    .set("nlmsg_type", NETLINK.getFilter)
    .set("nlmsg_flags", NETLINK.request | NETLINK.dump);
  const body = new Struct(TCMSG).set("tcm_ifindex", ifindex).set("tcm_parent", parent);
  const request = new Uint8Array([...head.bytes, ...body.bytes]);
  const sent = orErrno(libc().send(socket, request, BigInt(request.length), 0));
  if (sent < 0) return sent;

  // The kernel never sends more than 32 KiB of a dump at once (net/netlink/af_netlink.c).
  const answer = new Uint8Array(1 << 16);
  let found = 0;
  while (true) {
    const length = orErrno(libc().recv(socket, answer, BigInt(answer.length), 0));
    if (length < 0) return length;
    for (const message of messages(answer.subarray(0, length))) {
      if (message.type === NETLINK.done) return found;
      if (message.type === NETLINK.error) return message.code === 0 ? found : message.code;
      if (message.type === NETLINK.newFilter) found = 1;
    }
  }
}

/** The messages of one datagram; `code` is the first word behind the head, which an error message has -errno in. */
function* messages(bytes: Uint8Array): Generator<{ type: number; code: number }> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + NLMSGHDR.size <= bytes.length;) {
    const length = view.getUint32(at + NLMSGHDR.fields.nlmsg_len[0], true);
    const code = at + NLMSGHDR.size + 4 <= bytes.length ? view.getInt32(at + NLMSGHDR.size, true) : 0;
    yield { type: view.getUint16(at + NLMSGHDR.fields.nlmsg_type[0], true), code };
    // Messages begin at multiples of 4.
    at += Math.max(NLMSGHDR.size, Math.ceil(length / 4) * 4);
  }
}
