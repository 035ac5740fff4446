/**
 * Dissection of tunnels: the headers that a packet is wrapped in, as they are on the wire. What they carry is not looked
 * into.
 *
 * @module
 */

import type { HeaderName } from "../model/layers.ts";
import { type Found, read16 } from "./found.ts";

/** Adds what is there of a tunnel; `rest` is what follows the IP header or chain. */
export function dissectTunnel(found: Found, rest: Uint8Array, protocol: number): void {
  const tunnel = protocol === UDP ? overUdp(rest) : protocol === GRE ? overIp(rest) : undefined;
  if (tunnel === undefined) return;
  const { layers, starts } = found;
  Object.assign(layers, tunnel.headers);
  layers.tunnel = Uint8Array.of(TYPES[tunnel.kind]);
  if (tunnel.id !== undefined) layers.tunnelid = tunnel.id;
  if (tunnel.kind === "geneve") starts.geneve = rest.subarray(8);
}

/** A tunnel that was found. */
interface Tunnel {
  readonly kind: keyof typeof TYPES;
  /** Its headers, and parts of them, as LAYERS describes them. */
  readonly headers: Readonly<Partial<Record<HeaderName, Uint8Array>>>;
  /** The four bytes of its number, when it has one. */
  readonly id?: Uint8Array;
}

const UDP = 17;
const GRE = 47;

/** Numbers of layer `tunnel`. */
const TYPES = { vxlan: 1, geneve: 2, gre: 3, erspan: 4, gtp: 5 } as const;

/** By the port that a datagram goes to: IANA's, and the older one of Linux's VXLAN. */
const UDP_TUNNELS: Readonly<Record<number, (header: Uint8Array) => Tunnel | undefined>> = {
  4789: vxlan,
  8472: vxlan,
  6081: geneve,
  2152: gtp,
};

/** Each needs eight bytes behind the eight of UDP. */
function overUdp(rest: Uint8Array): Tunnel | undefined {
  return rest.length < 16 ? undefined : UDP_TUNNELS[read16(rest, 2)]?.(rest.subarray(8));
}

/** RFC 7348 section 5: without the I flag there is no network identifier. */
function vxlan(header: Uint8Array): Tunnel | undefined {
  if (((header[0] as number) & 0x08) === 0) return undefined;
  return { kind: "vxlan", headers: { vxlan: header.subarray(0, 8) }, id: networkIdentifier(header) };
}

/** RFC 8926 section 3.4: the version is the top two bits. */
function geneve(header: Uint8Array): Tunnel | undefined {
  if ((header[0] as number) >> 6 !== 0) return undefined;
  return { kind: "geneve", headers: { geneve: header.subarray(0, 8) }, id: networkIdentifier(header) };
}

/** 3GPP TS 29.281 clause 5.1: version 1, and GTP rather than GTP'. */
function gtp(header: Uint8Array): Tunnel | undefined {
  const first = header[0] as number;
  if (first >> 5 !== 1 || (first & 0x10) === 0) return undefined;
  const container = pduSession(header);
  const headers = { gtp: header.subarray(0, 8), ...(container && { gtpext: container }) };
  return { kind: "gtp", headers, id: header.subarray(4, 8) };
}

/**
 * The two bytes of a PDU session container (3GPP TS 38.415 clause 5.5.2) when it is the first extension header: announced at
 * byte 11, its length, in words of four bytes, at byte 12.
 */
function pduSession(header: Uint8Array): Uint8Array | undefined {
  const isExtended = ((header[0] as number) & 0x04) !== 0;
  if (!isExtended || header.length < 15 || header[11] !== 0x85 || header[12] === 0) return undefined;
  return header.subarray(13, 15);
}

/** 24 bits before a reserved byte, as 32. */
function networkIdentifier(header: Uint8Array): Uint8Array {
  return Uint8Array.of(0, ...header.subarray(4, 7));
}

/** GRE of version 0, RFC 2784 and 2890, with the flag for routing of RFC 1701; ERSPAN in it. */
function overIp(rest: Uint8Array): Tunnel | undefined {
  if (rest.length < 4) return undefined;
  const flags = read16(rest, 0);
  if ((flags & 0x0007) !== 0) return undefined;
  const [hasChecksum, hasRouting, hasKey, hasSequence] = [0x8000, 0x4000, 0x2000, 0x1000].map((bit) =>
    (flags & bit) !== 0
  );
  let offset = 4;
  if (hasChecksum || hasRouting) offset += 4;
  const key = hasKey && offset + 4 <= rest.length ? rest.subarray(offset, offset + 4) : undefined;
  if (hasKey) offset += 4;
  if (hasSequence) offset += 4;
  const headers = { gre: rest.subarray(0, 4), ...(key && { grekey: key }) };
  // Routing entries, of whatever length, follow.
  const erspan = hasRouting ? undefined : erspanAt(rest.subarray(offset), read16(rest, 2), hasSequence === true);
  if (erspan !== undefined) {
    const session = read16(Object.values(erspan)[0] as Uint8Array, 2) & 0x3ff;
    return {
      kind: "erspan",
      headers: { ...headers, ...erspan },
      id: Uint8Array.of(0, 0, session >> 8, session & 0xff),
    };
  }
  return { kind: "gre", headers, ...(key && { id: key }) };
}

/** ERSPAN of type II or III: draft-foschiano-erspan section 4. Type I, without a sequence number, has no header. */
function erspanAt(bytes: Uint8Array, type: number, hasSequence: boolean): Tunnel["headers"] | undefined {
  if (type === 0x88be && hasSequence && bytes.length >= 8) return { erspan2: bytes.subarray(0, 8) };
  if (type === 0x22eb && bytes.length >= 12) return { erspan3: bytes.subarray(0, 12) };
  return undefined;
}
