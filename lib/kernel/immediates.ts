/**
 * Numbers that are set in the instructions of a program before it is loaded. A constant in `.rodata` would do the same, for a
 * load from memory each time: the verifier knows its value, but leaves the instruction as it is.
 *
 * @module
 */

import { LITTLE_ENDIAN } from "../net/bytes.ts";
import { instructionOffsets } from "./instructions.ts";

/** BPF_ALU64 | BPF_AND | BPF_K. */
const AND_IMMEDIATE = 0x57;

/**
 * A copy of an object whose masks are other numbers: each instruction that masks a register with a key of `masks` does so with
 * its value instead.
 *
 * @param elf a relocatable object of 64 bits, in the machine's byte order
 * @param masks numbers below 2^31
 * @throws TypeError when no instruction has one of them
 */
export function setMasks(elf: Uint8Array<ArrayBuffer>, masks: ReadonlyMap<number, number>): Uint8Array<ArrayBuffer> {
  const copy = elf.slice();
  const view = new DataView(copy.buffer);
  const missing = new Set(masks.keys());
  for (const at of instructionOffsets(view)) {
    if (view.getUint8(at) !== AND_IMMEDIATE) continue;
    const mark = view.getInt32(at + 4, LITTLE_ENDIAN);
    const mask = masks.get(mark);
    if (mask === undefined) continue;
    view.setInt32(at + 4, mask, LITTLE_ENDIAN);
    missing.delete(mark);
  }
  if (missing.size === 0) return copy;
  const names = [...missing].map((mark) => `0x${mark.toString(16)}`).join(", ");
  throw new TypeError(`Cannot set ${names} in the object: no instruction masks with it`);
}
