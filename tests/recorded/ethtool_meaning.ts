/**
 * What a request of ethtool asks the card to match: the structures of linux/ethtool.h, field by field. Apart from
 * kefir's tables, which it judges.
 *
 * @module
 */

import { allOnes } from "../../lib/net/bytes.ts";
import { type Condition, equals } from "./condition.ts";
import type { RuleRequest } from "./record_ethtool.ts";

/** What a request means. */
export interface EthtoolMeaning {
  readonly conditions: readonly Condition[];
  /** `drop`, `pass` (queue 0), `wake`, or where the card puts the packet. */
  readonly action: string;
  /** What is not about the packet, or not the same with every card. */
  readonly others: readonly string[];
}

/** Field, offset in bytes, width in bits; all are in network order. */
type Row = readonly [field: string, offset: number, widthBits: number];

const [FLOW_EXT, FLOW_MAC_EXT, FLOW_RSS] = [0x80000000, 0x40000000, 0x20000000];

/** `struct ethtool_tcpip4_spec` and those of the same shape; `four` is what has the four bytes behind the addresses. */
const ip4 = (four: readonly Row[]): readonly Row[] => [
  ["ip.src", 0, 32],
  ["ip.dst", 4, 32],
  ...four.map(([field, offset, width]): Row => [field, 8 + offset, width]),
  ["ip.dsfield", 12, 8],
];

/** `struct ethtool_tcpip6_spec` and those of the same shape. */
const ip6 = (four: readonly Row[]): readonly Row[] => [
  ["ipv6.src", 0, 128],
  ["ipv6.dst", 16, 128],
  ...four.map(([field, offset, width]): Row => [field, 32 + offset, width]),
  ["ipv6.tclass", 36, 8],
];

const ports = (protocol: string): readonly Row[] => [[`${protocol}.srcport`, 0, 16], [`${protocol}.dstport`, 2, 16]];
const whole = (field: string): readonly Row[] => [[field, 0, 32]];

const IPV4 = equals("eth.type", 16, 0x0800n);
const IPV6 = equals("eth.type", 16, 0x86ddn);
const over4 = (protocol: bigint) => [IPV4, equals("ip.proto", 8, protocol)];
const over6 = (protocol: bigint) => [IPV6, equals("ipv6.l4.proto", 8, protocol)];

/** Flow types by number: what each says by itself, and the fields of its member of `union ethtool_flow_union`. */
export const FLOW_TYPES: ReadonlyMap<number, readonly [implied: readonly Condition[], rows: readonly Row[]]> = new Map([
  [1, [over4(6n), ip4(ports("tcp"))]],
  [2, [over4(17n), ip4(ports("udp"))]],
  [3, [over4(132n), ip4(ports("sctp"))]],
  [5, [over6(6n), ip6(ports("tcp"))]],
  [6, [over6(17n), ip6(ports("udp"))]],
  [7, [over6(132n), ip6(ports("sctp"))]],
  [9, [over4(51n), ip4(whole("ah.spi"))]],
  [10, [over4(50n), ip4(whole("esp.spi"))]],
  // The header may stand anywhere in the chain of IPv6: a condition on its SPI that holds whenever it is there.
  [11, [[IPV6, equals("ah.spi", 32, 0n, 0n)], ip6(whole("ah.spi"))]],
  [12, [over6(50n), ip6(whole("esp.spi"))]],
  // Behind the TOS is ip_ver, which is 1 in every request, and then the protocol.
  [13, [[IPV4], [...ip4(whole("ip.l4.data")), ["ip.proto", 14, 8]]]],
  [14, [[IPV6], [...ip6(whole("ipv6.l4.data")), ["ipv6.l4.proto", 37, 8]]]],
  [18, [[], [["eth.dst", 0, 48], ["eth.src", 6, 48], ["eth.type", 12, 16]]]],
]);

/** What the request means; undefined when it deletes a rule. */
export function meaningOf(request: RuleRequest): EthtoolMeaning | undefined {
  const { flowType, h_u, m_u, h_ext, m_ext, ringCookie } = request;
  if (flowType === undefined || ringCookie === undefined) return undefined;
  const type = FLOW_TYPES.get((flowType & ~(FLOW_EXT | FLOW_MAC_EXT | FLOW_RSS)) >>> 0);
  if (type === undefined) throw new RangeError(`flow type ${flowType}`);
  const [implied, rows] = type;
  const extended: Row[] = [];
  // struct ethtool_flow_ext: two bytes of padding, h_dest, vlan_etype, vlan_tci, data.
  if ((flowType & FLOW_MAC_EXT) !== 0) extended.push(["eth.dst", 2, 48]);
  if ((flowType & FLOW_EXT) !== 0) {
    // The data are whatever a driver makes of them: what kefir says that they are.
    extended.push(["svlan.tpid", 8, 16], ["svlan.tci", 10, 16], [userDefinedBy(rows), 12, 64]);
  }
  return {
    conditions: [...implied, ...conditionsOf(rows, h_u, m_u), ...conditionsOf(extended, h_ext, m_ext)].sort(),
    action: actionOf(ringCookie),
    others: [
      ...((flowType & FLOW_RSS) !== 0 ? [`context ${request.rssContext}`] : []),
    ],
  };
}

/** Where kefir looks for user-def: behind what the flow type reads. */
function userDefinedBy(rows: readonly Row[]): string {
  if (rows.some(([field]) => field === "eth.type")) return "l3[0:8]";
  return rows.some(([field]) => /^(?:tcp|udp|sctp)\./.test(field)) ? "payload[0:8]" : "l4[0:8]";
}

/** Of what is in the structures, the card compares the bits that the mask has: no bit, no condition. */
function conditionsOf(rows: readonly Row[], values: string | undefined, masks: string | undefined): Condition[] {
  return rows.flatMap(([field, offset, widthBits]) => {
    const mask = readNumber(masks, offset, widthBits);
    const value = readNumber(values, offset, widthBits);
    return mask === 0n ? [] : [equals(field, widthBits, value, mask & allOnes(widthBits))];
  });
}

function readNumber(hex = "", offset: number, widthBits: number): bigint {
  const digits = hex.slice(2 * offset, 2 * offset + widthBits / 4);
  return BigInt(`0x${digits.padEnd(widthBits / 4, "0")}`);
}

/** RX_CLS_FLOW_DISC, RX_CLS_FLOW_WAKE, or the queue with the virtual function in the bits from 32 on. */
function actionOf(ringCookie: string): string {
  const cookie = BigInt(`0x${ringCookie}`);
  if (cookie === 0xffffffffffffffffn) return "drop";
  if (cookie === 0xfffffffffffffffen) return "wake";
  return cookie === 0n ? "pass" : `queue ${cookie & 0xffffffffn} of function ${cookie >> 32n}`;
}
