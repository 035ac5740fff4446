/**
 * Packets to a capture file that every tool reads.
 *
 * @module
 */

import { LINK_TYPE_ETHERNET } from "./link_types.ts";

/** A packet to be written. A `CapturedPacket` is one. */
export interface PacketToWrite {
  /** From the Ethernet header on, without frame check sequence; at most 262 144 bytes. */
  readonly bytes: Uint8Array;
  /** Nanoseconds since 1970-01-01 UTC, of which whole microseconds are kept; to the year 2106. Default 0. */
  readonly timestampNs?: bigint;
  /** Length on the wire, at least that of `bytes`, which is the default. */
  readonly originalLength?: number;
}

/** The most that tcpdump captures of a packet: MAXIMUM_SNAPLEN of libpcap. Readers cut or refuse longer packets. */
const SNAP_LENGTH = 262_144;
const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
const UINT32_MAX = 0xffff_ffff;

/**
 * Encodes packets as a classic pcap file: version 2.4, little-endian, microseconds, Ethernet, snap length 262 144.
 *
 * Source: draft-ietf-opsawg-pcap, sections 4 and 5.
 *
 * @throws RangeError when a packet is too long, or its time or original length cannot be written
 */
export function encodePcap(packets: readonly PacketToWrite[]): Uint8Array<ArrayBuffer> {
  const totalBytes = packets.reduce((sum, { bytes }) => sum + RECORD_HEADER_BYTES + bytes.length, FILE_HEADER_BYTES);
  const file = new Uint8Array(totalBytes);
  const view = new DataView(file.buffer);
  view.setUint32(0, 0xa1b2c3d4, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, SNAP_LENGTH, true);
  view.setUint32(20, LINK_TYPE_ETHERNET, true);
  let at = FILE_HEADER_BYTES;
  for (const [index, packet] of packets.entries()) {
    const { bytes, timestampNs = 0n, originalLength = bytes.length } = packet;
    expectRange(`the length of packet ${index}`, bytes.length, { least: 0, most: SNAP_LENGTH });
    expectRange(`the original length of packet ${index}`, originalLength, { least: bytes.length, most: UINT32_MAX });
    const seconds = Number(timestampNs / 1_000_000_000n);
    expectRange(`the time of packet ${index} in seconds`, timestampNs < 0n ? -1 : seconds, {
      least: 0,
      most: UINT32_MAX,
    });
    view.setUint32(at, seconds, true);
    view.setUint32(at + 4, Number(timestampNs % 1_000_000_000n / 1000n), true);
    view.setUint32(at + 8, bytes.length, true);
    view.setUint32(at + 12, originalLength, true);
    file.set(bytes, at + RECORD_HEADER_BYTES);
    at += RECORD_HEADER_BYTES + bytes.length;
  }
  return file;
}

function expectRange(what: string, value: number, range: { readonly least: number; readonly most: number }): void {
  if (Number.isInteger(value) && value >= range.least && value <= range.most) return;
  throw new RangeError(`Cannot encode pcap: ${what} is ${value}, it should be ${range.least} to ${range.most}`);
}
