/**
 * What stands above IP in a frame that is built: the header of a protocol, or of a tunnel, with given values.
 *
 * @module
 */

import type { LayerName } from "../model/field.ts";
import { layerOf } from "../model/layers.ts";
import { IPV6_EXTENSIONS } from "../net/protocol_numbers.ts";
import { be16, type Bytes, type FieldValue, fillLayer, fillSlices, joinBytes, writeBits } from "./frame_bits.ts";

/** A protocol and the bytes behind the IP header or chain. */
export interface Transport {
  readonly protocol: number;
  readonly bytes: Bytes;
}

/** What the values ask for; TCP when they ask for nothing. */
export function buildTransport(values: readonly FieldValue[]): Transport {
  const tunnel = TUNNELS.find(({ isAsked }) => isAsked(new Set(values.map(([{ layer }]) => layer)), values));
  const protocol = protocolOf(values) ?? tunnel?.protocol ?? TCP;
  if (tunnel?.protocol !== protocol) {
    return { protocol, bytes: fillTransport(headerOf(protocol), protocol, values) };
  }
  const header = tunnel.build(values);
  const id = values.find(([{ layer }]) => layer === "tunnelid");
  if (id !== undefined) writeBits(header, tunnel.id, id[1]);
  return { protocol, bytes: fillTransport(header, protocol, values) };
}

const TCP = 6;
const UDP = 17;
const GRE = 47;
const SCTP = 132;

function fillTransport(header: Bytes, protocol: number, values: readonly FieldValue[]): Bytes {
  for (const layer of ["l4data", "ports", "tcp", "icmp", "gre"] as const) fillLayer(header, values, layer);
  const payload = protocol === TCP ? 20 : protocol === SCTP ? 12 : 8;
  const whole = fillSlices(
    fillSlices(fillSlices(header, values, "l4"), values, "payload", payload),
    values,
    "geneve",
    8,
  );
  if (protocol === UDP) whole.set(be16(whole.length), 4);
  return whole;
}

/** The protocol that the values say, or need. */
function protocolOf(values: readonly FieldValue[]): number | undefined {
  for (const [{ name, protocol }, value] of values) {
    if (protocol !== undefined) return protocol;
    if (PROTOCOL_FIELDS.includes(name) && value !== BigInt(IPV6_EXTENSIONS.ah)) return Number(value);
  }
  for (const [{ layer }] of values) {
    const [protocol, second] = layerOf(layer).protocols ?? [];
    if (protocol !== undefined && (second === undefined || layer === "icmp")) return protocol;
  }
  return undefined;
}

const PROTOCOL_FIELDS: readonly string[] = ["ip.proto", "ipv6.nxt", "l4.proto", "ipv6.l4.proto"];

/** The header of a protocol, zeros but for what says how long it is; of others the first eight bytes. */
function headerOf(protocol: number): Bytes {
  const bytes = new Uint8Array(protocol === TCP ? 20 : protocol === SCTP ? 12 : 8);
  if (protocol === TCP) bytes[12] = 0x50;
  return bytes;
}

/** A tunnel's headers as they are dissected. */
interface TunnelForm {
  readonly protocol: number;
  /** Where its number is. */
  readonly id: { readonly offsetBits: number; readonly widthBits: number };
  isAsked(layers: ReadonlySet<LayerName>, values: readonly FieldValue[]): boolean;
  build(values: readonly FieldValue[]): Bytes;
}

const TUNNELS: readonly TunnelForm[] = [
  {
    protocol: GRE,
    id: { offsetBits: 8 * 8 + 22, widthBits: 10 },
    isAsked: (layers, values) => layers.has("erspan2") || isType(4, values) && !layers.has("erspan3"),
    build: (values) =>
      fillLayer(Uint8Array.of(0x10, 0, 0x88, 0xbe, 0, 0, 0, 0, 0x10, ...zeros(7)), values, "erspan2", 8),
  },
  {
    protocol: GRE,
    id: { offsetBits: 8 * 8 + 22, widthBits: 10 },
    isAsked: (layers) => layers.has("erspan3"),
    build: (values) =>
      fillLayer(Uint8Array.of(0x10, 0, 0x22, 0xeb, 0, 0, 0, 0, 0x20, ...zeros(11)), values, "erspan3", 8),
  },
  {
    protocol: GRE,
    id: { offsetBits: 8 * 4, widthBits: 32 },
    isAsked: (layers, values) => layers.has("gre") || layers.has("grekey") || isType(3, values),
    build: (values) => {
      const hasKey = values.some(([{ layer }]) => layer === "grekey" || layer === "tunnelid");
      return fillLayer(Uint8Array.of(hasKey ? 0x20 : 0, 0, 0x08, 0, ...zeros(4)), values, "grekey", 4);
    },
  },
  {
    protocol: UDP,
    id: { offsetBits: 8 * 12, widthBits: 24 },
    isAsked: (layers, values) =>
      layers.has("geneve") || isType(2, values) || [...layers].some((layer) => layer.startsWith("geneve[")),
    build: (values) =>
      fillLayer(joinBytes(toPort(6081), Uint8Array.of(0, 0, 0x65, 0x58, ...zeros(4))), values, "geneve", 8),
  },
  {
    protocol: UDP,
    id: { offsetBits: 8 * 12, widthBits: 32 },
    // Only GTP-U has numbers of 32 bits, but for GRE's keys.
    isAsked: (layers, values) =>
      layers.has("gtp") || layers.has("gtpext") || isType(5, values) ||
      !layers.has("tunnel") && values.some(([{ layer }, value]) => layer === "tunnelid" && value >= 1n << 24n),
    build: (values) => {
      const isExtended = values.some(([{ layer }]) => layer === "gtpext");
      const extension = isExtended ? [0, 0, 0, 0x85, 1, 0, 0, 0] : [];
      const header = Uint8Array.of(isExtended ? 0x34 : 0x30, 0xff, 0, extension.length, ...zeros(4), ...extension);
      return fillLayer(fillLayer(joinBytes(toPort(2152), header), values, "gtp", 8), values, "gtpext", 21);
    },
  },
  {
    protocol: UDP,
    id: { offsetBits: 8 * 12, widthBits: 24 },
    // VXLAN also stands for any tunnel.
    isAsked: (layers) => layers.has("vxlan") || layers.has("tunnel") || layers.has("tunnelid"),
    build: (values) => fillLayer(joinBytes(toPort(4789), Uint8Array.of(8, ...zeros(7))), values, "vxlan", 8),
  },
];

function isType(type: number, values: readonly FieldValue[]): boolean {
  return values.some(([{ layer }, value]) => layer === "tunnel" && value === BigInt(type));
}

/** A header of UDP. */
function toPort(port: number): Bytes {
  return Uint8Array.of(0, 0, ...be16(port), 0, 0, 0, 0);
}

function zeros(count: number): number[] {
  return new Array<number>(count).fill(0);
}
