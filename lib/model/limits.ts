/**
 * The bounds of dissection, for the reference and for the generated C.
 *
 * @module
 */

/** At most so many IPv6 extension headers are walked. */
export const MAX_IPV6_EXTENSIONS = 8;

/** At most so many VLAN tags are read. */
export const MAX_VLAN_TAGS = 2;

/** At most so many entries of an MPLS label stack are read: FLOW_DIS_MPLS_MAX of net/flow_dissector.h. */
export const MAX_MPLS_ENTRIES = 7;
