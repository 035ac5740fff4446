/**
 * Addresses from numbers to text, in the plainest form.
 *
 * @module
 */

/** `192.0.2.1`. */
export function ipv4(value: number): string {
  return [24, 16, 8, 0].map((shift) => value >>> shift & 0xff).join(".");
}

/** `2001:db8:0:0:0:0:0:1`: all eight groups. */
export function ipv6(value: bigint): string {
  return [7, 6, 5, 4, 3, 2, 1, 0].map((group) => (value >> BigInt(16 * group) & 0xffffn).toString(16)).join(":");
}
