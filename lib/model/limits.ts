/**
 * The bounds of dissection, for the reference and for the generated C.
 *
 * @module
 */

/** At most so many IPv6 extension headers are walked. */
export const MAX_IPV6_EXTENSIONS = 8;

/** At most so many VLAN tags are read. */
export const MAX_VLAN_TAGS = 2;
