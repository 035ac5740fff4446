/**
 * The classic capture format.
 *
 * Source: draft-ietf-opsawg-pcap (file header, section 4; packet record, section 5); libpcap's sf-pcap.c for what came
 * before it.
 *
 * @module
 */

import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import {
  badCapture,
  type Capture,
  type CapturedPacket,
  capturedPacket,
  expectEthernet,
  MAX_PACKET_BYTES,
  truncationWarning,
} from "./capture.ts";

/** What the magic number says about the records. */
interface Variant {
  readonly magic: number;
  readonly nsPerTick: bigint;
  readonly recordHeaderBytes: number;
}

const VARIANTS: readonly Variant[] = [
  { magic: 0xa1b2c3d4, nsPerTick: 1000n, recordHeaderBytes: 16 },
  { magic: 0xa1b23c4d, nsPerTick: 1n, recordHeaderBytes: 16 },
  // Kuznetzov's tcpdump of Linux 2.2: interface, protocol and packet type follow the usual 16 bytes.
  { magic: 0xa1b2cd34, nsPerTick: 1000n, recordHeaderBytes: 24 },
];

const FILE_HEADER_BYTES = 24;

/** Whether a file starts with a magic number of pcap, in either byte order. */
export function isPcap(bytes: Uint8Array): boolean {
  return findVariant(bytes) !== undefined;
}

/**
 * Reads a pcap file, of which {@link isPcap} holds.
 *
 * @throws FilterError with code `bad-capture` or `unsupported-link-type`
 */
export function readPcap(bytes: Uint8Array, sourceName: string): Capture {
  const found = findVariant(bytes);
  if (found === undefined || bytes.length < FILE_HEADER_BYTES) {
    throw badCapture({ sourceName, offsetBytes: bytes.length }, "the file ends within its header of 24 bytes");
  }
  const { variant, littleEndian, view } = found;
  const majorVersion = view.getUint16(4, littleEndian);
  if (majorVersion !== 2) {
    throw badCapture({ sourceName, offsetBytes: 4 }, `expected version 2 of the format, found ${majorVersion}`);
  }
  const linkField = view.getUint32(20, littleEndian);
  expectEthernet({ sourceName, offsetBytes: 20 }, linkField & 0xffff);
  const fcsBytes = frameCheckBytes(linkField);

  const packets: CapturedPacket[] = [];
  const warnings: Diagnostic[] = [];
  for (let at = FILE_HEADER_BYTES; at < bytes.length;) {
    const start = at + variant.recordHeaderBytes;
    const capturedLength = start <= bytes.length ? view.getUint32(at + 8, littleEndian) : 0;
    if (capturedLength > MAX_PACKET_BYTES) {
      const expectation = `expected a packet of at most ${MAX_PACKET_BYTES} bytes, found ${capturedLength}`;
      throw badCapture({ sourceName, offsetBytes: at + 8 }, expectation);
    }
    if (start + capturedLength > bytes.length) {
      warnings.push(truncationWarning({ sourceName, offsetBytes: at }, packets.length));
      break;
    }
    const seconds = BigInt(view.getUint32(at, littleEndian));
    const fraction = BigInt(view.getUint32(at + 4, littleEndian));
    packets.push(capturedPacket(bytes.subarray(start, start + capturedLength), {
      index: packets.length,
      originalLength: view.getUint32(at + 12, littleEndian),
      fcsBytes,
      timestampNs: seconds * 1_000_000_000n + fraction * variant.nsPerTick,
    }));
    at = start + capturedLength;
  }
  return Object.freeze({ format: "pcap", packets: Object.freeze(packets), warnings: Object.freeze(warnings) });
}

function findVariant(bytes: Uint8Array): { variant: Variant; littleEndian: boolean; view: DataView } | undefined {
  if (bytes.length < 4) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const littleEndian of [true, false]) {
    const variant = VARIANTS.find(({ magic }) => magic === view.getUint32(0, littleEndian));
    if (variant !== undefined) return { variant, littleEndian, view };
  }
  return undefined;
}

/** Bytes of frame check sequence after each packet: bit 26 says that the top four bits count them in pairs. */
function frameCheckBytes(linkField: number): number {
  return (linkField & 0x0400_0000) === 0 ? 0 : (linkField >>> 28) * 2;
}
