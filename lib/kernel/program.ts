/**
 * Loaded programs.
 *
 * @module
 */

import { Descriptor, duplicateDescriptor } from "./descriptor.ts";
import { PROG_INFO, TEST_RUN_OPTS } from "./ffi/abi.ts";
import { BPF_PROG_TYPE } from "./ffi/constants.ts";
import { libbpf } from "./ffi/libbpf.ts";
import { readCString } from "./ffi/memory.ts";
import { Struct } from "./ffi/struct.ts";
import { checkReturn } from "./gate.ts";
import { openPin, pinDescriptor, readObjectInfo } from "./pin.ts";

/** The program types that kefir knows by name; anything else is `other`. */
export type ProgramType = "xdp" | "schedCls" | "other";

/** What a program is called and what it is. */
export interface ProgramInfo {
  /** Full name where kefir loaded it, else the kernel's, which is cut to 15 characters. */
  readonly name: string;
  /** The kernel's number of the program. */
  readonly id: number;
  /** What kind of program it is. */
  readonly type: ProgramType;
  /** Hash of its instructions, 16 hexadecimal digits: equal programs have equal tags. */
  readonly tag: string;
}

/** What {@link BpfProgram.testRun} takes. */
export interface TestRunOptions {
  /** The frame from its Ethernet header on; at least 14 bytes. */
  readonly data: Uint8Array<ArrayBuffer>;
  /** How often to run it, 1 unless said otherwise; all runs see the same memory. */
  readonly repeat?: number;
  /** The context (`struct xdp_md`, `struct __sk_buff`), as far as the kernel lets one be given. */
  readonly ctxIn?: Uint8Array<ArrayBuffer>;
  /** Room for the frame after the run, in bytes: 512 more than `data` unless said otherwise; 0 leaves it out. */
  readonly dataOutBytes?: number;
}

/** What a test run gives. */
export interface TestRunResult {
  /** The program's return value as a signed 32-bit integer, TC_ACT_UNSPEC being -1. */
  readonly returnValue: number;
  /** The frame after the last run. */
  readonly dataOut: Uint8Array<ArrayBuffer>;
  /** Mean duration of one run in nanoseconds, the kernel's harness included. */
  readonly durationNs: number;
}

/** A loaded program. Owns a descriptor; disposing closes that, and the program lives on while attached or pinned. */
export class BpfProgram implements ProgramInfo, Disposable {
  readonly name: string;
  /** The kernel's number of the program. */
  readonly id: number;
  /** What kind of program it is. */
  readonly type: ProgramType;
  readonly tag: string;
  readonly #descriptor: Descriptor;

  /** Takes over a descriptor. Use {@link openProgramById}, {@link openPinnedProgram} or a loaded object. */
  constructor(descriptor: Descriptor, info: ProgramInfo) {
    this.#descriptor = descriptor;
    this.name = info.name;
    this.id = info.id;
    this.type = info.type;
    this.tag = info.tag;
  }

  /** The descriptor, which stays the program's. @throws TypeError when closed */
  get fd(): number {
    return this.#descriptor.fd;
  }

  /** Whether the program's descriptor was closed. */
  get closed(): boolean {
    return this.#descriptor.closed;
  }

  /** Ids of the maps that the program uses, in no order (bpf_prog_info.map_ids). */
  mapIds(): readonly number[] {
    const count = readObjectInfo(this.fd, PROG_INFO).get("nr_map_ids");
    if (count === 0) return [];
    // The kernel writes the ids into our array, which the struct keeps alive.
    const ids = new Uint32Array(count);
    const info = new Struct(PROG_INFO).set("nr_map_ids", count).point("map_ids", new Uint8Array(ids.buffer));
    readObjectInfo(this.fd, PROG_INFO, info);
    return [...ids];
  }

  /** Number of instructions the verifier walked to accept the program; 0 on kernels before 5.16. */
  verifiedInstructions(): number {
    return readObjectInfo(this.fd, PROG_INFO).get("verified_insns");
  }

  /**
   * Runs the program on a frame, synchronously and without an interface (bpf_prog_test_run_opts).
   *
   * @throws KernelError with EINVAL for a frame that the hook refuses: less than 14 bytes, at TC also more than about
   * 3 750, or an IP ether type with less than the header; ENOSPC when the frame outgrew `dataOutBytes`
   */
  testRun(options: TestRunOptions): TestRunResult {
    const { data, ctxIn } = options;
    const dataOut = new Uint8Array(options.dataOutBytes ?? data.length + 512);
    // The struct keeps the arrays it points at; the kernel is done with all of them when the call returns.
    const opts = new Struct(TEST_RUN_OPTS)
      .point("data_in", data).set("data_size_in", data.length)
      .set("repeat", options.repeat ?? 1);
    if (dataOut.length > 0) opts.point("data_out", dataOut).set("data_size_out", dataOut.length);
    if (ctxIn !== undefined) opts.point("ctx_in", ctxIn).set("ctx_size_in", ctxIn.length);
    checkReturn(libbpf().bpf_prog_test_run_opts(this.fd, opts.bytes), {
      operation: "bpf_prog_test_run_opts",
      action: `run program "${this.name}" on`,
      target: `a frame of ${data.length} bytes`,
      hints: {
        EINVAL: "this hook cannot be given such a frame",
        ENOSPC: `the frame outgrew the ${dataOut.length} bytes for the result`,
      },
    });
    return {
      returnValue: opts.get("retval"),
      dataOut: dataOut.length > 0 ? dataOut.subarray(0, opts.get("data_size_out")) : dataOut,
      durationNs: opts.get("duration"),
    };
  }

  /** Gives the program a name on the BPF file system; see {@link pinDescriptor} for the errors. */
  pin(path: string): void {
    pinDescriptor(this.fd, `program "${this.name}"`, path);
  }

  /** A second owner of the same program, to outlive this one. */
  duplicate(): BpfProgram {
    const what = `program "${this.name}"`;
    return new BpfProgram(new Descriptor(duplicateDescriptor(this.fd, what), what), this);
  }

  /** Closes the descriptor; a second call does nothing. */
  [Symbol.dispose](): void {
    this.#descriptor.close();
  }
}

/** Opens a program by its id (bpf_prog_get_fd_by_id). @throws KernelError with ENOENT without one */
export function openProgramById(id: number): BpfProgram {
  const fd = libbpf().bpf_prog_get_fd_by_id(id);
  return adoptProgram(checkReturn(fd, { operation: "bpf_prog_get_fd_by_id", action: "open", target: `program ${id}` }));
}

/** Opens a pinned program; see {@link openPin} for the errors. */
export function openPinnedProgram(path: string): BpfProgram {
  return adoptProgram(openPin("program", path));
}

/** Takes over the descriptor of a program, closing it should the kernel refuse to say what it is. */
export function adoptProgram(fd: number, name?: string): BpfProgram {
  const descriptor = new Descriptor(fd, name === undefined ? "the program" : `program "${name}"`);
  try {
    const info = readObjectInfo(fd, PROG_INFO);
    return new BpfProgram(descriptor, {
      name: name ?? readCString(info.tail("name").subarray(0, 16)),
      id: info.get("id"),
      type: TYPE_NAMES.get(info.get("type")) ?? "other",
      tag: info.tail("tag").subarray(0, 8).toHex(),
    });
  } catch (error) {
    descriptor.close();
    throw error;
  }
}

const TYPE_NAMES: ReadonlyMap<number, ProgramType> = new Map(
  Object.entries(BPF_PROG_TYPE).map(([name, type]) => [type, name as keyof typeof BPF_PROG_TYPE]),
);
