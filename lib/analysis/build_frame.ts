/**
 * The smallest usual frame that has given fields with given values: the headers that they need, and zeros.
 *
 * @module
 */

import type { ConcreteField, LayerName } from "../model/field.ts";
import { allOnes } from "../net/bytes.ts";
import { ETH_P_IPV4, ETH_P_IPV6, IPV6_EXTENSIONS, PORT_PROTOCOLS, VLAN_TPIDS } from "../net/protocol_numbers.ts";

/** A field and its value; host order. */
export type FieldValue = readonly [field: ConcreteField, value: bigint];

/**
 * The frame, in packet order. Where values contradict each other, later ones win or are lost: whoever needs them all looks
 * whether the frame has them.
 */
export function buildFrame(values: readonly FieldValue[]): Uint8Array<ArrayBuffer> {
  const layers = new Set(values.map(([{ layer }]) => layer));
  const family = familyOf(values);
  const type = family === "ipv4" ? ETH_P_IPV4 : family === "ipv6" ? ETH_P_IPV6 : typeOf(values);
  const network = family === undefined ? new Uint8Array(0) : buildIp(family, layers, values);
  const tags = layers.has("cvlan") ? 2 : layers.has("svlan") ? 1 : 0;
  const tpids = VLAN_TPIDS.slice(0, 1);
  const head = fill("eth", Uint8Array.of(2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0, 0), values).subarray(0, 12);
  const parts = [head];
  for (const layer of (["svlan", "cvlan"] as const).slice(0, tags)) {
    const [tpid = 0] = tpids;
    parts.push(fill(layer, Uint8Array.of(tpid >> 8, tpid & 0xff, 0, 0, 0, 0), values).subarray(0, 4));
  }
  return join([...parts, Uint8Array.of(type >> 8, type & 0xff), network]);
}

/** Named by nobody: IEEE's number for experiments. */
const EXPERIMENTAL_TYPE = 0x88b5;
const TCP = 6;

/** Layers above IP. */
const ABOVE_IP: readonly LayerName[] = ["l4proto", "ah", "l4data", "ports"];

function familyOf(values: readonly FieldValue[]): "ipv4" | "ipv6" | undefined {
  for (const [{ layer, family }] of values) {
    if (layer === "ipv4" || layer === "ipv6") return layer;
    if (family !== undefined) return family;
  }
  const types = values.filter(([{ name }]) => name === "eth.type" || name.endsWith(".etype")).map(([, type]) => type);
  if (types.includes(BigInt(ETH_P_IPV6))) return "ipv6";
  const isAbove = values.some(([{ layer }]) => ABOVE_IP.includes(layer));
  // What says nothing of what is inside may as well have IPv4 in it, which readers know best.
  return isAbove || types.length === 0 || types.includes(BigInt(ETH_P_IPV4)) ? "ipv4" : undefined;
}

/** The innermost Ethernet type that is said. */
function typeOf(values: readonly FieldValue[]): number {
  for (const name of ["eth.type", "cvlan.etype", "svlan.etype"]) {
    const said = values.find(([field]) => field.name === name);
    if (said !== undefined) return Number(said[1]);
  }
  return EXPERIMENTAL_TYPE;
}

function buildIp(
  family: "ipv4" | "ipv6",
  layers: ReadonlySet<LayerName>,
  values: readonly FieldValue[],
): Uint8Array<ArrayBuffer> {
  const protocol = protocolOf(values);
  const upper = ["l4data", "ports"].reduce(
    (bytes, layer) => fill(layer as LayerName, bytes, values),
    buildTransport(protocol),
  );
  const withAh = layers.has("ah");
  const ah = withAh
    ? fill("ah", Uint8Array.of(protocol, 1, ...new Array<number>(10).fill(0)), values)
    : new Uint8Array();
  const payload = join([ah, upper]);
  const next = withAh ? IPV6_EXTENSIONS.ah : protocol;
  return join([family === "ipv4" ? ipv4Header(next, payload.length) : ipv6Header(next, payload.length), payload]
    .map((bytes, index) => index === 0 ? fill(family, bytes, values) : bytes));
}

function protocolOf(values: readonly FieldValue[]): number {
  for (const [{ name, protocol }, value] of values) {
    if (protocol !== undefined) return protocol;
    if (PROTOCOL_FIELDS.includes(name) && value !== BigInt(IPV6_EXTENSIONS.ah)) return Number(value);
  }
  return TCP;
}

const PROTOCOL_FIELDS: readonly string[] = ["ip.proto", "ipv6.nxt", "l4.proto", "ipv6.l4.proto"];

/** The header of a protocol, zeros but for what says how long it is; of others the first eight bytes. */
function buildTransport(protocol: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(protocol === TCP ? 20 : PORT_PROTOCOLS.includes(protocol) && protocol !== 17 ? 12 : 8);
  if (protocol === TCP) bytes[12] = 0x50;
  if (protocol === 17) bytes[5] = bytes.length;
  return bytes;
}

/** RFC 791 section 3.1; the checksum is zero. */
function ipv4Header(protocol: number, payloadBytes: number): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(20);
  header.set([0x45, 0, (20 + payloadBytes) >> 8, (20 + payloadBytes) & 0xff, 0, 0, 0, 0, 64, protocol]);
  return header;
}

/** RFC 8200 section 3. */
function ipv6Header(protocol: number, payloadBytes: number): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(40);
  header.set([0x60, 0, 0, 0, payloadBytes >> 8, payloadBytes & 0xff, protocol, 64]);
  return header;
}

/** A header with the values of its layer. */
function fill(
  layer: LayerName,
  header: Uint8Array<ArrayBuffer>,
  values: readonly FieldValue[],
): Uint8Array<ArrayBuffer> {
  for (const [field, value] of values) {
    if (field.layer === layer) writeBits(header, field, value);
  }
  return header;
}

function writeBits(bytes: Uint8Array, { offsetBits, widthBits }: ConcreteField, value: bigint): void {
  const endByte = (offsetBits + widthBits + 7) >> 3;
  const shift = BigInt(endByte * 8 - offsetBits - widthBits);
  let shifted = value << shift;
  let mask = allOnes(widthBits) << shift;
  for (let index = endByte - 1; mask > 0n; index--, shifted >>= 8n, mask >>= 8n) {
    const bits = Number(mask & 0xffn);
    bytes[index] = (bytes[index] as number) & ~bits | Number(shifted & 0xffn) & bits;
  }
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
