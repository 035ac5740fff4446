/**
 * Makes examples/web.pcap, a packet or two for each rule of examples/web.kefir: `deno run -A examples/make_pcap.ts`.
 *
 * Addresses are those for documentation: RFC 5737, RFC 3849. Checksums are zero, which no filter looks at.
 *
 * @module
 */

import { encodePcap, parseHex } from "../mod.ts";

const SERVER = "203.0.113.80";
const SERVER6 = "2001:db8:80::1";
const TCP = 6;
const UDP = 17;
const ICMPV6 = 58;

const FRAMES: readonly string[] = [
  ethernet("0806", "0001 0800 0604 0001 020000000001 c6336401 000000000000 cb007150"),
  ipv6({ from: "2001:db8:5::9", protocol: ICMPV6, payload: `8700 0000 00000000 ${address6(SERVER6)}` }),
  ipv4({ from: "10.1.2.3", protocol: TCP, payload: tcp(40_001, 80) }),
  ipv4({ from: "198.51.100.7", protocol: TCP, payload: tcp(40_002, 22) }),
  ipv4({ from: "192.0.2.99", protocol: TCP, payload: tcp(40_003, 22) }),
  ipv6({ from: "2001:db8:5::9", protocol: TCP, payload: tcp(40_004, 22) }),
  ipv6({ from: "2001:db8:bad::1", protocol: TCP, payload: tcp(40_005, 5901) }),
  ipv4({ from: "192.0.2.50", protocol: UDP, payload: udp(11_211, 80, "00000000 00010000") }),
  ipv4({ from: "192.0.2.50", protocol: TCP, payload: tcp(40_006, 80) }),
  ipv4({ from: "192.0.2.50", protocol: TCP, payload: tcp(40_007, 81) }),
  ipv4({ from: "192.0.2.123", protocol: UDP, payload: udp(123, 123, "1700032a 00000000") }),
  ipv6({ from: "2001:db8:1::5", protocol: TCP, payload: tcp(40_008, 443) }),
  ipv4({ from: "198.51.100.66", ttl: 3, protocol: UDP, payload: udp(53, 40_009, ""), tag: "8100 0064" }),
  ipv4({ from: "198.51.100.66", ttl: 64, protocol: UDP, payload: udp(53, 40_010, ""), tag: "8100 0064" }),
  ipv4({ from: "198.51.100.8", protocol: TCP, payload: tcp(40_011, 443) }),
  // Cut within the IP header: it has no field above Ethernet.
  ipv4({ from: "10.1.2.3", protocol: TCP, payload: tcp(40_012, 22) }).replaceAll(" ", "").slice(0, 2 * 30),
];

const START_NS = 1_767_225_600_000_000_000n; // 2026-01-01 00:00 UTC

const packets = FRAMES.map((frame, index) => {
  const bytes = parseHex(frame);
  if (bytes === undefined) throw new Error(`frame ${index} is not hexadecimal`);
  return { bytes, timestampNs: START_NS + BigInt(index) * 10_000_000n };
});
Deno.writeFileSync(new URL("./web.pcap", import.meta.url), encodePcap(packets));

/** IEEE 802.3, with an 802.1Q tag before the type when there is one. */
function ethernet(type: string, payload: string, tag = ""): string {
  return `020000000050 020000000001 ${tag} ${type} ${payload}`;
}

/** RFC 791. */
function ipv4(packet: { from: string; protocol: number; payload: string; ttl?: number; tag?: string }): string {
  const { from, protocol, payload, ttl = 61, tag } = packet;
  const header = `4500 ${hex(20 + bytesOf(payload), 2)} 0000 4000 ${hex(ttl, 1)} ${hex(protocol, 1)} 0000`;
  return ethernet("0800", `${header} ${address4(from)} ${address4(SERVER)} ${payload}`, tag);
}

/** RFC 8200. */
function ipv6({ from, protocol, payload }: { from: string; protocol: number; payload: string }): string {
  const header = `60000000 ${hex(bytesOf(payload), 2)} ${hex(protocol, 1)} ff`;
  return ethernet("86dd", `${header} ${address6(from)} ${address6(SERVER6)} ${payload}`);
}

/** RFC 9293: a SYN. */
function tcp(source: number, destination: number): string {
  return `${hex(source, 2)} ${hex(destination, 2)} 00000001 00000000 5002 ffff 0000 0000`;
}

/** RFC 768. */
function udp(source: number, destination: number, payload: string): string {
  return `${hex(source, 2)} ${hex(destination, 2)} ${hex(8 + bytesOf(payload), 2)} 0000 ${payload}`;
}

function address4(text: string): string {
  return text.split(".").map((part) => hex(Number(part), 1)).join("");
}

/** RFC 4291 section 2.2, with one `::`. */
function address6(text: string): string {
  const [left = [], right = []] = text.split("::").map((half) => half.split(":").filter((part) => part !== ""));
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => "0");
  return [...left, ...zeros, ...right].map((part) => part.padStart(4, "0")).join("");
}

function hex(value: number, bytes: number): string {
  return value.toString(16).padStart(2 * bytes, "0");
}

function bytesOf(text: string): number {
  return text.replaceAll(" ", "").length / 2;
}
