/**
 * The instructions of an object file, where they are and what they call.
 *
 * @module
 */

import { LITTLE_ENDIAN } from "../net/bytes.ts";

/** Sections that hold instructions (SHF_EXECINSTR, elf.h). */
const EXECUTABLE = 4n;

/** Bytes of an instruction: code, registers, 16-bit offset, 32-bit immediate (linux/bpf.h, struct bpf_insn). */
const INSTRUCTION_BYTES = 8;

/** BPF_JMP | BPF_CALL; of a helper unless the source register says otherwise (BPF_PSEUDO_CALL, BPF_PSEUDO_KFUNC_CALL). */
const CALL = 0x85;

/** Where each instruction of an object begins, in bytes of the file. A 64-bit constant counts as two instructions. */
export function* instructionOffsets(view: DataView): Generator<number> {
  for (const { start, end } of executableSections(view)) {
    for (let at = start; at + INSTRUCTION_BYTES <= end; at += INSTRUCTION_BYTES) yield at;
  }
}

/** Numbers of the helpers that a relocatable object calls (linux/bpf.h, enum bpf_func_id), ascending. */
export function helpersCalled(elf: Uint8Array<ArrayBuffer>): readonly number[] {
  const view = new DataView(elf.buffer, elf.byteOffset, elf.byteLength);
  const helpers = new Set<number>();
  for (const at of instructionOffsets(view)) {
    const registers = view.getUint8(at + 1);
    const source = LITTLE_ENDIAN ? registers >> 4 : registers & 15;
    if (view.getUint8(at) === CALL && source === 0) helpers.add(view.getInt32(at + 4, LITTLE_ENDIAN));
  }
  return [...helpers].sort((a, b) => a - b);
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
