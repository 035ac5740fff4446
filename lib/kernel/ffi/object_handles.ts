/**
 * The parts of a libbpf object. All handles belong to the object and die with it.
 *
 * @module
 */

import { OBJECT_OPEN_OPTS } from "./abi.ts";
import { libbpf } from "./libbpf.ts";
import { cString, type Handle, readForeignString } from "./memory.ts";
import { Struct } from "./struct.ts";

/** Reads an ELF file (bpf_object__open_mem); the object is the caller's to close. Gives -errno on failure. */
export function openHandle(elf: Uint8Array<ArrayBuffer>, name: string): Handle | number {
  const cName = cString(name);
  const opts = new Struct(OBJECT_OPEN_OPTS).point("object_name", cName);
  // libbpf copies the name and every section; the bytes are only read until it returns.
  const handle = libbpf().bpf_object__open_mem(elf, BigInt(elf.length), opts.bytes);
  // At once, as it reads errno.
  return handle ?? Number(libbpf().libbpf_get_error(null));
}

/** The object's maps, those of sections included. */
export function mapHandles(object: Handle): readonly Handle[] {
  const handles: Handle[] = [];
  for (let map = libbpf().bpf_object__next_map(object, null); map !== null;) {
    handles.push(map);
    map = libbpf().bpf_object__next_map(object, map);
  }
  return handles;
}

/** The object's programs, in the order in which they are loaded. */
export function programHandles(object: Handle): readonly Handle[] {
  const handles: Handle[] = [];
  for (let program = libbpf().bpf_object__next_program(object, null); program !== null;) {
    handles.push(program);
    program = libbpf().bpf_object__next_program(object, program);
  }
  return handles;
}

/** A map's name; of a section's map `OBJECT.SECTION`, cut to 15 characters (bpf_map__name). */
export function mapName(map: Handle): string {
  return readForeignString(libbpf().bpf_map__name(map));
}

/** The section that a program is in, which says what it is for: `xdp.frags` (bpf_program__section_name). */
export function programSection(program: Handle): string {
  return readForeignString(libbpf().bpf_program__section_name(program));
}

/** A program's name: the C function's (bpf_program__name). */
export function programName(program: Handle): string {
  return readForeignString(libbpf().bpf_program__name(program));
}
