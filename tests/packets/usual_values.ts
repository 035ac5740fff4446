/**
 * Values of fields that not any value can be of.
 *
 * @module
 */

/** Fields that have only some values in a packet that has them, with one of these. */
export const USUAL_VALUES: Readonly<Record<string, number>> = {
  "frame.len": 100,
  "vlan.count": 2,
  "svlan.tpid": 0x88a8,
  "cvlan.tpid": 0x9100,
  "vlan.tpid": 0x8100,
  "svlan.etype": 0x0800,
  "cvlan.etype": 0x86dd,
  "vlan.etype": 0x0800,
  "ipv6.nxt": 6,
  "ipv6.l4.proto": 17,
  "l4.proto": 17,
  "l3.frag": 3,
  "ppp.protocol": 0x21,
  "gre.flags_and_version": 0x2000,
  "vxlan.flags": 0x08,
  "tunnel.type": 3,
};
