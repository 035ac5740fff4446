/**
 * The newer capture format, which Wireshark writes: a file of blocks.
 *
 * Source: draft-ietf-opsawg-pcapng (block structure, section 3; blocks, section 4; the obsolete packet block, appendix A).
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
import { type CaptureInterface, decodeInterface, timestampNs } from "./pcapng_interface.ts";
import { type Block, expectBody, readBlock, SECTION_HEADER } from "./pcapng_block.ts";

const INTERFACE_DESCRIPTION = 1;
const OBSOLETE_PACKET = 2;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;

/** Whether a file starts with a section header block, whose type reads the same in both byte orders. */
export function isPcapng(bytes: Uint8Array): boolean {
  return bytes[0] === 0x0a && bytes[1] === 0x0d && bytes[2] === 0x0d && bytes[3] === 0x0a;
}

/**
 * Reads a pcapng file, of which {@link isPcapng} holds. Blocks that hold no packets are passed over.
 *
 * @throws FilterError with code `bad-capture` or `unsupported-link-type`
 */
export function readPcapng(bytes: Uint8Array, sourceName: string): Capture {
  const packets: CapturedPacket[] = [];
  const warnings: Diagnostic[] = [];
  let interfaces: CaptureInterface[] = [];
  let littleEndian = true;
  for (let at = 0; at < bytes.length;) {
    const block = readBlock(bytes, { sourceName, offsetBytes: at, littleEndian });
    if (block === undefined) {
      if (at === 0) throw badCapture({ sourceName, offsetBytes: bytes.length }, "the file ends within its first block");
      warnings.push(truncationWarning({ sourceName, offsetBytes: at }, packets.length));
      break;
    }
    if (block.type === SECTION_HEADER) {
      littleEndian = block.littleEndian;
      interfaces = []; // interfaces are numbered anew in each section
    } else if (block.type === INTERFACE_DESCRIPTION) {
      interfaces.push(decodeInterface(block));
    } else {
      const packet = decodePacket(block, { interfaces, index: packets.length });
      if (packet !== undefined) packets.push(packet);
    }
    at += block.totalBytes;
  }
  return Object.freeze({ format: "pcapng", packets: Object.freeze(packets), warnings: Object.freeze(warnings) });
}

interface PacketContext {
  readonly interfaces: readonly CaptureInterface[];
  readonly index: number;
}

/** The packet of a block, undefined for a block that holds none. */
function decodePacket(block: Block, context: PacketContext): CapturedPacket | undefined {
  const { view, littleEndian } = block;
  switch (block.type) {
    case ENHANCED_PACKET:
    case OBSOLETE_PACKET: {
      expectBody(block, 20);
      // The obsolete block has a count of drops in the upper half of what is now a wider interface number.
      const id = block.type === ENHANCED_PACKET ? view.getUint32(0, littleEndian) : view.getUint16(0, littleEndian);
      const from = findInterface(block, { interfaces: context.interfaces, id });
      const ticks = BigInt(view.getUint32(4, littleEndian)) << 32n | BigInt(view.getUint32(8, littleEndian));
      return capturedPacket(packetBytes(block, { start: 20, length: view.getUint32(12, littleEndian) }), {
        index: context.index,
        originalLength: view.getUint32(16, littleEndian),
        fcsBytes: from.fcsBytes,
        timestampNs: timestampNs(from, ticks),
      });
    }
    case SIMPLE_PACKET: {
      expectBody(block, 4);
      const from = findInterface(block, { interfaces: context.interfaces, id: 0 });
      const originalLength = view.getUint32(0, littleEndian);
      // The block does not say how much was captured; the interface's limit does, and 0 means no limit.
      const length = Math.min(originalLength, from.snapLength === 0 ? originalLength : from.snapLength);
      const captured = packetBytes(block, { start: 4, length });
      return capturedPacket(captured, {
        index: context.index,
        originalLength,
        fcsBytes: from.fcsBytes,
        timestampNs: 0n,
      });
    }
    default:
      return undefined;
  }
}

function findInterface(
  block: Block,
  { interfaces, id }: { interfaces: readonly CaptureInterface[]; id: number },
): CaptureInterface {
  const found = interfaces[id];
  if (found === undefined) {
    throw badCapture(block, `a packet names interface ${id}, but ${interfaces.length} are described before it`);
  }
  expectEthernet(block, found.linkType);
  return found;
}

function packetBytes(block: Block, { start, length }: { start: number; length: number }): Uint8Array {
  const limit = Math.min(block.body.length - start, MAX_PACKET_BYTES);
  if (length > limit) throw badCapture(block, `expected a packet of at most ${limit} bytes, found ${length}`);
  return block.body.subarray(start, start + length);
}
