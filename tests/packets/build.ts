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

/** A header with what a header before it has to say about it. */
export interface Layer {
  /** Ethernet type that announces it. */
  readonly type?: number;
  /** IP protocol that announces it. */
  readonly protocol?: number;
  /** Its bytes, given the bytes above it and the next header. */
  encode(above: readonly number[], next: Layer | undefined): readonly number[];
}

/** Named by nobody: IEEE's and IANA's numbers for experiments. */
const EXPERIMENTAL_TYPE = 0x88b5;
const EXPERIMENTAL_PROTOCOL = 253;

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

/** Bytes as they are, under the type or protocol given. */
export function payload(bytes: readonly number[] = [], announced: { type?: number; protocol?: number } = {}): Layer {
  return { ...announced, encode: () => bytes };
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

/** RFC 826: a request for an IPv4 address. */
export function arp(): Layer {
  const sender = [...mac("02:00:00:00:00:0a"), ...ip4("192.0.2.1")];
  return payload([0, 1, 8, 0, 6, 4, 0, 1, ...sender, 0, 0, 0, 0, 0, 0, ...ip4("192.0.2.2")], { type: 0x0806 });
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
}

/** RFC 791 section 3.1. */
export function ipv4(fields: Ipv4Fields = {}): Layer {
  const { src = "192.0.2.1", dst = "198.51.100.2", tos = 0, ttl = 64, options = [], fragmentOffset = 0 } = fields;
  const flags = (fields.dontFragment ? 0x4000 : 0) | (fields.moreFragments ? 0x2000 : 0);
  const header = 20 + options.length;
  return {
    type: 0x0800,
    protocol: 4,
    encode: (above, next) => [
      (fields.version ?? 4) << 4 | (fields.ihl ?? header / 4),
      tos,
      ...be16(fields.totalLength ?? header + above.length),
      ...[0x12, 0x34],
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

/** Source and destination port. */
export interface Ports {
  readonly src?: number;
  readonly dst?: number;
}

/** RFC 9293 section 3.1, without options. */
export function tcp(fields: Ports & { flags?: number } = {}): Layer {
  const { flags = 0x02 } = fields;
  return transport(6, fields, () => [...be32(1), ...be32(0), 0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
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

/** RFC 2784 section 2: no checksum, version 0. */
export function gre(fields: { type?: number } = {}): Layer {
  return { protocol: 47, encode: (_above, next) => [0, 0, ...be16(fields.type ?? next?.type ?? EXPERIMENTAL_TYPE)] };
}

function transport(protocol: number, ports: Ports, rest: (above: readonly number[]) => readonly number[]): Layer {
  const { src = 40000, dst = 443 } = ports;
  return { protocol, encode: (above) => [...be16(src), ...be16(dst), ...rest(above)] };
}

function tciOf(tag: VlanTag): number {
  return tag.tci ?? (tag.priority ?? 0) << 13 | (tag.dei ?? 0) << 12 | (tag.id ?? 1);
}

function be16(value: number): number[] {
  return [value >> 8 & 0xff, value & 0xff];
}

function be32(value: number): number[] {
  return [value >>> 24, value >>> 16 & 0xff, value >>> 8 & 0xff, value & 0xff];
}
