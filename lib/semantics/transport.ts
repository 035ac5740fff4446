/**
 * Dissection above IP: what the first bytes behind the IP header or chain are.
 *
 * @module
 */

import { PORT_PROTOCOLS } from "../net/protocol_numbers.ts";
import type { Found } from "./found.ts";
import { dissectTunnel } from "./tunnels.ts";

/** Adds what is there above IP; returns why it ended before the ports. */
export function dissectTransport(found: Found, offset: number, protocol: number): string | undefined {
  const { bytes, layers, starts } = found;
  const rest = bytes.subarray(offset);
  starts.l4 = rest;
  if (protocol === TCP && rest.length >= 14) layers.tcp = rest.subarray(0, 14);
  if ((protocol === ICMP || protocol === ICMPV6) && rest.length >= 2) layers.icmp = rest.subarray(0, 2);
  dissectTunnel(found, rest, protocol);
  const payload = payloadStart(rest, protocol);
  if (payload !== undefined) starts.payload = rest.subarray(payload);
  if (rest.length < 4) return "fewer than four bytes follow the IP header";
  layers.l4data = rest.subarray(0, 4);
  if (!PORT_PROTOCOLS.includes(protocol)) return "the protocol has no ports";
  layers.ports = layers.l4data;
  return undefined;
}

const ICMP = 1;
const TCP = 6;
const UDP = 17;
const ICMPV6 = 58;
const SCTP = 132;

/** Bytes of the header of TCP (RFC 9293 section 3.1), UDP or SCTP; undefined when it is cut, or of another protocol. */
function payloadStart(rest: Uint8Array, protocol: number): number | undefined {
  const bytes = protocol === UDP ? 8 : protocol === SCTP ? 12 : protocol === TCP ? tcpHeaderBytes(rest) : undefined;
  return bytes !== undefined && bytes <= rest.length ? bytes : undefined;
}

function tcpHeaderBytes(rest: Uint8Array): number | undefined {
  if (rest.length < 14) return undefined;
  const bytes = ((rest[12] as number) >> 4) * 4;
  return bytes >= 20 ? bytes : undefined;
}
