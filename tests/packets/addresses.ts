/**
 * Addresses of test packets, from text to bytes in packet order. Written apart from lib/net, so that a mistake there
 * does not hide itself.
 *
 * @module
 */

/** `02:00:00:00:00:01` as six bytes. */
export function mac(text: string): number[] {
  return exactly(6, text, text.split(":").map((part) => parseInt(part, 16)));
}

/** `192.0.2.1` as four bytes. */
export function ip4(text: string): number[] {
  return exactly(4, text, text.split(".").map((part) => parseInt(part, 10)));
}

/** `2001:db8::1` as sixteen bytes. */
export function ip6(text: string): number[] {
  const [head = "", tail] = text.split("::");
  const groups = (part: string) => part === "" ? [] : part.split(":").map((group) => parseInt(group, 16));
  const before = groups(head);
  const after = groups(tail ?? "");
  const zeros = tail === undefined ? [] : new Array<number>(8 - before.length - after.length).fill(0);
  return exactly(16, text, [...before, ...zeros, ...after].flatMap((group) => [group >> 8, group & 0xff]));
}

/** Six bytes as `02:00:00:00:00:01`. */
export function macText(value: bigint): string {
  return value.toString(16).padStart(12, "0").replaceAll(/..(?!$)/g, "$&:");
}

function exactly(length: number, text: string, bytes: number[]): number[] {
  if (bytes.length === length && bytes.every((byte) => byte >= 0 && byte <= 255)) return bytes;
  throw new RangeError(`"${text}" is not an address of ${length} bytes`);
}
