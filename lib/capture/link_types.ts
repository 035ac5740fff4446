/**
 * Names of link types, for messages about captures that cannot be filtered.
 *
 * Source: https://www.tcpdump.org/linktypes.html
 *
 * @module
 */

/** Ethernet, the only link type whose packets a filter can see. */
export const LINK_TYPE_ETHERNET = 1;

const NAMES: ReadonlyMap<number, string> = new Map([
  [0, "BSD loopback"],
  [6, "Token Ring"],
  [8, "SLIP"],
  [9, "PPP"],
  [10, "FDDI"],
  [12, "raw IP"], // DLT_RAW as OpenBSD and some tools write it
  [14, "raw IP"],
  [101, "raw IP"],
  [104, "Cisco HDLC"],
  [105, "IEEE 802.11"],
  [107, "Frame Relay"],
  [108, "OpenBSD loopback"],
  [113, "Linux cooked capture v1"], // what `tcpdump -i any` wrote before libpcap 1.10
  [117, "OpenBSD pflog"],
  [127, "IEEE 802.11 with radiotap"],
  [189, "USB with Linux header"],
  [192, "per-packet information (PPI)"],
  [195, "IEEE 802.15.4"],
  [201, "Bluetooth HCI"],
  [220, "USB with padded Linux header"],
  [227, "CAN"],
  [228, "raw IPv4"],
  [229, "raw IPv6"],
  [239, "NFLOG"],
  [247, "InfiniBand"],
  [253, "Linux netlink"],
  [276, "Linux cooked capture v2"], // what `tcpdump -i any` writes
]);

/** Formats a link type for a message: its name, if known, and its number. */
export function formatLinkType(linkType: number): string {
  const name = NAMES.get(linkType);
  return name === undefined ? `${linkType}` : `${name} (${linkType})`;
}
