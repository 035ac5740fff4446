/**
 * Traces: frames of one size in an order that nothing can learn, each with a key of the yardstick's map.
 *
 * @module
 */

import { traceLayout } from "../codegen/harness.ts";
import type { Packet } from "../semantics/dissect.ts";
import type { Random } from "./random.ts";

/**
 * A trace has at least so many frames: one of 8 192 is learned by the branch predictor, which flatters programs with
 * branches up to twofold.
 */
export const TRACE_FRAMES = 65_536;

/** Bytes that every frame of a trace may have at most. Headers end earlier: what is cut off decides nothing, mostly. */
const LONGEST_FRAME = 128;

/** Bytes of a key of the yardstick. */
const KEY_BYTES = 16;

/** What {@link buildTrace} takes. */
export interface TraceOptions {
  /** Entries of the yardstick's map. */
  readonly hashEntries: number;
  /** Gives the order and the keys. */
  readonly random: Random;
  /** {@link TRACE_FRAMES} unless given. */
  readonly leastFrames?: number;
}

/** Frames ready for the feeder. */
export interface Trace {
  /** The frames as the programs see them: of `frameBytes` each, longer packets cut and shorter ones padded with zeros. */
  readonly frames: readonly Uint8Array[];
  /** A multiple of eight. */
  readonly frameBytes: number;
  /** Frames that were cut to this size. */
  readonly cut: number;
  /** The values of the feeder's map, one after the other: struct kefir_trace_frame. */
  readonly values: Uint8Array<ArrayBuffer>;
  /** The distinct keys of the yardstick, one after the other. */
  readonly keys: Uint8Array<ArrayBuffer>;
}

/**
 * Builds a trace of {@link TRACE_FRAMES} frames unless said otherwise, or more when there are more packets, a power of two:
 * each packet as often as all others, or once more, in random order.
 *
 * @throws RangeError without packets
 */
export function buildTrace(packets: readonly Packet[], options: TraceOptions): Trace {
  const { hashEntries, random, leastFrames = TRACE_FRAMES } = options;
  if (packets.length === 0) throw new RangeError("Cannot build a trace: there are no packets");
  const count = 2 ** Math.ceil(Math.log2(Math.max(leastFrames, packets.length)));
  const longest = packets.reduce((most, packet) => Math.max(most, bytesOf(packet).length), 64);
  const frameBytes = Math.min(LONGEST_FRAME, Math.ceil(longest / 16) * 16);
  const keys = new Uint8Array(hashEntries * KEY_BYTES);
  const words = new Uint32Array(keys.buffer);
  for (let index = 0; index < words.length; index++) words[index] = random.u32();
  const order = random.shuffle(Array.from({ length: count }, (_, index) => index % packets.length));
  const { maskedAt, frameAt, bytes: stride } = traceLayout(frameBytes);
  const values = new Uint8Array(count * stride);
  const pickKey = () => {
    const key = random.below(hashEntries) * KEY_BYTES;
    return keys.subarray(key, key + KEY_BYTES);
  };
  const frames = order.map((packet, index) => {
    const at = index * stride;
    const frame = values.subarray(at + frameAt, at + frameAt + frameBytes);
    frame.set(bytesOf(packets[packet] as Packet).subarray(0, frameBytes));
    values.set(pickKey(), at);
    const tuple = fiveTupleOf(frame);
    values.set(pickKey().map((byte, place) => byte ^ (tuple[place] as number)), at + maskedAt);
    return frame;
  });
  const cut = packets.filter((packet) => bytesOf(packet).length > frameBytes).length;
  return { frames, frameBytes, cut, values, keys };
}

/** The frame with its tag in it: BPF_PROG_TEST_RUN knows none in metadata, and every hook reads tags in either place. */
function bytesOf({ bytes, vlanTag }: Packet): Uint8Array {
  if (vlanTag === undefined) return bytes;
  const { tpid, tci } = vlanTag;
  return Uint8Array.of(...bytes.subarray(0, 12), tpid >> 8, tpid & 0xff, tci >> 8, tci & 0xff, ...bytes.subarray(12));
}

/** What kefir_parse of templates/harness_feed.c makes of a frame: addresses, ports, protocol. */
function fiveTupleOf(frame: Uint8Array): Uint8Array {
  const key = new Uint8Array(KEY_BYTES);
  if (frame[12] !== 0x08 || frame[13] !== 0x00) return key;
  key.set(frame.subarray(26, 34));
  const ports = 14 + ((frame[14] as number) & 0x0f) * 4;
  if (ports + 4 <= frame.length) key.set(frame.subarray(ports, ports + 4), 8);
  key[12] = frame[23] as number;
  return key;
}
