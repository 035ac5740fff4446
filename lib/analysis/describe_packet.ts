/**
 * A packet in one line: `VLAN 5 IPv4 TCP 10.1.0.0:40000 > 192.0.2.1:80`.
 *
 * @module
 */

import { formatIpv4, formatIpv6, formatMac } from "../net/address.ts";
import { bytesToBigint } from "../net/bytes.ts";
import { ETHERTYPES, IP_PROTOCOLS, nameOfNumber } from "../net/protocol_numbers.ts";
import type { Dissection, Layers } from "../semantics/dissect.ts";

/** What the packet is, outermost first, and from where to where it goes. */
export function describePacket({ layers, protocol }: Dissection): string {
  const { eth } = layers;
  if (eth === undefined) return "a frame without an Ethernet header";
  const tags = (["svlan", "cvlan"] as const).flatMap((layer) => tagWords(layers, layer));
  const addresses = addressesOf(layers);
  if (addresses === undefined) {
    const [to, from] = [eth.subarray(0, 6), eth.subarray(6, 12)].map((bytes) => formatMac(bytesToBigint(bytes)));
    return [
      ...tags,
      upper(ETHERTYPES, Number(bytesToBigint(layers.ethertype ?? new Uint8Array())), "type"),
      `${from} > ${to}`,
    ]
      .join(" ");
  }
  const { family, from, to } = addresses;
  const words = [...tags, family, ...(protocol === undefined ? [] : [upper(IP_PROTOCOLS, protocol, "protocol")])];
  const { ports } = layers;
  if (ports === undefined) return [...words, `${from} > ${to}`].join(" ");
  const [source, destination] = [ports.subarray(0, 2), ports.subarray(2, 4)].map(bytesToBigint);
  const [open, close] = family === "IPv6" ? ["[", "]"] : ["", ""];
  return [...words, `${open}${from}${close}:${source} > ${open}${to}${close}:${destination}`].join(" ");
}

function tagWords(layers: Layers, layer: "svlan" | "cvlan"): string[] {
  const tag = layers[layer];
  return tag === undefined ? [] : [`VLAN ${bytesToBigint(tag.subarray(2, 4)) & 0xfffn}`];
}

function addressesOf({ ipv4, ipv6 }: Layers) {
  const [family, bytes, at, size, format] = ipv4 !== undefined
    ? ["IPv4", ipv4, 12, 4, formatIpv4] as const
    : ["IPv6", ipv6, 8, 16, formatIpv6] as const;
  if (bytes === undefined) return undefined;
  const [from, to] = [at, at + size].map((start) => format(bytesToBigint(bytes.subarray(start, start + size))));
  return { family, from, to };
}

function upper(names: Readonly<Record<string, number>>, number: number, what: string): string {
  return nameOfNumber(names, number)?.toUpperCase() ?? `${what} ${number}`;
}
