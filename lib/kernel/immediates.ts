/**
 * Numbers that are set in the instructions of a program before it is loaded. A constant in `.rodata` would do the same, for a
 * load from memory each time: the verifier knows its value, but leaves the instruction as it is.
 *
 * @module
 */

import { LITTLE_ENDIAN } from "../net/bytes.ts";

/** Sections that hold instructions (SHF_EXECINSTR, elf.h). */
const EXECUTABLE = 4n;
/** Bytes of an instruction: code, registers, 16-bit offset, 32-bit immediate (linux/bpf.h, struct bpf_insn). */
const INSTRUCTION = 8;
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
  for (const { start, end } of executableSections(view)) {
    for (let at = start; at + INSTRUCTION <= end; at += INSTRUCTION) {
      if (view.getUint8(at) !== AND_IMMEDIATE) continue;
      const mark = view.getInt32(at + 4, LITTLE_ENDIAN);
      const mask = masks.get(mark);
      if (mask === undefined) continue;
      view.setInt32(at + 4, mask, LITTLE_ENDIAN);
      missing.delete(mark);
    }
  }
  if (missing.size === 0) return copy;
  const names = [...missing].map((mark) => `0x${mark.toString(16)}`).join(", ");
  throw new TypeError(`Cannot set ${names} in the object: no instruction masks with it`);
}

/** Where the sections with instructions are in the file (elf.h, Elf64_Ehdr and Elf64_Shdr). */
function executableSections(view: DataView): { readonly start: number; readonly end: number }[] {
  const headers = Number(view.getBigUint64(40, LITTLE_ENDIAN));
  const headerBytes = view.getUint16(58, LITTLE_ENDIAN);
  const count = view.getUint16(60, LITTLE_ENDIAN);
  return Array.from({ length: count }, (_, index) => headers + index * headerBytes)
    .filter((at) => (view.getBigUint64(at + 8, LITTLE_ENDIAN) & EXECUTABLE) !== 0n)
    .map((at) => {
      const start = Number(view.getBigUint64(at + 24, LITTLE_ENDIAN));
      return { start, end: start + Number(view.getBigUint64(at + 32, LITTLE_ENDIAN)) };
    });
}
