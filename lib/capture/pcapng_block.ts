/**
 * What all pcapng blocks have in common: type, length, body, and the length again.
 *
 * @module
 */

import { badCapture, type CapturePlace, MAX_PACKET_BYTES } from "./capture.ts";

/** Type of a section header block: the same bytes in both byte orders, since the order is not known before it. */
export const SECTION_HEADER = 0x0a0d0d0a;

/** One block of a file. */
export interface Block extends CapturePlace {
  /** The block type, such as 6 for an enhanced packet block. */
  readonly type: number;
  /** Length of the whole block. */
  readonly totalBytes: number;
  /** What lies between the lengths: a view. */
  readonly body: Uint8Array;
  /** The same bytes. */
  readonly view: DataView;
  /** The byte order of the block's section. */
  readonly littleEndian: boolean;
}

/** Where {@link readBlock} reads, and in which byte order unless a section starts there. */
export interface ReadBlockOptions extends CapturePlace {
  /** The byte order of the section so far. */
  readonly littleEndian: boolean;
}

/** Type, length, and the length again. */
const FRAME_BYTES = 12;
const MAX_BLOCK_BYTES = MAX_PACKET_BYTES + 65_536;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;

/**
 * Reads the block at an offset; undefined when the file ends within it.
 *
 * @throws FilterError with code `bad-capture` when lengths, byte order or version make no sense
 */
export function readBlock(bytes: Uint8Array, options: ReadBlockOptions): Block | undefined {
  const { sourceName, offsetBytes: at } = options;
  if (at + FRAME_BYTES > bytes.length) return undefined;
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const startsSection = file.getUint32(at, true) === SECTION_HEADER;
  const littleEndian = startsSection ? readByteOrder(file, options) : options.littleEndian;

  const totalBytes = file.getUint32(at + 4, littleEndian);
  if (totalBytes % 4 !== 0 || totalBytes < FRAME_BYTES || totalBytes > MAX_BLOCK_BYTES) {
    const expectation = `expected a block length of 12 to ${MAX_BLOCK_BYTES} in steps of 4, found ${totalBytes}`;
    throw badCapture({ sourceName, offsetBytes: at + 4 }, expectation);
  }
  const end = at + totalBytes;
  if (end > bytes.length) return undefined;
  const trailer = file.getUint32(end - 4, littleEndian);
  if (trailer !== totalBytes) {
    throw badCapture({ sourceName, offsetBytes: end - 4 }, `expected the block length ${totalBytes}, found ${trailer}`);
  }
  const body = bytes.subarray(at + 8, end - 4);
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const type = file.getUint32(at, littleEndian);
  const block: Block = { sourceName, offsetBytes: at, type, totalBytes, body, view, littleEndian };
  if (startsSection) expectVersion(block);
  return block;
}

/**
 * Checks that a block's body holds at least its fixed fields.
 *
 * @throws FilterError with code `bad-capture`
 */
export function expectBody(block: Block, bytes: number): void {
  if (block.body.length >= bytes) return;
  throw badCapture(
    block,
    `expected at least ${bytes} bytes in a block of type ${block.type}, found ${block.body.length}`,
  );
}

function readByteOrder(file: DataView, { sourceName, offsetBytes }: CapturePlace): boolean {
  if (file.getUint32(offsetBytes + 8, true) === BYTE_ORDER_MAGIC) return true;
  if (file.getUint32(offsetBytes + 8, false) === BYTE_ORDER_MAGIC) return false;
  const found = file.getUint32(offsetBytes + 8, false).toString(16).padStart(8, "0");
  throw badCapture(
    { sourceName, offsetBytes: offsetBytes + 8 },
    `expected the byte-order magic 1a2b3c4d, found ${found}`,
  );
}

function expectVersion(block: Block): void {
  expectBody(block, 16);
  const major = block.view.getUint16(4, block.littleEndian);
  if (major !== 1) throw badCapture(block, `expected version 1 of the format, found ${major}`);
}
