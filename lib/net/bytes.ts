/**
 * Between bytes in packet order and integers in host order.
 *
 * @module
 */

/** The unsigned integer that `bytes` spell in network byte order; 0 for none. */
export function bytesToBigint(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return value;
}

/** `value` as `length` bytes in network byte order; higher bits are left out. */
export function bigintToBytes(value: bigint, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let rest = value;
  for (let index = length - 1; index >= 0; index--) {
    bytes[index] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}

/** Whether this machine's own byte order is the lowest byte first: BPF maps and typed arrays are in it. */
export const LITTLE_ENDIAN: boolean = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The largest unsigned integer of `widthBits` bits: as a mask, all of them. */
export function allOnes(widthBits: number): bigint {
  return ALL_ONES[widthBits] ?? (1n << BigInt(widthBits)) - 1n;
}

/** Of the widths that fields have: every rule asks for some. */
const ALL_ONES: readonly bigint[] = Array.from({ length: 129 }, (_, widthBits) => (1n << BigInt(widthBits)) - 1n);

/** Whether the ones of `mask` are all at the top. */
export function isPrefixMask(mask: bigint, widthBits: number): boolean {
  const inverted = mask ^ allOnes(widthBits);
  return (inverted & (inverted + 1n)) === 0n;
}

/** The mask of a prefix of `length` bits in a value of `widthBits` bits; length 0 gives 0. */
export function prefixMask(length: number, widthBits: number): bigint {
  return allOnes(widthBits) ^ allOnes(widthBits - length);
}

/** The length of the prefix that `mask` is, or undefined when its ones are not all at the top. */
export function prefixLength(mask: bigint, widthBits: number): number | undefined {
  if (!isPrefixMask(mask, widthBits)) return undefined;
  const inverted = mask ^ allOnes(widthBits);
  return widthBits - (inverted === 0n ? 0 : inverted.toString(2).length);
}

/** The bytes that a text of hexadecimal digits spells (white space, `:` and `-` between bytes allowed), or undefined. */
export function parseHex(text: string): Uint8Array<ArrayBuffer> | undefined {
  const digits = text.replace(/^0x/i, "").replace(/[\s:-]/g, "");
  if (digits.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(digits)) return undefined;
  const bytes = new Uint8Array(digits.length / 2);
  for (let index = 0; index < bytes.length; index++) {
    bytes[index] = parseInt(digits.slice(2 * index, 2 * index + 2), 16);
  }
  return bytes;
}
