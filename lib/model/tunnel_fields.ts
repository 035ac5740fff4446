/**
 * The fields of tunnels, as they are on the wire: what a packet is wrapped in, before anything takes the wrapping off.
 *
 * @module
 */

import type { ConcreteField } from "./field.ts";
import { at } from "./field_rows.ts";
import type { HeaderName } from "./layers.ts";

const VXLAN = "RFC 7348 section 5";
const GENEVE = "RFC 8926 section 3.4";
const GRE = "RFC 2784 section 2";
const ERSPAN = "IETF draft foschiano-erspan section 4";
const GTP = "3GPP TS 29.281 clause 5.1";
const PDU_SESSION = "3GPP TS 38.415 clause 5.5.2";

/** The rows, by layer. */
export const TUNNEL_FIELDS: readonly ConcreteField[] = [
  at("gre.flags_and_version", "gre", 0, 16, "hex", GRE, "Flags of GRE: checksum 0x8000, key 0x2000, sequence 0x1000"),
  at("gre.proto", "gre", 16, 16, "ethertype", GRE, "Type of what GRE carries"),
  at("gre.key", "grekey", 0, 32, "hex", "RFC 2890 section 2.1", "Key of GRE"),

  ...erspanFields("erspan2", "type II"),
  at("erspan.index", "erspan2", 44, 20, "decimal", ERSPAN, "Index of ERSPAN type II: a port of the source"),
  ...erspanFields("erspan3", "type III"),
  at("erspan.hw_id", "erspan3", 86, 6, "decimal", ERSPAN, "Hardware id of ERSPAN type III"),
  at("erspan.direction", "erspan3", 92, 1, "decimal", ERSPAN, "Direction of ERSPAN type III: 0 ingress, 1 egress"),

  at("vxlan.flags", "vxlan", 0, 8, "hex", VXLAN, "Flags of VXLAN: a network identifier 8, a group policy 0x80"),
  at(
    "vxlan.gbp",
    "vxlan",
    8,
    24,
    "hex",
    "IETF draft smith-vxlan-group-policy section 2.1",
    "Group policy of VXLAN: do not learn 0x400000, policy applied 0x80000, group 0xffff",
  ),
  at("vxlan.vni", "vxlan", 32, 24, "decimal", VXLAN, "Network identifier of VXLAN"),

  at("geneve.opt_len", "geneve", 2, 6, "decimal", GENEVE, "Length of Geneve's options in words of four bytes"),
  at("geneve.proto_type", "geneve", 16, 16, "ethertype", GENEVE, "Type of what Geneve carries"),
  at("geneve.vni", "geneve", 32, 24, "decimal", GENEVE, "Network identifier of Geneve"),

  at("gtp.teid", "gtp", 32, 32, "hex", GTP, "Tunnel endpoint identifier of GTP-U"),
  at("gtp.pdu_type", "gtpext", 0, 4, "decimal", PDU_SESSION, "PDU type of GTP-U's PDU session container"),
  at("gtp.qfi", "gtpext", 10, 6, "decimal", PDU_SESSION, "QoS flow identifier of GTP-U's PDU session container"),

  at(
    "tunnel.type",
    "tunnel",
    0,
    8,
    "decimal",
    "linux/flow_dissector.h, FLOW_DISSECTOR_KEY_ENC_CONTROL",
    "Kind of tunnel: 1 VXLAN, 2 Geneve, 3 GRE, 4 ERSPAN, 5 GTP-U",
  ),
  at(
    "tunnel.id",
    "tunnelid",
    0,
    32,
    "decimal",
    "linux/flow_dissector.h, FLOW_DISSECTOR_KEY_ENC_KEYID",
    "VXLAN's or Geneve's network identifier, GRE's key, ERSPAN's session, GTP-U's endpoint",
  ),
];

/** What both types of ERSPAN begin with. */
function erspanFields(layer: HeaderName & ("erspan2" | "erspan3"), type: string): ConcreteField[] {
  return [
    at(`${layer}.version`, layer, 0, 4, "decimal", ERSPAN, `Version of ERSPAN ${type}`),
    at(`${layer}.spanid`, layer, 22, 10, "decimal", ERSPAN, `Session id of ERSPAN ${type}`),
  ];
}
