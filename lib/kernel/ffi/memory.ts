/**
 * The few things kefir does with addresses.
 *
 * @module
 */

/**
 * The address of something that a C library owns. Opaque outside ffi/: it is only ever handed back to the library, and
 * is dead once the library has freed it.
 */
export type Handle = Deno.PointerObject;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Bytes of a C string: UTF-8 and a zero byte. The caller keeps the array until the call that reads it returns. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text.replaceAll("\0", "") + "\0");
}

/** The text before the first zero byte of `bytes`, from `offset`. */
export function readCString(bytes: Uint8Array, offset = 0): string {
  const end = bytes.indexOf(0, offset);
  return decoder.decode(bytes.subarray(offset, end < 0 ? bytes.length : end));
}

/** Copies the C string that `pointer` points at; the empty string for a null pointer. */
export function readForeignString(pointer: Deno.PointerValue): string {
  return pointer === null ? "" : Deno.UnsafePointerView.getCString(pointer);
}

/** Copies the C string `offset` bytes behind `pointer`, which must be alive. */
export function readForeignStringAt(pointer: Handle, offset: number): string {
  return Deno.UnsafePointerView.getCString(pointer, offset);
}

/** Reads the byte `offset` bytes behind `pointer`, which must be alive. */
export function readForeignByteAt(pointer: Handle, offset: number): number {
  return new Deno.UnsafePointerView(pointer).getUint8(offset);
}

/** Reads a 32-bit integer that `pointer` points at. */
export function readForeignInt(pointer: Handle): number {
  return new Deno.UnsafePointerView(pointer).getInt32();
}

/** The memory at `pointer`, not a copy: to be used while it is there, and no longer. */
export function foreignBuffer(pointer: Handle, bytes: number): ArrayBuffer {
  return Deno.UnsafePointerView.getArrayBuffer(pointer, bytes);
}

/** Whether mmap(2) gave MAP_FAILED, which is all ones and not null. */
export function isFailedMapping(pointer: Handle): boolean {
  return BigInt.asIntN(64, Deno.UnsafePointer.value(pointer)) === -1n;
}

/**
 * The address of the array's first byte, 0 for an empty one. It is good as long as the array is alive: hold the array in
 * a variable until the call that uses the address has returned.
 */
export function addressOf(bytes: Uint8Array<ArrayBuffer>): bigint {
  return bytes.length === 0 ? 0n : Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes));
}
