/**
 * The case files of all fields, in the order of FIELDS, and of some of the fields of families.
 *
 * @module
 */

import type { FieldCases } from "./field_cases.ts";
import { cases as geneve47 } from "./families/geneve_4_7.ts";
import { cases as geneve810 } from "./families/geneve_8_10.ts";
import { cases as icmp414 } from "./families/icmp_4_14.ts";
import { cases as icmpv613 } from "./families/icmpv6_1_3.ts";
import { cases as ip135 } from "./families/ip_13_5.ts";
import { cases as ip193 } from "./families/ip_19_3.ts";
import { cases as ipv62416 } from "./families/ipv6_24_16.ts";
import { cases as ipv63915 } from "./families/ipv6_39_15.ts";
import { cases as l356 } from "./families/l3_5_6.ts";
import { cases as l401 } from "./families/l4_0_1.ts";
import { cases as l4313 } from "./families/l4_3_13.ts";
import { cases as mpls2Label } from "./families/mpls_2_label.ts";
import { cases as mpls7Ttl } from "./families/mpls_7_ttl.ts";
import { cases as payload05 } from "./families/payload_0_5.ts";
import { cases as payload7012 } from "./families/payload_70_12.ts";
import { cases as sctp1211 } from "./families/sctp_12_11.ts";
import { cases as tcp131 } from "./families/tcp_13_1.ts";
import { cases as tcp209 } from "./families/tcp_20_9.ts";
import { cases as udp42 } from "./families/udp_4_2.ts";
import { cases as udp84 } from "./families/udp_8_4.ts";
import { cases as ahSpi } from "./fields/ah_spi.ts";
import { cases as arpDstHwMac } from "./fields/arp_dst_hw_mac.ts";
import { cases as arpDstProtoIpv4 } from "./fields/arp_dst_proto_ipv4.ts";
import { cases as arpOpcode } from "./fields/arp_opcode.ts";
import { cases as arpSrcHwMac } from "./fields/arp_src_hw_mac.ts";
import { cases as arpSrcProtoIpv4 } from "./fields/arp_src_proto_ipv4.ts";
import { cases as cfmMdLevel } from "./fields/cfm_md_level.ts";
import { cases as cfmOpcode } from "./fields/cfm_opcode.ts";
import { cases as cvlanEtype } from "./fields/cvlan_etype.ts";
import { cases as cvlanId } from "./fields/cvlan_id.ts";
import { cases as cvlanPriority } from "./fields/cvlan_priority.ts";
import { cases as cvlanTci } from "./fields/cvlan_tci.ts";
import { cases as cvlanTpid } from "./fields/cvlan_tpid.ts";
import { cases as erspan2Spanid } from "./fields/erspan2_spanid.ts";
import { cases as erspan2Version } from "./fields/erspan2_version.ts";
import { cases as erspan3Spanid } from "./fields/erspan3_spanid.ts";
import { cases as erspan3Version } from "./fields/erspan3_version.ts";
import { cases as erspanDirection } from "./fields/erspan_direction.ts";
import { cases as erspanHwId } from "./fields/erspan_hw_id.ts";
import { cases as erspanIndex } from "./fields/erspan_index.ts";
import { cases as erspanSpanid } from "./fields/erspan_spanid.ts";
import { cases as erspanVersion } from "./fields/erspan_version.ts";
import { cases as espSpi } from "./fields/esp_spi.ts";
import { cases as ethAddr } from "./fields/eth_addr.ts";
import { cases as ethDst } from "./fields/eth_dst.ts";
import { cases as ethSrc } from "./fields/eth_src.ts";
import { cases as ethType } from "./fields/eth_type.ts";
import { cases as frameLen } from "./fields/frame_len.ts";
import { cases as geneveOptLen } from "./fields/geneve_opt_len.ts";
import { cases as geneveProtoType } from "./fields/geneve_proto_type.ts";
import { cases as geneveVni } from "./fields/geneve_vni.ts";
import { cases as greFlagsAndVersion } from "./fields/gre_flags_and_version.ts";
import { cases as greKey } from "./fields/gre_key.ts";
import { cases as greProto } from "./fields/gre_proto.ts";
import { cases as gtpPduType } from "./fields/gtp_pdu_type.ts";
import { cases as gtpQfi } from "./fields/gtp_qfi.ts";
import { cases as gtpTeid } from "./fields/gtp_teid.ts";
import { cases as icmpCode } from "./fields/icmp_code.ts";
import { cases as icmpType } from "./fields/icmp_type.ts";
import { cases as icmpv6Code } from "./fields/icmpv6_code.ts";
import { cases as icmpv6Type } from "./fields/icmpv6_type.ts";
import { cases as ipAddr } from "./fields/ip_addr.ts";
import { cases as ipDsfield } from "./fields/ip_dsfield.ts";
import { cases as ipDst } from "./fields/ip_dst.ts";
import { cases as ipFlags } from "./fields/ip_flags.ts";
import { cases as ipFlagsDf } from "./fields/ip_flags_df.ts";
import { cases as ipFlagsMf } from "./fields/ip_flags_mf.ts";
import { cases as ipFragOffset } from "./fields/ip_frag_offset.ts";
import { cases as ipId } from "./fields/ip_id.ts";
import { cases as ipL4Data } from "./fields/ip_l4_data.ts";
import { cases as ipL4Dstport } from "./fields/ip_l4_dstport.ts";
import { cases as ipL4Port } from "./fields/ip_l4_port.ts";
import { cases as ipL4Srcport } from "./fields/ip_l4_srcport.ts";
import { cases as ipLen } from "./fields/ip_len.ts";
import { cases as ipProto } from "./fields/ip_proto.ts";
import { cases as ipSrc } from "./fields/ip_src.ts";
import { cases as ipTtl } from "./fields/ip_ttl.ts";
import { cases as ipv6Addr } from "./fields/ipv6_addr.ts";
import { cases as ipv6Dst } from "./fields/ipv6_dst.ts";
import { cases as ipv6Flow } from "./fields/ipv6_flow.ts";
import { cases as ipv6Hlim } from "./fields/ipv6_hlim.ts";
import { cases as ipv6L4Data } from "./fields/ipv6_l4_data.ts";
import { cases as ipv6L4Dstport } from "./fields/ipv6_l4_dstport.ts";
import { cases as ipv6L4Port } from "./fields/ipv6_l4_port.ts";
import { cases as ipv6L4Proto } from "./fields/ipv6_l4_proto.ts";
import { cases as ipv6L4Srcport } from "./fields/ipv6_l4_srcport.ts";
import { cases as ipv6Nxt } from "./fields/ipv6_nxt.ts";
import { cases as ipv6Plen } from "./fields/ipv6_plen.ts";
import { cases as ipv6Src } from "./fields/ipv6_src.ts";
import { cases as ipv6Tclass } from "./fields/ipv6_tclass.ts";
import { cases as l2tpSid } from "./fields/l2tp_sid.ts";
import { cases as l3Dsfield } from "./fields/l3_dsfield.ts";
import { cases as l3Frag } from "./fields/l3_frag.ts";
import { cases as l3Ttl } from "./fields/l3_ttl.ts";
import { cases as l4Data } from "./fields/l4_data.ts";
import { cases as l4Dstport } from "./fields/l4_dstport.ts";
import { cases as l4Port } from "./fields/l4_port.ts";
import { cases as l4Proto } from "./fields/l4_proto.ts";
import { cases as l4Srcport } from "./fields/l4_srcport.ts";
import { cases as mplsBottom } from "./fields/mpls_bottom.ts";
import { cases as mplsExp } from "./fields/mpls_exp.ts";
import { cases as mplsLabel } from "./fields/mpls_label.ts";
import { cases as mplsTtl } from "./fields/mpls_ttl.ts";
import { cases as pppProtocol } from "./fields/ppp_protocol.ts";
import { cases as pppoeSessionId } from "./fields/pppoe_session_id.ts";
import { cases as sctpDstport } from "./fields/sctp_dstport.ts";
import { cases as sctpPort } from "./fields/sctp_port.ts";
import { cases as sctpSrcport } from "./fields/sctp_srcport.ts";
import { cases as svlanEtype } from "./fields/svlan_etype.ts";
import { cases as svlanId } from "./fields/svlan_id.ts";
import { cases as svlanPriority } from "./fields/svlan_priority.ts";
import { cases as svlanTci } from "./fields/svlan_tci.ts";
import { cases as svlanTpid } from "./fields/svlan_tpid.ts";
import { cases as tcpDstport } from "./fields/tcp_dstport.ts";
import { cases as tcpFlags } from "./fields/tcp_flags.ts";
import { cases as tcpPort } from "./fields/tcp_port.ts";
import { cases as tcpSrcport } from "./fields/tcp_srcport.ts";
import { cases as tunnelId } from "./fields/tunnel_id.ts";
import { cases as tunnelType } from "./fields/tunnel_type.ts";
import { cases as udpDstport } from "./fields/udp_dstport.ts";
import { cases as udpPort } from "./fields/udp_port.ts";
import { cases as udpSrcport } from "./fields/udp_srcport.ts";
import { cases as vlanCount } from "./fields/vlan_count.ts";
import { cases as vlanEtype } from "./fields/vlan_etype.ts";
import { cases as vlanId } from "./fields/vlan_id.ts";
import { cases as vlanPriority } from "./fields/vlan_priority.ts";
import { cases as vlanTci } from "./fields/vlan_tci.ts";
import { cases as vlanTpid } from "./fields/vlan_tpid.ts";
import { cases as vxlanFlags } from "./fields/vxlan_flags.ts";
import { cases as vxlanGbp } from "./fields/vxlan_gbp.ts";
import { cases as vxlanVni } from "./fields/vxlan_vni.ts";

/** One entry a field. */
export const ALL_CASES: readonly FieldCases[] = [
  frameLen,
  vlanCount,
  ethDst,
  ethSrc,
  ethType,
  svlanTpid,
  svlanTci,
  svlanPriority,
  svlanId,
  svlanEtype,
  cvlanTpid,
  cvlanTci,
  cvlanPriority,
  cvlanId,
  cvlanEtype,
  arpOpcode,
  arpSrcHwMac,
  arpSrcProtoIpv4,
  arpDstHwMac,
  arpDstProtoIpv4,
  mplsLabel,
  mplsExp,
  mplsBottom,
  mplsTtl,
  pppoeSessionId,
  pppProtocol,
  cfmMdLevel,
  cfmOpcode,
  ipDsfield,
  ipLen,
  ipId,
  ipFlags,
  ipFlagsDf,
  ipFlagsMf,
  ipFragOffset,
  ipTtl,
  ipProto,
  ipSrc,
  ipDst,
  ipv6Tclass,
  ipv6Flow,
  ipv6Plen,
  ipv6Nxt,
  ipv6Hlim,
  ipv6Src,
  ipv6Dst,
  l4Proto,
  ipv6L4Proto,
  l3Frag,
  ahSpi,
  l4Data,
  ipL4Data,
  ipv6L4Data,
  espSpi,
  l2tpSid,
  l4Srcport,
  l4Dstport,
  ipL4Srcport,
  ipL4Dstport,
  ipv6L4Srcport,
  ipv6L4Dstport,
  tcpSrcport,
  tcpDstport,
  udpSrcport,
  udpDstport,
  sctpSrcport,
  sctpDstport,
  tcpFlags,
  icmpType,
  icmpCode,
  icmpv6Type,
  icmpv6Code,
  greFlagsAndVersion,
  greProto,
  greKey,
  erspan2Version,
  erspan2Spanid,
  erspanIndex,
  erspan3Version,
  erspan3Spanid,
  erspanHwId,
  erspanDirection,
  vxlanFlags,
  vxlanGbp,
  vxlanVni,
  geneveOptLen,
  geneveProtoType,
  geneveVni,
  gtpTeid,
  gtpPduType,
  gtpQfi,
  tunnelType,
  tunnelId,
  ethAddr,
  vlanId,
  vlanPriority,
  vlanEtype,
  vlanTci,
  vlanTpid,
  ipAddr,
  ipv6Addr,
  l3Dsfield,
  l3Ttl,
  l4Port,
  ipL4Port,
  ipv6L4Port,
  tcpPort,
  udpPort,
  sctpPort,
  erspanVersion,
  erspanSpanid,
];

/** Fields that are no rows, whose names say where they are. */
export const FAMILY_CASES: readonly FieldCases[] = [
  l356,
  mpls2Label,
  mpls7Ttl,
  ip135,
  ip193,
  ipv62416,
  ipv63915,
  l401,
  l4313,
  tcp131,
  tcp209,
  udp42,
  udp84,
  sctp1211,
  icmp414,
  icmpv613,
  payload05,
  payload7012,
  geneve47,
  geneve810,
];
