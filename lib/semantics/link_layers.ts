/**
 * Dissection of what an Ethernet type other than IP's announces. IP behind MPLS or PPPoE is not looked into.
 *
 * @module
 */

import { mplsLayer } from "../model/layers.ts";
import { MAX_MPLS_ENTRIES } from "../model/limits.ts";
import {
  ETH_P_ARP,
  ETH_P_CFM,
  ETH_P_MPLS_MC,
  ETH_P_MPLS_UC,
  ETH_P_PPP_SES,
  ETH_P_RARP,
} from "../net/protocol_numbers.ts";
import { type Found, read16 } from "./found.ts";

/** Adds what is there behind an Ethernet type that is not IP's; returns why it ended. */
export function dissectLink(found: Found, start: number, type: number): string {
  switch (type) {
    case ETH_P_ARP:
    case ETH_P_RARP:
      return dissectArp(found, start);
    case ETH_P_MPLS_UC:
    case ETH_P_MPLS_MC:
      return dissectLabelStack(found, start);
    case ETH_P_PPP_SES:
      return dissectSession(found, start);
    case ETH_P_CFM:
      if (start + 2 > found.bytes.length) return "the CFM header is cut";
      found.layers.cfm = found.bytes.subarray(start, start + 2);
      return "it is CFM";
    default:
      return "the Ethernet type is neither IPv4 nor IPv6";
  }
}

/** RFC 826: hardware type Ethernet, protocol type IPv4, and the lengths of their addresses; any operation. */
function dissectArp({ bytes, layers }: Found, start: number): string {
  if (start + 28 > bytes.length) return "the ARP packet is cut";
  const kinds = [1, 0x0800, 6 << 8 | 4];
  if (kinds.some((kind, index) => read16(bytes, start + 2 * index) !== kind)) {
    return "the ARP packet is not of IPv4 over Ethernet";
  }
  layers.arp = bytes.subarray(start, start + 28);
  return "it is ARP";
}

/** RFC 3032 section 2.1: entries of four bytes, up to one whose bottom bit is set. */
function dissectLabelStack({ bytes, layers }: Found, start: number): string {
  for (let entry = 1; entry <= MAX_MPLS_ENTRIES; entry++) {
    const offset = start + 4 * (entry - 1);
    if (offset + 4 > bytes.length) return "the label stack is cut";
    layers[mplsLayer(entry)] = bytes.subarray(offset, offset + 4);
    if (((bytes[offset + 2] as number) & 1) === 1) return "what MPLS carries is not looked into";
  }
  return "the label stack has more entries than are looked at";
}

/** RFC 2516 section 4: version 1, type 1, code 0 of a session, and the first bytes of what it carries. */
function dissectSession({ bytes, layers }: Found, start: number): string {
  if (start + 8 > bytes.length) return "the PPPoE header is cut";
  if (read16(bytes, start) !== 0x1100) return "the PPPoE header is not a session's";
  const protocol = read16(bytes, start + 6);
  // RFC 1661 section 6.5: an odd first byte is a protocol of one byte.
  const isCompressed = (protocol & 0x0100) !== 0;
  layers.pppoe = Uint8Array.of(
    ...bytes.subarray(start, start + 6),
    ...(isCompressed ? [0, protocol >> 8] : bytes.subarray(start + 6, start + 8)),
  );
  return "what PPPoE carries is not looked into";
}
