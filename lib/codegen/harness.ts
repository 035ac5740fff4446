/**
 * The harness: programs that feed frames to an unchanged program. One makes any frame at TC, to ask for its verdict; the
 * other feeds the frames of a trace at XDP or TC, as fast as it can, to measure.
 *
 * @module
 */

import type { Hook } from "../model/hooks.ts";
import { VERSION } from "../version.ts";
import { fillTemplate } from "./template.ts";
import { FEEDER_TEMPLATE, HARNESS_TEMPLATE } from "./templates.ts";

/** What the harness has room for. */
export interface HarnessOptions {
  /** Number of frames of the trace. */
  readonly frames: number;
  /** Bytes of the largest frame. */
  readonly frameBytes: number;
}

/** What the harness returns when it could not make the frame: no verdict of any program. */
export const HARNESS_FAILED = 0x6b66;

/** The C of the harness for TC. */
export function generateHarnessC(options: HarnessOptions): string {
  const { frames, frameBytes } = options;
  const values = { version: VERSION, frames, frame_bytes: frameBytes, failed: HARNESS_FAILED };
  return fillTemplate(HARNESS_TEMPLATE, values, () => "");
}

/** One value of the map of frames: struct kefir_frame of templates/harness_tc.c. */
export function encodeFrame(
  frame: { readonly bytes: Uint8Array; readonly vlanTag?: { readonly tpid: number; readonly tci: number } },
  frameBytes: number,
): Uint8Array<ArrayBuffer> {
  // The struct is a multiple of four bytes long.
  const value = new Uint8Array(8 + Math.ceil(frameBytes / 4) * 4);
  new Uint32Array(value.buffer, 0, 1)[0] = frame.bytes.length;
  new Uint16Array(value.buffer, 4, 2).set([frame.vlanTag?.tpid ?? 0, frame.vlanTag?.tci ?? 0]);
  value.set(frame.bytes, 8);
  return value;
}

/** What the feeder is made for. */
export interface FeederOptions {
  /** Where the programs under test run. */
  readonly hook: Hook;
  /** XDP: whether they read packets in several buffers; a program calls only its like. */
  readonly frags: boolean;
  /** Number of programs under test. */
  readonly targets: number;
  /** Number of frames of the trace: a power of two. */
  readonly frames: number;
  /** Bytes of every frame: a multiple of eight. */
  readonly frameBytes: number;
  /** Number of frames after which the feeder notes the time: a power of two. */
  readonly partFrames: number;
  /** Times that it keeps, the last ones: a power of two. */
  readonly marks: number;
  /** Entries of the hash map of the yardstick. */
  readonly hashEntries: number;
}

/** Where the parts of a value of the feeder's map of frames are (struct kefir_trace_frame), for frames of so many bytes. */
export function traceLayout(
  frameBytes: number,
): { readonly maskedAt: number; readonly frameAt: number; readonly bytes: number } {
  // The words of the frame, which begin at its byte 6, are at multiples of eight, and so is the end of the struct.
  return { maskedAt: 16, frameAt: 34, bytes: 40 + frameBytes };
}

/** The programs of the feeder itself, in the order of their slots, which come after those of the programs under test. */
export const FEEDER_PROGRAMS = Object.freeze(["kefir_empty", "kefir_yardstick", "kefir_parsed_yardstick"] as const);

/** The C of the feeder: `kefir_feed_SLOT` for each slot, and {@link FEEDER_PROGRAMS}. */
export function generateFeederC(options: FeederOptions): string {
  const { hook, frames, frameBytes, partFrames, marks, hashEntries } = options;
  for (const number of [frames, partFrames, marks]) {
    if (!Number.isInteger(Math.log2(number))) {
      throw new RangeError(`Cannot feed by ${number}: it is not a power of two`);
    }
  }
  if (frameBytes % 8 !== 0) throw new RangeError(`Cannot feed frames of ${frameBytes} bytes: not a multiple of 8`);
  const xdp = hook.context === "xdp";
  const count = options.targets + FEEDER_PROGRAMS.length;
  return fillTemplate(FEEDER_TEMPLATE, {
    version: VERSION,
    xdp,
    tc: !xdp,
    section: xdp && options.frags ? `${hook.section}.frags` : hook.section,
    frames,
    part: partFrames,
    marks,
    // What is before and behind the words is eight bytes together.
    frame_words: frameBytes / 8 - 1,
    slots: count,
    feeders: Array.from({ length: count }, (_, slot) => ({ slot })),
    hash_entries: hashEntries,
    verdict: hook.verdictNames.pass,
    failed: HARNESS_FAILED,
  }, () => "");
}
