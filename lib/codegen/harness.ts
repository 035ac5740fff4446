/**
 * The harness: a program that feeds frames to an unchanged program at TC.
 *
 * @module
 */

import { VERSION } from "../version.ts";
import { fillTemplate } from "./template.ts";
import { HARNESS_TEMPLATE } from "./templates.ts";

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
