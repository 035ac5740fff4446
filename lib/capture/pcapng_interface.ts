/**
 * Interface description blocks of pcapng: what the packets of an interface look like and what their clock counts.
 *
 * Source: draft-ietf-opsawg-pcapng, sections 3.5 (options) and 4.2 (interface description block).
 *
 * @module
 */

import { badCapture } from "./capture.ts";
import { type Block, expectBody } from "./pcapng_block.ts";

/** An interface that packets were captured on. */
export interface CaptureInterface {
  /** The link type's number; 1 is Ethernet. */
  readonly linkType: number;
  /** The most that is kept of a packet, in bytes; 0 for all. */
  readonly snapLength: number;
  /** Length of the frame check sequence after each packet. */
  readonly fcsBytes: number;
  /** What a timestamp counts. */
  readonly ticksPerSecond: bigint;
  /** What a timestamp counts from, in seconds since 1970-01-01 UTC. */
  readonly offsetSeconds: bigint;
}

const IF_TSRESOL = 9;
const IF_FCSLEN = 13;
const IF_TSOFFSET = 14;

/**
 * Decodes an interface description block.
 *
 * @throws FilterError with code `bad-capture` when an option does not fit
 */
export function decodeInterface(block: Block): CaptureInterface {
  expectBody(block, 8);
  const { view, littleEndian } = block;
  const options = decodeOptions(block, 8);
  const resolution = options.get(IF_TSRESOL)?.at(0) ?? 6; // microseconds unless said otherwise
  const offset = options.get(IF_TSOFFSET);
  return {
    linkType: view.getUint16(0, littleEndian),
    snapLength: view.getUint32(4, littleEndian),
    fcsBytes: options.get(IF_FCSLEN)?.at(0) ?? 0,
    // The top bit chooses between powers of two and of ten, the rest is the exponent.
    ticksPerSecond: (resolution & 0x80 ? 2n : 10n) ** BigInt(resolution & 0x7f),
    offsetSeconds: offset?.length === 8
      ? new DataView(offset.buffer, offset.byteOffset, 8).getBigInt64(0, littleEndian)
      : 0n,
  };
}

/** Converts a timestamp of an interface to nanoseconds since 1970-01-01 UTC, cutting finer fractions. */
export function timestampNs(from: CaptureInterface, ticks: bigint): bigint {
  return ticks * 1_000_000_000n / from.ticksPerSecond + from.offsetSeconds * 1_000_000_000n;
}

/** The options of a block from an offset in its body: code to value, the last one where a code is repeated. */
function decodeOptions(block: Block, start: number): ReadonlyMap<number, Uint8Array> {
  const options = new Map<number, Uint8Array>();
  for (let at = start; at + 4 <= block.body.length;) {
    const code = block.view.getUint16(at, block.littleEndian);
    const length = block.view.getUint16(at + 2, block.littleEndian);
    if (code === 0) break; // opt_endofopt
    if (at + 4 + length > block.body.length) {
      throw badCapture(block, `option ${code} of ${length} bytes does not fit into its block`);
    }
    options.set(code, block.body.subarray(at + 4, at + 4 + length));
    at += 4 + Math.ceil(length / 4) * 4; // values are padded to 32 bits
  }
  return options;
}
