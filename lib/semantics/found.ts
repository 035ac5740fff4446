/**
 * What dissection has found so far.
 *
 * @module
 */

import type { HeaderName, SliceStart } from "../model/layers.ts";

/** Headers and starts, to which each part of dissection adds its own. */
export interface Found {
  /** The frame. */
  readonly bytes: Uint8Array;
  /** The headers that it has; see LAYERS. */
  readonly layers: Partial<Record<HeaderName, Uint8Array>>;
  /** What slices are counted from: the frame from there to its end. */
  readonly starts: Partial<Record<SliceStart, Uint8Array>>;
}

/** Two bytes in network order. */
export function read16(bytes: Uint8Array, offset: number): number {
  return (bytes[offset] as number) << 8 | (bytes[offset + 1] as number);
}
