/**
 * libpcap as another opinion on which packets an expression selects, and where its opinion is about the same question.
 *
 * libpcap looks at fixed offsets: it does not check an IP header before it reads it, does not see through VLAN tags, and
 * reads a port when two bytes are there. Comparisons keep to frames where none of that matters; the frames are told
 * apart here by their bytes alone, not by lib.
 *
 * @module
 */

import { encodePcap } from "../../lib/capture/write_pcap.ts";
import { readCapture } from "../../lib/capture/read_capture.ts";

/** Indexes of the frames that `tcpdump EXPRESSION` selects. */
export function selectedByTcpdump(expression: string, file: string): Set<number> {
  const { success, stdout, stderr } = new Deno.Command("tcpdump", {
    args: ["-r", file, "-w", "-", expression],
  }).outputSync();
  if (!success) throw new Error(`tcpdump ${expression}: ${new TextDecoder().decode(stderr)}`);
  return new Set(readCapture(stdout, expression).packets.map(({ timestampNs }) => Number(timestampNs / 1000n)));
}

/** A capture file of the frames, each with its index for a time in microseconds. */
export function numberedPcap(frames: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return encodePcap(frames.map((bytes, index) => ({ bytes, timestampNs: BigInt(index) * 1000n })));
}

/** Whether tcpdump runs here. */
export function hasTcpdump(): boolean {
  try {
    return new Deno.Command("tcpdump", { args: ["--version"], stdout: "null", stderr: "null" }).outputSync().success;
  } catch {
    return false;
  }
}

/** Frames with an Ethernet header and no VLAN tag. */
export function untagged(frame: Uint8Array): boolean {
  return frame.length >= 14 && ![0x8100, 0x88a8, 0x9100].includes(read16(frame, 12));
}

/** Untagged frames whose IP header, if they announce one, is whole and says what it has to. */
export function sane(frame: Uint8Array): boolean {
  if (!untagged(frame)) return false;
  const first = frame[14] ?? 0;
  switch (read16(frame, 12)) {
    case 0x0800:
      return first >> 4 === 4 && (first & 15) >= 5 && frame.length >= l4Start(frame) && frame.length >= 34;
    case 0x86dd:
      return first >> 4 === 6 && frame.length >= 54;
    default:
      return true;
  }
}

/** Sane frames without extension headers, and with four bytes above IP or none: where libpcap finds the same ports. */
export function withPlainPorts(frame: Uint8Array): boolean {
  if (!sane(frame) || [2, 3].includes(frame.length - l4Start(frame))) return false;
  return read16(frame, 12) !== 0x86dd || !EXTENSIONS.includes(frame[20] ?? 0);
}

/** {@link withPlainPorts}, and of no protocol whose ports libpcap does not know: DCCP and UDP-Lite. */
export function withKnownPorts(frame: Uint8Array): boolean {
  const protocol = read16(frame, 12) === 0x0800 ? frame[23] : frame[20];
  return withPlainPorts(frame) && ![33, 136].includes(protocol ?? 0);
}

/** Sane frames of IPv4 without options, or of IPv6 without extension headers, and so many bytes above. */
export function withBytesAbove(count: number): (frame: Uint8Array) => boolean {
  return (frame) => {
    const isIp = [0x0800, 0x86dd].includes(read16(frame, 12));
    if (!sane(frame) || read16(frame, 12) === 0x0800 && frame[14] !== 0x45) return false;
    if (read16(frame, 12) === 0x86dd && EXTENSIONS.includes(frame[20] ?? 0)) return false;
    return !isIp || frame.length >= l4Start(frame) + count;
  };
}

/** Sane frames whose IPv6 chain, if any, has only headers that libpcap walks as kefir does, at most eight, all whole. */
export function withWalkableChain(frame: Uint8Array): boolean {
  if (!sane(frame)) return false;
  if (read16(frame, 12) !== 0x86dd) return true;
  let next = frame[20] ?? 0;
  let at = 54;
  let behindAh = false;
  for (let headers = 0; EXTENSIONS.includes(next); headers++) {
    // libpcap takes the reserved byte of a fragment header for a length, does not ask for the offset, has never heard
    // of mobility, HIP and shim6, and behind AH goes on from the start of the chain (`tcpdump -d 'ip6 protochain 6'`).
    const isFragment = next === 44;
    if (headers === 8 || at + 8 > frame.length || next > 130 || behindAh) return false;
    if (isFragment && (frame[at + 1] !== 0 || read16(frame, at + 2) >> 3 !== 0)) return false;
    const length = next === 51 ? (frame[at + 1]! + 2) * 4 : (frame[at + 1]! + 1) * 8;
    behindAh = next === 51;
    next = frame[at] ?? 0;
    at += length;
    if (at > frame.length) return false;
  }
  return true;
}

/** Frames whose tags, as far as libpcap looks, are whole or not there at all. */
export function withWholeTags(frame: Uint8Array): boolean {
  const isTag = (at: number) => at + 2 <= frame.length && [0x8100, 0x88a8, 0x9100].includes(read16(frame, at));
  if (!isTag(12)) return true;
  return frame.length >= 18 && (!isTag(16) || frame.length >= 22);
}

/** Extension headers of IPv6, RFC 8200 section 4 and IANA's registry. */
const EXTENSIONS: readonly number[] = [0, 43, 44, 51, 60, 135, 139, 140];

function l4Start(frame: Uint8Array): number {
  return read16(frame, 12) === 0x0800 ? 14 + ((frame[14] ?? 0) & 15) * 4 : 54;
}

function read16(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) << 8 | (bytes[at + 1] ?? 0);
}
