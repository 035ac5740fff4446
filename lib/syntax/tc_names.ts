/**
 * Names that tc reads for numbers: Ethernet types (iproute2's ll_proto.c), PPP protocols (ppp_proto.c) and the IP
 * protocols of its flower classifier.
 *
 * @module
 */

/** Names of Ethernet types, which tc reads in any case; the first name of a number is the one printed. */
export const TC_ETHERTYPES: ReadonlyMap<string, number> = new Map([
  ["ip", 0x0800],
  ["ipv4", 0x0800],
  ["ipv6", 0x86dd],
  ["arp", 0x0806],
  ["rarp", 0x8035],
  ["802.1q", 0x8100],
  ["802.1ad", 0x88a8],
  ["mpls_uc", 0x8847],
  ["mpls_mc", 0x8848],
  ["ppp_disc", 0x8863],
  ["ppp_ses", 0x8864],
  ["lldp", 0x88cc],
  ["x25", 0x0805],
  ["bpq", 0x08ff],
  ["ieeepup", 0x0a00],
  ["ieeepupat", 0x0a01],
  ["dec", 0x6000],
  ["dna_dl", 0x6001],
  ["dna_rc", 0x6002],
  ["dna_rt", 0x6003],
  ["lat", 0x6004],
  ["diag", 0x6005],
  ["cust", 0x6006],
  ["sca", 0x6007],
  ["teb", 0x6558],
  ["atalk", 0x809b],
  ["aarp", 0x80f3],
  ["ipx", 0x8137],
  ["atmmpoa", 0x884c],
  ["atmfate", 0x8884],
  ["profinet", 0x8892],
  ["aoe", 0x88a2],
  ["ethercat", 0x88a4],
  ["cfm", 0x8902],
  ["tipc", 0x88ca],
]);

/** Names that tc 6.1 does not know yet: they are read, never printed. */
export const TC_LATER_NAMES: ReadonlySet<string> = new Set(["cfm", "l2tp", "esp", "ah"]);

/** The number of `protocol all`, linux/if_ether.h ETH_P_ALL: not a type, but all of them. */
export const ETH_P_ALL = 0x0003;

/** Numbers from here on are Ethernet types; below, the field is the length of an 802.3 frame. */
export const FIRST_ETHERTYPE = 0x0600;

/** Names of what Linux numbers below the Ethernet types: no frame has these numbers in it. */
export const TC_PSEUDO_TYPES: ReadonlySet<string> = new Set([
  ...["loop", "pup", "pupat", "802_3", "ax25", "802_2", "snap", "ddcmp", "wan_ppp", "ppp_mp", "localtalk", "can"],
  ...["ppptalk", "tr_802_2", "mobitex", "control", "irda", "econet"],
]);

/** Names of PPP protocols, linux/ppp_defs.h; in any case. */
export const TC_PPP_PROTOCOLS: ReadonlyMap<string, number> = new Map([
  ["ip", 0x0021],
  ["at", 0x0029],
  ["ipx", 0x002b],
  ["vjc_comp", 0x002d],
  ["vjc_uncomp", 0x002f],
  ["mp", 0x003d],
  ["ipv6", 0x0057],
  ["compfrag", 0x00fb],
  ["comp", 0x00fd],
  ["mpls_uc", 0x0281],
  ["mpls_mc", 0x0283],
  ["ipcp", 0x8021],
  ["atcp", 0x8029],
  ["ipxcp", 0x802b],
  ["ipv6cp", 0x8057],
  ["ccpfrag", 0x80fb],
  ["ccp", 0x80fd],
  // As the header has it: the number of CCP.
  ["mplscp", 0x80fd],
  ["lcp", 0xc021],
  ["pap", 0xc023],
  ["lqr", 0xc025],
  ["cbcp", 0xc029],
  ["chap", 0xc223],
]);

/** A name that `ip_proto` takes. */
export interface TcProtocol {
  readonly name: string;
  readonly number: number;
  /** The family that tc wants with it. */
  readonly family?: "ipv4" | "ipv6";
  /** Whether tc wants the whole name; a beginning will do otherwise. */
  readonly isExact?: boolean;
}

/** The names that `ip_proto` takes, in the order in which tc tries them. */
export const TC_PROTOCOLS: readonly TcProtocol[] = [
  { name: "tcp", number: 6 },
  { name: "udp", number: 17 },
  { name: "sctp", number: 132 },
  { name: "icmp", number: 1, family: "ipv4" },
  { name: "icmpv6", number: 58, family: "ipv6" },
  { name: "l2tp", number: 115, isExact: true },
  { name: "esp", number: 50, isExact: true },
  { name: "ah", number: 51, isExact: true },
];
