/**
 * How a table is laid out, and what C must know of it.
 *
 *     header | root: 2^rootBits slots of 8 bytes | chunks: references of 4 bytes | nodes of 64 bytes | tails of 16 bytes
 *
 * @module
 */

import { LITTLE, NODE_BYTES } from "./memory.ts";
import { TAIL_BYTES } from "./wide.ts";

/** Values of up to 32, up to 64, and up to 128 bits: each has its function in C. */
export type IntervalForm = 32 | 64 | 128;

/** What C must know of a table when it is loaded; two tables of the same shape can take each other's place. */
export interface IntervalShape {
  /** Bits of the words that hold a value. */
  readonly form: IntervalForm;
  /** Top bits that the root table is indexed by. */
  readonly rootBits: number;
  /** Room for references of chunks. */
  readonly chunks: number;
  /** Room for nodes. */
  readonly nodes: number;
  /** Room for tails; 0 unless values are of 128 bits. */
  readonly tails: number;
}

/** Bytes from the start of a table to its parts, and of the whole. */
export interface IntervalOffsets {
  readonly chunkOffset: number;
  readonly nodeOffset: number;
  readonly tailOffset: number;
  readonly bytes: number;
}

/** Bytes of struct kefir_interval_header. */
export const HEADER_BYTES = 64;
/** Bytes of struct kefir_interval_slot. */
export const SLOT_BYTES = 8;

/** Where the parts of a table are. */
export function intervalOffsets(shape: IntervalShape): IntervalOffsets {
  const chunkOffset = HEADER_BYTES + SLOT_BYTES * 2 ** shape.rootBits;
  const nodeOffset = Math.ceil((chunkOffset + 4 * shape.chunks) / NODE_BYTES) * NODE_BYTES;
  const tailOffset = nodeOffset + NODE_BYTES * shape.nodes;
  return { chunkOffset, nodeOffset, tailOffset, bytes: tailOffset + TAIL_BYTES * shape.tails };
}

/** Whether a table of one shape has room in another. */
export function fitsIntervalShape(shape: IntervalShape, room: IntervalShape): boolean {
  return shape.form === room.form && shape.rootBits === room.rootBits && shape.chunks <= room.chunks &&
    shape.nodes <= room.nodes && shape.tails <= room.tails;
}

/** Room for `count`: up to the next of four steps to the next power of two, so that small changes keep the shape. */
export function capacityFor(count: number): number {
  if (count <= 16) return 16;
  const step = 2 ** (29 - Math.clz32(count - 1));
  return Math.ceil(count / step) * step;
}

/** The members of struct kefir_interval_shape, in its order: what is set before a program is loaded. */
export function intervalShapeFields(shape: IntervalShape): Readonly<Record<string, number>> {
  const { chunkOffset, nodeOffset, tailOffset } = intervalOffsets(shape);
  return {
    root_shift: 32 - shape.rootBits,
    chunk_count: shape.chunks,
    node_count: shape.nodes,
    tail_count: shape.tails,
    chunk_offset: chunkOffset,
    node_offset: nodeOffset,
    tail_offset: tailOffset,
  };
}

/** struct kefir_interval_shape, to be put into `.rodata`. */
export function encodeIntervalShape(shape: IntervalShape): Uint8Array<ArrayBuffer> {
  const fields = Object.values(intervalShapeFields(shape));
  const view = new DataView(new ArrayBuffer(4 * fields.length));
  fields.forEach((value, index) => view.setUint32(4 * index, value, LITTLE));
  return new Uint8Array(view.buffer);
}
