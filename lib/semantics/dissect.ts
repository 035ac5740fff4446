/**
 * Dissection: from the bytes of a frame to the headers it has. Written for clarity; with evaluate.ts it is the
 * definition of what a filter means, and everything faster has to agree with it.
 *
 * @module
 */

import type { HeaderName, SliceStart } from "../model/layers.ts";
import { MAX_IPV6_EXTENSIONS, MAX_VLAN_TAGS } from "../model/limits.ts";
import { ETH_P_IPV4, ETH_P_IPV6, IPV6_EXTENSIONS, VLAN_TPIDS } from "../net/protocol_numbers.ts";
import { type Found, read16 } from "./found.ts";
import { dissectLink } from "./link_layers.ts";
import { dissectTransport } from "./transport.ts";

/** A frame as captured, and the tag that the kernel holds beside it. */
export interface Packet {
  /** The frame from its Ethernet header on, in packet order. */
  readonly bytes: Uint8Array;
  /** The outer VLAN tag when it is in the skb's metadata (TC): host order. */
  readonly vlanTag?: { readonly tpid: number; readonly tci: number };
}

/** The headers that a packet has, each with its bytes in packet order as LAYERS describes them. */
export type Layers = Readonly<Partial<Record<HeaderName, Uint8Array>>>;

/** An extension header of IPv6 that was walked, for people to read. */
export interface ExtensionHeader {
  /** Its number: 0, 43, 44, 51, 60, 135, 139 or 140. */
  readonly protocol: number;
  /** Where it begins in the frame. */
  readonly offsetBytes: number;
}

/** What dissection finds. */
export interface Dissection {
  /** What the packet has. */
  readonly layers: Layers;
  /** What slices are counted from: the frame from there to its end. */
  readonly starts: Readonly<Partial<Record<SliceStart, Uint8Array>>>;
  /** Protocol above IP, when it is known: the same as layer l4proto. */
  readonly protocol?: number;
  /** The IPv6 extension headers that were walked, in order. */
  readonly extensions: readonly ExtensionHeader[];
  /** Why it ended before the ports, in words, when it did. */
  readonly end?: string;
}

/** How packets are read. */
export interface DissectOptions {
  /**
   * Read no VLAN tag, as a program of the flag `noVlan`: one in the frame is an Ethernet type like any that is unknown, so that
   * what is behind it is not seen, and one beside the frame is as if it were not there.
   */
  readonly noVlan?: boolean;
}

/** The headers of a packet. What does not fit in the frame is absent, and so is all above it. */
export function dissect(packet: Packet, { noVlan = false }: DissectOptions = {}): Dissection {
  const { bytes } = packet;
  const found: Found = { bytes, layers: {}, starts: {} };
  const { layers, starts } = found;
  const extensions: ExtensionHeader[] = [];
  const result = (end?: string): Dissection => ({
    layers,
    starts,
    extensions,
    ...(layers.l4proto && { protocol: layers.l4proto[0] as number }),
    ...(end !== undefined && { end }),
  });
  if (bytes.length < 14) return result("the frame is shorter than an Ethernet header");
  layers.eth = bytes.subarray(0, 14);

  let type = read16(bytes, 12);
  let offset = 14;
  let tags = 0;
  if (packet.vlanTag !== undefined && !noVlan) {
    layers.svlan = tagBytes(packet.vlanTag.tpid, packet.vlanTag.tci, type);
    tags = 1;
  }
  while (!noVlan && VLAN_TPIDS.includes(type) && tags < MAX_VLAN_TAGS && offset + 4 <= bytes.length) {
    const following = read16(bytes, offset + 2);
    layers[tags === 0 ? "svlan" : "cvlan"] = tagBytes(type, read16(bytes, offset), following);
    type = following;
    offset += 4;
    tags++;
  }
  layers.ethertype = Uint8Array.of(type >> 8, type & 0xff);
  layers.frame = frameFacts(packet, VLAN_TPIDS.includes(type) && tags === MAX_VLAN_TAGS ? tags + 1 : tags);
  if (VLAN_TPIDS.includes(type) && !noVlan) {
    return result(tags < MAX_VLAN_TAGS ? "a VLAN tag is cut" : "there is a third VLAN tag");
  }
  starts.l3 = bytes.subarray(offset);
  if (type === ETH_P_IPV4) return result(dissectIpv4(found, offset));
  if (type === ETH_P_IPV6) return result(dissectIpv6(found, offset, extensions));
  return result(dissectLink(found, offset, type));
}

/** The fragment kind, as layer l4proto has it: linux/flow_dissector.h, FLOW_DIS_IS_FRAGMENT and FLOW_DIS_FIRST_FRAG. */
const FRAGMENT = { none: 0, later: 1, first: 3 } as const;

/** What is known of the frame, as LAYERS describes it. */
function frameFacts({ bytes, vlanTag }: Packet, tags: number): Uint8Array {
  const facts = new Uint8Array(5);
  new DataView(facts.buffer).setUint32(0, bytes.length + (vlanTag === undefined ? 0 : 4));
  facts[4] = tags;
  return facts;
}

/** Adds what is there of IPv4 and above; returns why it ended early. */
function dissectIpv4(found: Found, start: number): string | undefined {
  const { bytes, layers, starts } = found;
  if (start + 20 > bytes.length) return "the IPv4 header is cut";
  const first = bytes[start] as number;
  const headerBytes = (first & 0x0f) * 4;
  if (first >> 4 !== 4) return "the version is not 4";
  if (headerBytes < 20) return "the IPv4 header length is below 20 bytes";
  if (start + headerBytes > bytes.length) return "the IPv4 options are cut";
  layers.ipv4 = bytes.subarray(start, start + headerBytes);
  starts.ipv4 = bytes.subarray(start);
  const protocol = bytes[start + 9] as number;
  const fragment = read16(bytes, start + 6);
  const isLater = (fragment & 0x1fff) !== 0;
  const isWhole = !isLater && (fragment & 0x2000) === 0;
  layers.l4proto = Uint8Array.of(protocol, isWhole ? FRAGMENT.none : isLater ? FRAGMENT.later : FRAGMENT.first);
  if (isLater) return "it is a later fragment";
  const offset = start + headerBytes;
  if (protocol === IPV6_EXTENSIONS.ah) readAuthentication(found, offset);
  return dissectTransport(found, offset, protocol);
}

/** Adds what is there of IPv6 and above; returns why it ended early. */
function dissectIpv6(found: Found, start: number, extensions: ExtensionHeader[]): string | undefined {
  const { bytes, layers, starts } = found;
  if (start + 40 > bytes.length) return "the IPv6 header is cut";
  if ((bytes[start] as number) >> 4 !== 6) return "the version is not 6";
  layers.ipv6 = bytes.subarray(start, start + 40);
  starts.ipv6 = bytes.subarray(start);
  let next = bytes[start + 6] as number;
  let offset = start + 40;
  let fragment: number = FRAGMENT.none;
  while (isExtension(next)) {
    if (extensions.length === MAX_IPV6_EXTENSIONS) return "there are more than eight extension headers";
    if (next === IPV6_EXTENSIONS.ah) readAuthentication(found, offset);
    // Two bytes tell the length of a header, but none of them is shorter than eight.
    if (offset + 8 > bytes.length) return "an extension header is cut";
    const length = extensionBytes(next, bytes[offset + 1] as number);
    if (offset + length > bytes.length) return "an extension header is cut";
    extensions.push({ protocol: next, offsetBytes: offset });
    const following = bytes[offset] as number;
    if (next === IPV6_EXTENSIONS.fragment) {
      fragment = FRAGMENT.first;
      if (read16(bytes, offset + 2) >> 3 !== 0) {
        layers.l4proto = Uint8Array.of(following, FRAGMENT.later);
        return "it is a later fragment";
      }
    }
    next = following;
    offset += length;
  }
  layers.l4proto = Uint8Array.of(next, fragment);
  return dissectTransport(found, offset, next);
}

/** The first authentication header counts; its first eight bytes have the SPI. */
function readAuthentication({ bytes, layers }: Found, offset: number): void {
  if (layers.ah === undefined && offset + 8 <= bytes.length) layers.ah = bytes.subarray(offset, offset + 8);
}

function isExtension(protocol: number): boolean {
  return Object.values<number>(IPV6_EXTENSIONS).includes(protocol);
}

/** RFC 8200 section 4.3 for most, section 4.5 for fragments, RFC 4302 section 2.2 for AH. */
function extensionBytes(protocol: number, lengthByte: number): number {
  if (protocol === IPV6_EXTENSIONS.fragment) return 8;
  if (protocol === IPV6_EXTENSIONS.ah) return (lengthByte + 2) * 4;
  return (lengthByte + 1) * 8;
}

function tagBytes(tpid: number, tci: number, following: number): Uint8Array {
  return Uint8Array.of(tpid >> 8, tpid & 0xff, tci >> 8, tci & 0xff, following >> 8, following & 0xff);
}
