/**
 * Netlink messages: the header, and attributes as trees.
 *
 * @module
 */

/** An attribute; the type without its flags. */
export interface Attribute {
  readonly type: number;
  readonly bytes: Uint8Array;
}

/** The attributes that follow one another in `bytes` (`struct nlattr`, host order). */
export function readAttributes(bytes: Uint8Array): Attribute[] {
  const NLA_TYPE_MASK = 0x3fff;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const attributes: Attribute[] = [];
  for (let at = 0; at + 4 <= bytes.length;) {
    const length = view.getUint16(at, true);
    if (length < 4 || at + length > bytes.length) throw new RangeError(`an attribute of ${length} bytes at ${at}`);
    attributes.push({ type: view.getUint16(at + 2, true) & NLA_TYPE_MASK, bytes: bytes.subarray(at + 4, at + length) });
    at += length + 3 & ~3;
  }
  return attributes;
}
