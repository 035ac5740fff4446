/**
 * MAC, IPv4 and IPv6 addresses between text and unsigned integers in host order. Parsers give undefined for what is not
 * an address; callers know the place and say so.
 *
 * @module
 */

import ipaddr from "npm:ipaddr.js@2.5.0";
import { bigintToBytes, bytesToBigint } from "./bytes.ts";

/** A MAC address: six bytes of one or two hexadecimal digits with `:` or `-` between them. */
export function parseMac(text: string): bigint | undefined {
  if (!/^[0-9a-fA-F]{1,2}(?:([:-])[0-9a-fA-F]{1,2})(?:\1[0-9a-fA-F]{1,2}){4}$/.test(text)) return undefined;
  return text.split(/[:-]/).reduce((value, part) => (value << 8n) | BigInt(parseInt(part, 16)), 0n);
}

/** `00:11:22:33:44:55`. */
export function formatMac(value: bigint): string {
  return Array.from(bigintToBytes(value, 6), (byte) => byte.toString(16).padStart(2, "0")).join(":");
}

/** An IPv4 address: four decimal bytes, without leading zeros (which some tools read as octal). */
export function parseIpv4(text: string): bigint | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (parts === null) return undefined;
  let value = 0;
  for (const part of parts.slice(1)) {
    if (Number(part) > 255 || (part.length > 1 && part.startsWith("0"))) return undefined;
    value = value * 256 + Number(part);
  }
  return BigInt(value);
}

/** `192.0.2.1`. */
export function formatIpv4(value: bigint): string {
  return bigintToBytes(value, 4).join(".");
}

/** An IPv6 address as RFC 4291 section 2.2 writes it, without a zone. */
export function parseIpv6(text: string): bigint | undefined {
  if (!/^[0-9a-fA-F:.]+$/.test(text) || !text.includes(":")) return undefined;
  // ipaddr.js takes ::192.0.2.1 as ::ffff:192.0.2.1, so it gets the last four bytes as two groups.
  const dotted = /[^:]*\.[^:]*$/.exec(text)?.[0];
  const lowest = dotted === undefined ? 0n : parseIpv4(dotted);
  if (lowest === undefined) return undefined;
  const groups = `${(lowest >> 16n).toString(16)}:${(lowest & 0xffffn).toString(16)}`;
  const all = dotted === undefined ? text : text.slice(0, -dotted.length) + groups;
  if (!ipaddr.IPv6.isValid(all)) return undefined;
  return bytesToBigint(Uint8Array.from(ipaddr.IPv6.parse(all).toByteArray()));
}

/** The canonical text of RFC 5952. */
export function formatIpv6(value: bigint): string {
  return new ipaddr.IPv6([...bigintToBytes(value, 16)]).toRFC5952String();
}
