/**
 * Frames for tests, built header by header from the RFCs and apart from lib: its own constants, its own addresses.
 *
 *     frame(ethernet(), vlan({ id: 100 }), ipv4({ ttl: 64 }), udp({ dst: 53 }))
 *
 * A header names what follows it (Ethernet type, protocol, next header) and counts lengths, unless told otherwise.
 * Checksums are zero: nothing before the IP stack looks at them.
 *
 * @module
 */

import type { Packet } from "../../lib/semantics/dissect.ts";
import { ip4, ip6, mac } from "./addresses.ts";
import { be16, be32, EXPERIMENTAL_PROTOCOL, EXPERIMENTAL_TYPE, type Layer, payload } from "./layer.ts";

export { type Layer, payload } from "./layer.ts";
export * from "./tunnels.ts";

/** The frame of these headers, each inside the one before. */
export function frame(...layers: readonly Layer[]): Packet {
  let above: readonly number[] = [];
  for (let index = layers.length - 1; index >= 0; index--) {
    above = [...layers[index]!.encode(above, layers[index + 1]), ...above];
  }
  return { bytes: Uint8Array.from(above) };
}

/** The frame with only its first `length` bytes captured. */
export function cut(packet: Packet, length: number): Packet {
  if (length > packet.bytes.length) throw new RangeError(`the frame has ${packet.bytes.length} bytes, not ${length}`);
  return { ...packet, bytes: packet.bytes.slice(0, length) };
}

/** The frame with bytes behind its end up to `length` bytes. */
export function pad(packet: Packet, length: number, byte = 0): Packet {
  const bytes = new Uint8Array(Math.max(length, packet.bytes.length)).fill(byte);
  bytes.set(packet.bytes);
  return { ...packet, bytes };
}

/** The frame with its outer VLAN tag in the skb's metadata: for TC only. */
export function inMetadata(tag: VlanTag, packet: Packet): Packet {
  return { ...packet, vlanTag: { tpid: tag.tpid ?? 0x8100, tci: tciOf(tag) } };
}

/** Several headers as one, announced as the first of them is. */
export function stack(first: Layer, ...others: readonly Layer[]): Layer {
  const layers = [first, ...others];
  return {
    ...first,
    encode: (above, next) =>
      layers.reduceRight<readonly number[]>(
        (inner, layer, index) => [...layer.encode(inner, layers[index + 1] ?? next), ...inner],
        above,
      ).slice(0, -above.length || undefined),
  };
}

/** IEEE 802.3. A `type` below 1536 is a length. */
export function ethernet(fields: { dst?: string; src?: string; type?: number } = {}): Layer {
  const { dst = "02:00:00:00:00:0b", src = "02:00:00:00:00:0a", type } = fields;
  return { encode: (_above, next) => [...mac(dst), ...mac(src), ...be16(type ?? next?.type ?? EXPERIMENTAL_TYPE)] };
}

/** A VLAN tag: its TCI as a whole, or in parts. */
export interface VlanTag {
  readonly tpid?: number;
  readonly tci?: number;
  readonly priority?: number;
  readonly dei?: number;
  readonly id?: number;
}

/** IEEE 802.1Q clause 9.6: the TPID is the type before, the TCI is priority 3 bits, DEI 1 bit, VLAN id 12 bits. */
export function vlan(tag: VlanTag & { type?: number } = {}): Layer {
  return {
    type: tag.tpid ?? 0x8100,
    encode: (_above, next) => [...be16(tciOf(tag)), ...be16(tag.type ?? next?.type ?? EXPERIMENTAL_TYPE)],
  };
}

/** What {@link arp} takes: the sender's addresses, the target's, and what is said instead of the truth. */
export interface ArpFields {
  /** 0x0806, or RARP's 0x8035. */
  readonly type?: number;
  readonly hardware?: number;
  readonly protocol?: number;
  readonly hardwareBytes?: number;
  readonly protocolBytes?: number;
  readonly opcode?: number;
  readonly senderMac?: string;
  readonly senderIp?: string;
  readonly targetMac?: string;
  readonly targetIp?: string;
}

/** RFC 826: a request for an IPv4 address unless told otherwise. */
export function arp(fields: ArpFields = {}): Layer {
  const { hardware = 1, protocol = 0x0800, hardwareBytes = 6, protocolBytes = 4, opcode = 1 } = fields;
  const { senderMac = "02:00:00:00:00:0a", senderIp = "192.0.2.1" } = fields;
  const { targetMac = "00:00:00:00:00:00", targetIp = "192.0.2.2" } = fields;
  return payload([
    ...be16(hardware),
    ...be16(protocol),
    hardwareBytes,
    protocolBytes,
    ...be16(opcode),
    ...[...mac(senderMac), ...ip4(senderIp)],
    ...[...mac(targetMac), ...ip4(targetIp)],
  ], { type: fields.type ?? 0x0806 });
}

/** What {@link mpls} takes. */
export interface LabelFields {
  readonly label?: number;
  readonly exp?: number;
  /** 1 for the last entry; it is when no other follows, unless told otherwise. */
  readonly bottom?: number;
  readonly ttl?: number;
}

/** An entry of the label stack, RFC 3032 section 2.1: label 20 bits, traffic class 3, bottom of stack 1, TTL 8. */
export function mpls(fields: LabelFields = {}): Layer {
  const { label = 16, exp = 0, ttl = 64 } = fields;
  return {
    type: 0x8847,
    encode: (_above, next) => {
      const bottom = fields.bottom ?? (next?.type === 0x8847 ? 0 : 1);
      return be32(label * 2 ** 12 + exp * 2 ** 9 + bottom * 2 ** 8 + ttl);
    },
  };
}

/** What {@link pppoe} takes. */
export interface PppoeFields {
  readonly session?: number;
  /** The PPP protocol; that of the IP family that follows unless told otherwise. */
  readonly protocol?: number;
  /** Version and type. */
  readonly versionType?: number;
  readonly code?: number;
  readonly length?: number;
}

/** A session's header and the PPP protocol: RFC 2516 section 4, RFC 1661 section 2. */
export function pppoe(fields: PppoeFields = {}): Layer {
  const { session = 1, versionType = 0x11, code = 0 } = fields;
  return {
    type: 0x8864,
    encode: (above, next) => [
      ...[versionType, code],
      ...be16(session),
      ...be16(fields.length ?? 2 + above.length),
      ...be16(fields.protocol ?? (next?.type === 0x86dd ? 0x0057 : 0x0021)),
    ],
  };
}

/** IEEE 802.1Q clause 21.4: a continuity check unless told otherwise, its flags and the offset of its first TLV. */
export function cfm(fields: { level?: number; version?: number; opcode?: number } = {}): Layer {
  const { level = 0, version = 0, opcode = 1 } = fields;
  return payload([level << 5 | version, opcode, 0x04, 70], { type: 0x8902 });
}

/** What {@link ipv4} takes. */
export interface Ipv4Fields {
  readonly src?: string;
  readonly dst?: string;
  /** The whole TOS byte. */
  readonly tos?: number;
  readonly ttl?: number;
  readonly proto?: number;
  /** Bytes between the fixed header and the payload; a multiple of four. */
  readonly options?: readonly number[];
  /** Fragment offset, in units of eight bytes. */
  readonly fragmentOffset?: number;
  readonly moreFragments?: boolean;
  readonly dontFragment?: boolean;
  readonly version?: number;
  readonly ihl?: number;
  readonly totalLength?: number;
  readonly id?: number;
  /** The bit that no packet should have: RFC 791 section 3.1, RFC 3514. */
  readonly reservedFlag?: boolean;
}

/** RFC 791 section 3.1. */
export function ipv4(fields: Ipv4Fields = {}): Layer {
  const { src = "192.0.2.1", dst = "198.51.100.2", tos = 0, ttl = 64, options = [], fragmentOffset = 0 } = fields;
  const flags = (fields.reservedFlag ? 0x8000 : 0) | (fields.dontFragment ? 0x4000 : 0) |
    (fields.moreFragments ? 0x2000 : 0);
  const header = 20 + options.length;
  return {
    type: 0x0800,
    protocol: 4,
    encode: (above, next) => [
      (fields.version ?? 4) << 4 | (fields.ihl ?? header / 4),
      tos,
      ...be16(fields.totalLength ?? header + above.length),
      ...be16(fields.id ?? 0x1234),
      ...be16(flags | fragmentOffset),
      ttl,
      fields.proto ?? next?.protocol ?? EXPERIMENTAL_PROTOCOL,
      ...[0, 0],
      ...ip4(src),
      ...ip4(dst),
      ...options,
    ],
  };
}

/** What {@link ipv6} takes. */
export interface Ipv6Fields {
  readonly src?: string;
  readonly dst?: string;
  readonly tclass?: number;
  readonly flowLabel?: number;
  readonly nxt?: number;
  readonly hlim?: number;
  readonly version?: number;
  readonly payloadLength?: number;
}

/** RFC 8200 section 3. */
export function ipv6(fields: Ipv6Fields = {}): Layer {
  const { src = "2001:db8::1", dst = "2001:db8::2", tclass = 0, flowLabel = 0, hlim = 64, version = 6 } = fields;
  return {
    type: 0x86dd,
    protocol: 41,
    encode: (above, next) => [
      ...be32(version * 2 ** 28 + tclass * 2 ** 20 + flowLabel),
      ...be16(fields.payloadLength ?? above.length),
      fields.nxt ?? next?.protocol ?? EXPERIMENTAL_PROTOCOL,
      hlim,
      ...ip6(src),
      ...ip6(dst),
    ],
  };
}

/** What every extension header takes: its size in bytes, and what it says instead of the truth. */
export interface ExtensionFields {
  readonly size?: number;
  readonly next?: number;
  readonly lengthByte?: number;
}

/** RFC 8200 section 4: next header, length in units of eight bytes beyond the first, and a PadN option (RFC 8200 4.2). */
export function extension(protocol: number, fields: ExtensionFields = {}): Layer {
  const { size = 8, lengthByte = size / 8 - 1 } = fields;
  const padding = new Array<number>(size - 4).fill(0);
  return {
    protocol,
    encode: (
      _above,
      next,
    ) => [fields.next ?? next?.protocol ?? EXPERIMENTAL_PROTOCOL, lengthByte, 1, size - 4, ...padding],
  };
}

/** Hop-by-hop options, RFC 8200 section 4.3. */
export const hopByHop = (fields: ExtensionFields = {}): Layer => extension(0, fields);
/** Routing, RFC 8200 section 4.4. */
export const routing = (fields: ExtensionFields = {}): Layer => extension(43, fields);
/** Destination options, RFC 8200 section 4.6. */
export const destination = (fields: ExtensionFields = {}): Layer => extension(60, fields);
/** Mobility, RFC 6275 section 6.1. */
export const mobility = (fields: ExtensionFields = {}): Layer => extension(135, fields);
/** Host identity protocol, RFC 7401 section 5.1. */
export const hip = (fields: ExtensionFields = {}): Layer => extension(139, fields);
/** Shim6, RFC 5533 section 5.1. */
export const shim6 = (fields: ExtensionFields = {}): Layer => extension(140, fields);

/** RFC 8200 section 4.5: offset in units of eight bytes. The second byte is reserved, not a length. */
export function fragment(fields: { offset?: number; more?: boolean; next?: number; reserved?: number } = {}): Layer {
  const { offset = 0, more = false, reserved = 0 } = fields;
  return {
    protocol: 44,
    encode: (_above, next) => [
      fields.next ?? next?.protocol ?? EXPERIMENTAL_PROTOCOL,
      reserved,
      ...be16(offset << 3 | (more ? 1 : 0)),
      ...[0xde, 0xad, 0xbe, 0xef],
    ],
  };
}

/** RFC 4302 section 2: its length is in units of four bytes, less two. */
export function ah(fields: { spi?: number; size?: number; next?: number; lengthByte?: number } = {}): Layer {
  const { spi = 0x100, size = 24, lengthByte = size / 4 - 2 } = fields;
  const rest = new Array<number>(size - 8).fill(0x5a);
  return {
    protocol: 51,
    encode: (_above, next) => [
      fields.next ?? next?.protocol ?? EXPERIMENTAL_PROTOCOL,
      lengthByte,
      ...[0, 0],
      ...be32(spi),
      ...rest,
    ],
  };
}

/** RFC 4303 section 2: what follows the sequence number is encrypted. */
export function esp(fields: { spi?: number } = {}): Layer {
  return payload([...be32(fields.spi ?? 0x200), ...be32(1), ...new Array<number>(16).fill(0xe5)], { protocol: 50 });
}

/** RFC 3931 section 4.1.1.1: a session of L2TPv3 over IP, with a cookie of four bytes. */
export function l2tp(fields: { session?: number } = {}): Layer {
  return payload([...be32(fields.session ?? 1), 0xc0, 0x0c, 0x1e, 0x00], { protocol: 115 });
}

/** Source and destination port. */
export interface Ports {
  readonly src?: number;
  readonly dst?: number;
}

/** RFC 9293 section 3.1: twelve bits of flags, the data offset in words. */
export function tcp(
  fields: Ports & { flags?: number; options?: readonly number[]; dataOffset?: number } = {},
): Layer {
  const { flags = 0x02, options = [], dataOffset = 5 + options.length / 4 } = fields;
  const word = be16(dataOffset << 12 | flags);
  return transport(6, fields, () => [...be32(1), ...be32(0), ...word, 0xff, 0xff, 0, 0, 0, 0, ...options]);
}

/** RFC 768. */
export function udp(fields: Ports & { length?: number } = {}): Layer {
  return transport(17, fields, (above) => [...be16(fields.length ?? 8 + above.length), 0, 0]);
}

/** RFC 3828: a UDP whose length is the checksum's coverage. */
export function udplite(fields: Ports = {}): Layer {
  return transport(136, fields, () => [0, 8, 0, 0]);
}

/** RFC 9260 section 3.1: the common header. */
export function sctp(fields: Ports = {}): Layer {
  return transport(132, fields, () => [...be32(0xcafe), ...be32(0)]);
}

/** RFC 4340 section 5.1: the short generic header. */
export function dccp(fields: Ports = {}): Layer {
  return transport(33, fields, () => [3, 0, 0, 0, 0, 0, 0, 1]);
}

/** RFC 792: an echo request unless told otherwise. */
export function icmp(fields: { type?: number; code?: number } = {}): Layer {
  return payload([fields.type ?? 8, fields.code ?? 0, 0, 0, 0, 1, 0, 1], { protocol: 1 });
}

/** RFC 4443: an echo request unless told otherwise. */
export function icmpv6(fields: { type?: number; code?: number } = {}): Layer {
  return payload([fields.type ?? 128, fields.code ?? 0, 0, 0, 0, 1, 0, 1], { protocol: 58 });
}

function transport(protocol: number, ports: Ports, rest: (above: readonly number[]) => readonly number[]): Layer {
  const { src = 40000, dst = 443 } = ports;
  return { protocol, encode: (above) => [...be16(src), ...be16(dst), ...rest(above)] };
}

function tciOf(tag: VlanTag): number {
  return tag.tci ?? (tag.priority ?? 0) << 13 | (tag.dei ?? 0) << 12 | (tag.id ?? 1);
}
