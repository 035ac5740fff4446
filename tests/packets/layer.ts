/**
 * A layer of a frame for tests, and what layers are written with.
 *
 * @module
 */

/** A header with what a header before it has to say about it. */
export interface Layer {
  /** Ethernet type that announces it. */
  readonly type?: number;
  /** IP protocol that announces it. */
  readonly protocol?: number;
  /** Its bytes, given the bytes above it and the next header. */
  encode(above: readonly number[], next: Layer | undefined): readonly number[];
}

/** Named by nobody: IEEE's and IANA's numbers for experiments. */
export const EXPERIMENTAL_TYPE = 0x88b5;
export const EXPERIMENTAL_PROTOCOL = 253;

/** Bytes as they are, under the type or protocol given. */
export function payload(bytes: readonly number[] = [], announced: { type?: number; protocol?: number } = {}): Layer {
  return { ...announced, encode: () => bytes };
}

/** A number in network byte order. */
export function be16(value: number): number[] {
  return [value >> 8 & 0xff, value & 0xff];
}

/** A number in network byte order. */
export function be24(value: number): number[] {
  return [value >> 16 & 0xff, value >> 8 & 0xff, value & 0xff];
}

/** A number in network byte order. */
export function be32(value: number): number[] {
  return [value >>> 24, value >>> 16 & 0xff, value >>> 8 & 0xff, value & 0xff];
}
