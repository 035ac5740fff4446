/**
 * Names of Ethernet types (IEEE 802 numbers) and of IP protocols (IANA protocol numbers).
 *
 * @module
 */

/** Ethernet types by name; the first name of a number is the one printed. */
export const ETHERTYPES: Readonly<Record<string, number>> = Object.freeze({
  ip: 0x0800,
  ipv4: 0x0800,
  arp: 0x0806,
  rarp: 0x8035,
  ipv6: 0x86dd,
  "802.1q": 0x8100,
  vlan: 0x8100,
  "802.1ad": 0x88a8,
  qinq: 0x88a8,
  mpls: 0x8847,
  mpls_mc: 0x8848,
  pppoe_disc: 0x8863,
  pppoe_ses: 0x8864,
  pppoe: 0x8864,
  eapol: 0x888e,
  lldp: 0x88cc,
  cfm: 0x8902,
  ptp: 0x88f7,
});

/** IP protocols by name; the first name of a number is the one printed. */
export const IP_PROTOCOLS: Readonly<Record<string, number>> = Object.freeze({
  "hop-by-hop": 0,
  icmp: 1,
  igmp: 2,
  ipip: 4,
  tcp: 6,
  udp: 17,
  dccp: 33,
  ipv6: 41,
  gre: 47,
  esp: 50,
  ah: 51,
  icmpv6: 58,
  "ipv6-icmp": 58,
  "no-next": 59,
  ospf: 89,
  pim: 103,
  vrrp: 112,
  l2tp: 115,
  sctp: 132,
  udplite: 136,
});

/** Ethernet types that the dissection reads: linux/if_ether.h. */
export const ETH_P_IPV4 = 0x0800;
export const ETH_P_ARP = 0x0806;
export const ETH_P_RARP = 0x8035;
export const ETH_P_IPV6 = 0x86dd;
export const ETH_P_MPLS_UC = 0x8847;
export const ETH_P_MPLS_MC = 0x8848;
export const ETH_P_PPP_SES = 0x8864;
export const ETH_P_CFM = 0x8902;

/** TPIDs of the VLAN tags that are read: IEEE 802.1Q, 802.1ad, and the older 0x9100 of QinQ. */
export const VLAN_TPIDS: readonly number[] = Object.freeze([0x8100, 0x88a8, 0x9100]);

/** Protocols whose first four bytes are the source and the destination port: TCP, UDP, DCCP, SCTP, UDP-Lite. */
export const PORT_PROTOCOLS: readonly number[] = Object.freeze([6, 17, 33, 132, 136]);

/** IPv6 extension headers, RFC 8200 section 4 and the IANA registry of IPv6 extension header types. */
export const IPV6_EXTENSIONS = Object.freeze(
  { hopByHop: 0, routing: 43, fragment: 44, ah: 51, destination: 60, mobility: 135, hip: 139, shim6: 140 } as const,
);

/** The name of a number in one of the two tables, or undefined. */
export function nameOfNumber(table: Readonly<Record<string, number>>, number: number): string | undefined {
  return Object.keys(table).find((name) => table[name] === number);
}
